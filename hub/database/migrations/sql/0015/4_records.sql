-- What each of these acts writes besides: its step, by the machines, and its statement, on a shard of its own.
create function hub.enter_print_step(
    p_at timestamptz, p_union uuid, p_machine text, p_subject text, p_step smallint, p_from text, p_act text, p_to text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    insert into print_steps (machine, subject, step_no, from_state, act, to_state, union_id, at, sha256)
    values (p_machine, p_subject, p_step, p_from, p_act, p_to, p_union, p_at, p_sha);
    perform enter_statement(p_at, p_union, p_jti, p_jti, p_jti, p_sha, p_typ, p_jws, p_receipt);
end$$;

create function hub.record_sample(
    p_at timestamptz, p_union uuid, p_province text, p_sample uuid, p_printer text, p_charter text, p_layout bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    if not is_printing(p_union, 'PROVINCIAL_FEDERATION', p_province) then return false; end if;
    insert into certificate_samples (sample_id, province_code, union_id, printer_uscc, charter_version, layout_sha256, state, submitted_at, sha256)
    values (p_sample, p_province, p_union, p_printer, p_charter, p_layout, 'SUBMITTED', p_at, p_sha);
    perform enter_print_step(p_at, p_union, 'sample', p_sample::text, 1::smallint, '-', 'submit', 'SUBMITTED', p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

create function hub.record_sample_approval(
    p_at timestamptz, p_union uuid, p_sample uuid, p_approved_on date, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    if not is_printing(p_union, 'NATIONAL_FEDERATION', null) then return false; end if;
    update certificate_samples s set state = 'APPROVED', approved_on = p_approved_on where s.sample_id = p_sample and s.state = 'SUBMITTED';
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    perform enter_print_step(p_at, p_union, 'sample', p_sample::text, 2::smallint, 'SUBMITTED', 'approve', 'APPROVED', p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- The printer is whose sample was approved, on or before that day; of what was printed by another nothing is that late.
create function hub.record_printer(
    p_at timestamptz, p_union uuid, p_province text, p_sample uuid, p_chosen_on date, p_publicised_on date, p_decision bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    if not is_printing(p_union, 'PROVINCIAL_FEDERATION', p_province)
       or not exists (select from certificate_samples s where s.sample_id = p_sample and s.union_id = p_union and s.approved_on <= p_chosen_on)
       or exists (select from printer_choices c where c.province_code = p_province and c.chosen_on >= p_chosen_on)
       or exists (select from print_runs r where r.province_code = p_province and r.printed_on >= p_chosen_on) then
        return false;
    end if;
    insert into printer_choices (province_code, chosen_on, sample_id, union_id, publicised_on, decision_sha256, at, sha256)
    values (p_province, p_chosen_on, p_sample, p_union, p_publicised_on, p_decision, p_at, p_sha);
    perform enter_statement(p_at, p_union, p_jti, p_jti, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

create function hub.record_seal_loan(
    p_at timestamptz, p_union uuid, p_province text, p_loan uuid, p_application bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    if not is_printing(p_union, 'PROVINCIAL_FEDERATION', p_province) then return false; end if;
    insert into seal_loans (loan_id, province_code, union_id, state, step_no, application_sha256, requested_at, sha256)
    values (p_loan, p_province, p_union, 'REQUESTED', 1, p_application, p_at, p_sha);
    perform enter_print_step(p_at, p_union, 'seal_loan', p_loan::text, 1::smallint, '-', 'request', 'REQUESTED', p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- The next step of a loan: approved by the national federation, received and returned by the province. `p_day`: on which it happened.
create function hub.record_seal_step(
    p_at timestamptz, p_union uuid, p_loan uuid, p_step smallint, p_from text, p_act text, p_to text, p_day date, p_custodian bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer; v_national boolean := is_printing(p_union, 'NATIONAL_FEDERATION', null);
begin
    if not (case when p_act = 'approve' then v_national else is_printing(p_union, 'PROVINCIAL_FEDERATION', null) end) then return false; end if;
    update seal_loans l
       set state = p_to, step_no = p_step + 1, custodian_sha256 = coalesce(p_custodian, l.custodian_sha256),
           approved_on = case when p_act = 'approve' then p_day else l.approved_on end,
           received_on = case when p_act = 'receive' then p_day else l.received_on end,
           returned_on = case when p_act = 'return' then p_day else l.returned_on end
     where l.loan_id = p_loan and l.state = p_from and l.step_no = p_step and (v_national or l.union_id = p_union);
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    perform enter_print_step(p_at, p_union, 'seal_loan', p_loan::text, (p_step + 1)::smallint, p_from, p_act, p_to, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- A run is by whom the province had chosen by that day, and under a loan that was approved by then and had not gone back.
create function hub.record_print_run(
    p_at timestamptz, p_union uuid, p_province text, p_run uuid, p_sample uuid, p_loan uuid, p_first text, p_last text, p_has_check boolean,
    p_count integer, p_printed_on date, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    if not is_printing(p_union, 'PROVINCIAL_FEDERATION', p_province)
       or p_sample is distinct from (select c.sample_id from printer_choices c where c.province_code = p_province and c.chosen_on <= p_printed_on
                                      order by c.chosen_on desc limit 1)
       or not exists (select from seal_loans l where l.loan_id = p_loan and l.union_id = p_union and l.approved_on <= p_printed_on
                         and (l.returned_on is null or l.returned_on >= p_printed_on)) then
        return false;
    end if;
    insert into print_runs (run_id, province_code, union_id, sample_id, loan_id, number_length, first_number, last_number, numbers, has_check,
                            printed_count, printed_on, at, sha256)
    values (p_run, p_province, p_union, p_sample, p_loan, length(p_first), p_first, p_last, number_range(p_first, p_last), p_has_check,
            p_count, p_printed_on, p_at, p_sha);
    perform enter_print_step(p_at, p_union, 'stock', p_run::text, 1::smallint, '-', 'print', 'IN_STOCK', p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- Numbers in stock that are so no more. None of them was issued.
create function hub.record_stock_loss(
    p_at timestamptz, p_union uuid, p_province text, p_run uuid, p_act text, p_state text, p_first text, p_last text, p_count integer,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    if not is_printing(p_union, 'PROVINCIAL_FEDERATION', p_province)
       or not exists (select from print_runs r where r.run_id = p_run and r.union_id = p_union and r.province_code = p_province
                         and r.number_length = length(p_first) and r.numbers @> number_range(p_first, p_last))
       or exists (select from certificate_claims c where c.province_code = p_province and length(c.number) = length(p_first)
                     and c.number collate "C" between p_first and p_last) then
        return false;
    end if;
    insert into stock_losses (loss_id, province_code, union_id, run_id, state, number_length, first_number, last_number, numbers, lost_count, at, sha256)
    values (p_jti, p_province, p_union, p_run, p_state, length(p_first), p_first, p_last, number_range(p_first, p_last), p_count, p_at, p_sha);
    perform enter_print_step(p_at, p_union, 'stock', p_jti::text, 1::smallint, 'IN_STOCK', p_act, p_state, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- A version of a year's report: the first, or the one after the latest.
create function hub.record_print_report(
    p_at timestamptz, p_union uuid, p_province text, p_year integer, p_version integer, p_count integer, p_step smallint, p_from text, p_act text, p_to text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_latest print_reports;
begin
    select r.* into v_latest from print_reports r where r.province_code = p_province and r.year = p_year order by r.version desc limit 1;
    if not is_printing(p_union, 'PROVINCIAL_FEDERATION', p_province) or p_version <> coalesce(v_latest.version, 0) + 1
       or p_from <> coalesce(v_latest.state, 'DUE') or p_step <> coalesce(v_latest.step_no, 0) then
        return false;
    end if;
    insert into print_reports (province_code, year, version, union_id, printed_count, state, step_no, at, sha256)
    values (p_province, p_year, p_version, p_union, p_count, p_to, p_step + 1, p_at, p_sha);
    perform enter_print_step(p_at, p_union, 'print_report', p_province || '/' || p_year, (p_step + 1)::smallint, p_from, p_act, p_to,
                             p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- The national federation has read the latest version.
create function hub.record_print_acknowledgement(
    p_at timestamptz, p_union uuid, p_province text, p_year integer, p_version integer, p_step smallint, p_state text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    if not is_printing(p_union, 'NATIONAL_FEDERATION', null)
       or exists (select from print_reports r where r.province_code = p_province and r.year = p_year and r.version > p_version) then
        return false;
    end if;
    update print_reports r set acknowledged_at = p_at, step_no = p_step + 1
     where r.province_code = p_province and r.year = p_year and r.version = p_version and r.step_no = p_step and r.state = p_state
       and r.acknowledged_at is null;
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    perform enter_print_step(p_at, p_union, 'print_report', p_province || '/' || p_year, (p_step + 1)::smallint, p_state, 'acknowledge', p_state,
                             p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;
