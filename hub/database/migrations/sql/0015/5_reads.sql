-- Whose rows a union reads: its own, if it is a province's federation; of samples, loans and reports the national one reads all.
create function hub.read_samples(p_only uuid)
returns table (sample_id uuid, province_code text, union_id uuid, printer_uscc text, charter_version text, layout_sha256 bytea, state text,
               submitted_at timestamptz, sha256 bytea, approved_on date, chosen_on date, publicised_on date)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; v_national boolean := is_printing(v_union, 'NATIONAL_FEDERATION', null);
begin
    return query
    select s.sample_id, s.province_code, s.union_id, s.printer_uscc, s.charter_version, s.layout_sha256, s.state, s.submitted_at, s.sha256,
           s.approved_on, c.chosen_on, c.publicised_on
      from certificate_samples s
      left join lateral (select x.chosen_on, x.publicised_on from printer_choices x where x.sample_id = s.sample_id
                          order by x.chosen_on desc limit 1) c on true
     where (s.union_id = v_union or v_national) and (p_only is null or s.sample_id = p_only)
     order by s.submitted_at desc, s.sample_id limit 100;
end$$;

create function hub.read_seal_loans(p_only uuid)
returns table (loan_id uuid, province_code text, union_id uuid, state text, application_sha256 bytea, requested_at timestamptz, sha256 bytea,
               approved_on date, received_on date, custodian_sha256 bytea, returned_on date)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; v_national boolean := is_printing(v_union, 'NATIONAL_FEDERATION', null);
begin
    return query
    select l.loan_id, l.province_code, l.union_id, l.state, l.application_sha256, l.requested_at, l.sha256, l.approved_on, l.received_on,
           l.custodian_sha256, l.returned_on
      from seal_loans l
     where (l.union_id = v_union or v_national) and (p_only is null or l.loan_id = p_only)
     order by l.requested_at desc, l.loan_id limit 100;
end$$;

-- What became of the numbers of each run, counted. A loss that was declared in the same moment as an issue is counted as issued.
create function hub.read_print_runs(p_only uuid)
returns table (run_id uuid, sample_id uuid, loan_id uuid, charter_version text, first_number text, last_number text, printed_count integer,
               printed_on date, at timestamptz, issued bigint, spoiled bigint, missing bigint)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; runs uuid[]; counts bigint[]; losses uuid[]; loss_counts bigint[];
begin
    select array_agg(x.run_id), array_agg(x.issued) into runs, counts
      from (select r.run_id, count(*) as issued
              from print_runs r
              join certificate_claims c on c.province_code = r.province_code and length(c.number) = r.number_length
                                       and c.number collate "C" between r.first_number and r.last_number
             where r.union_id = v_union and (p_only is null or r.run_id = p_only) group by r.run_id) x;
    select array_agg(x.loss_id), array_agg(x.issued) into losses, loss_counts
      from (select l.loss_id, count(*) as issued
              from stock_losses l
              join certificate_claims c on c.province_code = l.province_code and length(c.number) = l.number_length
                                       and c.number collate "C" between l.first_number and l.last_number
             where l.union_id = v_union and (p_only is null or l.run_id = p_only) group by l.loss_id) x;
    return query
    select r.run_id, r.sample_id, r.loan_id, s.charter_version, r.first_number, r.last_number, r.printed_count, r.printed_on, r.at,
           coalesce(i.issued, 0), coalesce(l.spoiled, 0), coalesce(l.missing, 0)
      from print_runs r
      join certificate_samples s on s.sample_id = r.sample_id
      left join unnest(runs, counts) i (run_id, issued) on i.run_id = r.run_id
      left join lateral (
           select sum(x.lost_count - coalesce(y.issued, 0)) filter (where x.state = 'SPOILED')::bigint as spoiled,
                  sum(x.lost_count - coalesce(y.issued, 0)) filter (where x.state = 'MISSING')::bigint as missing
             from stock_losses x left join unnest(losses, loss_counts) y (loss_id, issued) on y.loss_id = x.loss_id
            where x.run_id = r.run_id) l on true
     where r.union_id = v_union and (p_only is null or r.run_id = p_only)
     order by r.printed_on desc, r.at desc, r.run_id;
end$$;

-- How many numbers of a province were ever given out, whether they lie in a run or not.
create function hub.read_issued()
returns bigint language plpgsql stable security definer set search_path = hub, pg_temp as $$
begin
    return (select count(*) from certificate_claims c
             where c.province_code = (select u.province_code from unions u where u.union_id = nullif(current_setting('hub.acting', true), '')::uuid
                                         and u.kind = 'PROVINCIAL_FEDERATION'));
end$$;

create function hub.read_stock_losses(p_only uuid)
returns table (loss_id uuid, run_id uuid, state text, first_number text, last_number text, lost_count integer, at timestamptz, sha256 bytea)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select l.loss_id, l.run_id, l.state, l.first_number, l.last_number, l.lost_count, l.at, l.sha256
      from stock_losses l
     where l.union_id = nullif(current_setting('hub.acting', true), '')::uuid and (p_only is null or l.loss_id = p_only)
     order by l.at desc, l.loss_id limit 100;
end$$;

-- Every version that a province has filed; a province that has filed nothing has one row without.
create function hub.read_print_reports()
returns table (province_code text, union_id uuid, registered_at timestamptz, first_printed_on date, year integer, version integer, printed_count integer,
               state text, at timestamptz, sha256 bytea, acknowledged_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; v_national boolean := is_printing(v_union, 'NATIONAL_FEDERATION', null);
begin
    return query
    select u.province_code, u.union_id, u.registered_at, (select min(x.printed_on) from print_runs x where x.union_id = u.union_id),
           r.year, r.version, r.printed_count, r.state, r.at, r.sha256, r.acknowledged_at
      from unions u left join print_reports r on r.province_code = u.province_code
     where u.kind = 'PROVINCIAL_FEDERATION' and (u.union_id = v_union or v_national)
     order by u.province_code, r.year, r.version;
end$$;

-- What was printed in each year, as recorded up to an instant: beside what was reported.
create function hub.read_printed(p_before timestamptz)
returns table (province_code text, year integer, printed_count bigint)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; v_national boolean := is_printing(v_union, 'NATIONAL_FEDERATION', null);
begin
    return query
    select r.province_code, extract(year from r.printed_on)::integer, sum(r.printed_count)::bigint
      from print_runs r where (r.union_id = v_union or v_national) and r.at < p_before
     group by r.province_code, extract(year from r.printed_on)::integer;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure; door text;
begin
    for f, door in select p.oid, p.proname from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('number_place', 'number_range', 'facts_of_stock', 'is_printing', 'facts_for_printing', 'enter_print_step',
                                  'record_sample', 'record_sample_approval', 'record_printer', 'record_seal_loan', 'record_seal_step',
                                  'record_print_run', 'record_stock_loss', 'record_print_report', 'record_print_acknowledgement',
                                  'read_samples', 'read_seal_loans', 'read_print_runs', 'read_issued', 'read_stock_losses',
                                  'read_print_reports', 'read_printed') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_mover', f);
        -- The others are parts of these, no doors of their own.
        if door not in ('number_place', 'number_range', 'is_printing', 'enter_print_step') then
            execute format('grant execute on function %s to hub_app', f);
        end if;
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
