-- A number as a place in the order of its characters: numbers of one length compare as these do.
create function hub.number_place(p_number text)
returns numeric language plpgsql immutable security definer set search_path = hub, pg_temp as $$
declare bytes bytea := convert_to(p_number, 'UTF8'); place numeric := 0;
begin
    for n in 0 .. length(bytes) - 1 loop
        place := place * 256 + get_byte(bytes, n);
    end loop;
    return place;
end$$;

-- From one number to another, both included; null where they do not make a range.
create function hub.number_range(p_first text, p_last text)
returns numrange language plpgsql immutable security definer set search_path = hub, pg_temp as $$
begin
    if length(p_first) = length(p_last) and p_first collate "C" <= p_last collate "C" then
        return numrange(number_place(p_first), number_place(p_last), '[]');
    end if;
    return null;
end$$;

-- Of numbers about to be issued: those that their province has declared spoiled or missing. Nothing of any other number.
create function hub.facts_of_stock(p_province text[], p_number text[])
returns table (ord bigint, state text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select u.ord, l.state
      from unnest(p_province, p_number) with ordinality u (province, number, ord)
      join stock_losses l on l.province_code = u.province and l.number_length = length(u.number)
                         and u.number collate "C" between l.first_number and l.last_number;
end$$;

-- Who a province's federation is, and the national one: their kind, as long as they are active.
create function hub.is_printing(p_union uuid, p_kind text, p_province text)
returns boolean language plpgsql stable security definer set search_path = hub, pg_temp as $$
begin
    return exists (select from unions u where u.union_id = p_union and u.kind = p_kind and u.state = 'ACTIVE'
                      and (p_province is null or u.province_code = p_province));
end$$;

-- For any act on what a province prints: the signer and its province; whatever the act names, if it is the signer's, or the signer the
-- national federation; and what is known of the numbers and of the year.
create function hub.facts_for_printing(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid,
    p_sample uuid, p_loan uuid, p_run uuid, p_on date, p_first text, p_last text, p_province text, p_year integer)
returns table (
    signer hub.signer, province_code text, sample hub.certificate_samples, loan hub.seal_loans, last_chosen_on date, last_printed_on date, printing_sample uuid,
    run_taken boolean, overlaps boolean, of_run uuid, of_run_checked boolean, lost_as text, is_issued boolean, pattern text, check_rule text,
    report hub.print_reports, recorded_count bigint)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_now timestamptz := hub_now(p_test_clock); v_today date := (v_now at time zone 'Asia/Shanghai')::date;
        v_signer signer; v_own text; v_national boolean; v_sample certificate_samples; v_loan seal_loans; v_report print_reports;
        v_numbers numrange := number_range(p_first, p_last); v_length integer := length(p_first); v_run print_runs;
begin
    v_signer := (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1];
    select u.province_code into v_own from unions u where u.union_id = p_union and u.kind = 'PROVINCIAL_FEDERATION';
    v_national := v_signer.kind = 'NATIONAL_FEDERATION';
    select s.* into v_sample from certificate_samples s where s.sample_id = p_sample and (s.union_id = p_union or v_national);
    select l.* into v_loan from seal_loans l where l.loan_id = p_loan and (l.union_id = p_union or v_national);
    select r.* into v_report from print_reports r
     where r.province_code = (case when v_national then p_province else v_own end) and r.year = p_year
     order by r.version desc limit 1;
    select r.* into v_run from print_runs r
     where r.province_code = v_own and r.number_length = v_length and r.numbers @> v_numbers;
    return query
    select v_signer, v_own, v_sample, v_loan,
           (select max(c.chosen_on) from printer_choices c where c.province_code = v_own),
           (select max(r.printed_on) from print_runs r where r.province_code = v_own),
           (select c.sample_id from printer_choices c where c.province_code = v_own and c.chosen_on <= p_on order by c.chosen_on desc limit 1),
           exists (select from print_runs r where r.run_id = p_run),
           exists (select from print_runs r where r.province_code = v_own and r.number_length = v_length and r.numbers && v_numbers),
           v_run.run_id, v_run.has_check,
           (select l.state from stock_losses l where l.province_code = v_own and l.number_length = v_length and l.numbers && v_numbers limit 1),
           exists (select from certificate_claims c where c.province_code = v_own and length(c.number) = v_length
                      and c.number collate "C" between p_first and p_last),
           n.pattern, n.check_rule, v_report,
           (select coalesce(sum(r.printed_count), 0) from print_runs r
             where r.province_code = v_own and extract(year from r.printed_on) = p_year)
      from (select 1) one
      left join lateral (
           select x.pattern, x.check_rule from numbering_schemes x
            where x.province_code = v_own and x.from_on <= coalesce(p_on, v_today) order by x.from_on desc, x.at desc limit 1) n on true;
end$$;
