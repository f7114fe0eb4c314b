-- A step of a secondment, with the row that it leads to.
create function hub.step_secondment(
    p_at timestamptz, p_member uuid, p_membership uuid, p_no smallint, p_from text, p_act text, p_to text, p_side text, p_union uuid, p_sha bytea)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    with stepped as (
        update secondments s set state = p_to, step_no = s.step_no + 1
         where s.member_id = p_member and s.membership_id = p_membership and s.secondment_no = p_no
        returning s.step_no, s.ends_on),
    entered as (
        insert into secondment_steps (member_id, membership_id, secondment_no, step_no, from_state, act, to_state, side, union_id, at, ends_on, sha256)
        select p_member, p_membership, p_no, s.step_no, p_from, p_act, p_to, p_side, p_union, p_at, s.ends_on, p_sha from stepped s returning 1)
    select count(*) into n from entered;
    if n <> 1 then raise exception 'no such secondment' using errcode = 'HB500'; end if;
end$$;

-- Enter a secondment: by its recording, or by the release that offers it. One that dates have ended makes room for it.
create function hub.enter_secondment(
    p_at timestamptz, p_member uuid, p_membership uuid, p_home uuid, p_host uuid, p_employer text, p_starts date, p_ends date, p_version integer, p_sha bytea)
returns smallint language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_old secondments; v_no smallint; v_today date := (p_at at time zone 'Asia/Shanghai')::date;
begin
    select s.* into v_old from secondments s
     where s.member_id = p_member and s.membership_id = p_membership and s.state in ('RECORDED', 'OFFERED', 'AT_HOST', 'RETURN_DUE');
    if v_old.secondment_no is not null then
        if secondment_state(v_old, p_version, 'ACTIVE', false, v_today) <> 'ENDED' then
            raise exception 'a secondment is open' using errcode = 'HB409';
        end if;
        if v_old.state = 'OFFERED' then
            perform step_secondment(p_at, p_member, p_membership, v_old.secondment_no, 'OFFERED', 'fall_back', 'RECORDED', 'HUB', null, null);
        end if;
        perform step_secondment(p_at, p_member, p_membership, v_old.secondment_no, 'RECORDED', 'lapse', 'ENDED', 'HUB', null, null);
    end if;
    select coalesce(max(s.secondment_no), 0) + 1 into v_no from secondments s where s.member_id = p_member and s.membership_id = p_membership;
    insert into secondments (member_id, membership_id, secondment_no, state, step_no, home_union, host_union, host_employer_uscc, starts_on, ends_on, home_version)
    values (p_member, p_membership, v_no, 'RECORDED', 0, p_home, p_host, p_employer, p_starts, p_ends, p_version);
    perform step_secondment(p_at, p_member, p_membership, v_no, '-', 'record', 'RECORDED', 'HOME', p_home, p_sha);
    return v_no;
end$$;

-- What a release makes of a secondment: an offer; and of one that lasts nothing but a return to the home union comes (I12).
create function hub.release_seconded(p_at timestamptz[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_sha bytea[], p_done integer[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare i integer; m memberships; h handoffs; s secondments; v_terms jsonb; v_stated text; v_no smallint; v_today date;
begin
    if not exists (select from unnest(p_member, p_handoff) u (member_id, handoff_id)
                     join handoffs x on x.member_id = u.member_id and x.handoff_id = u.handoff_id
                     join memberships y on y.member_id = x.member_id and y.membership_id = x.membership_id
                    where x.reason_code in ('SECONDMENT', 'SECONDMENT_RETURN') or y.holding_basis = 'SECONDMENT') then return; end if;
    foreach i in array p_done loop
        select x.* into h from handoffs x where x.member_id = p_member[i] and x.handoff_id = p_handoff[i];
        select x.* into m from memberships x where x.member_id = p_member[i] and x.membership_id = p_membership[i];
        select x.* into s from secondments x where x.member_id = m.member_id and x.membership_id = m.membership_id
           and x.state in ('RECORDED', 'OFFERED', 'AT_HOST', 'RETURN_DUE');
        v_today := (p_at[i] at time zone 'Asia/Shanghai')::date;
        if m.holding_basis = 'SECONDMENT' or h.reason_code = 'SECONDMENT_RETURN' then
            if h.reason_code <> 'SECONDMENT_RETURN' or s.state not in ('AT_HOST', 'RETURN_DUE') or s.host_version <> m.custody_version
               or h.to_union is distinct from s.home_union then
                raise exception 'a seconded member goes home' using errcode = 'HB409';
            end if;
        elsif h.reason_code = 'SECONDMENT' then
            select d.terms -> 'secondment', coalesce(d.terms ->> 'new_employer_uscc', d.terms ->> 'host_employer_uscc') into v_terms, v_stated
              from dockets d where d.member_id = h.member_id and d.handoff_id = h.handoff_id and d.side = 'HOLDER';
            if v_terms ->> 'starts_on' is null or v_terms ->> 'ends_on' is null then raise exception 'an offer has its term' using errcode = 'HB500'; end if;
            if s.secondment_no is not null and secondment_state(s, m.custody_version, m.status, false, v_today) = 'RECORDED' then
                if s.state = 'OFFERED' then
                    perform step_secondment(p_at[i], s.member_id, s.membership_id, s.secondment_no, 'OFFERED', 'fall_back', 'RECORDED', 'HUB', null, null);
                end if;
                v_no := s.secondment_no;
            else
                v_no := enter_secondment(p_at[i], m.member_id, m.membership_id, h.from_union, h.to_union, v_stated, (v_terms ->> 'starts_on')::date,
                                         (v_terms ->> 'ends_on')::date, m.custody_version, p_sha[i]);
            end if;
            -- The release states the agreed term as it is now.
            update secondments x set host_union = h.to_union, host_employer_uscc = coalesce(v_stated, x.host_employer_uscc),
                   starts_on = (v_terms ->> 'starts_on')::date, ends_on = (v_terms ->> 'ends_on')::date, offer = h.handoff_id
             where x.member_id = m.member_id and x.membership_id = m.membership_id and x.secondment_no = v_no;
            perform step_secondment(p_at[i], m.member_id, m.membership_id, v_no, 'RECORDED', 'offer', 'OFFERED', 'HOME', h.from_union, p_sha[i]);
        end if;
    end loop;
end$$;

-- What an acceptance makes of it: the host holds, or the home union again.
create function hub.accept_seconded(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_sha bytea[], p_done integer[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare i integer; m memberships; h handoffs; s secondments; v_today date;
begin
    if not exists (select from unnest(p_member, p_membership) u (member_id, membership_id)
                     join secondments x on x.member_id = u.member_id and x.membership_id = u.membership_id
                      and x.state in ('OFFERED', 'AT_HOST', 'RETURN_DUE')) then
        if exists (select from unnest(p_member, p_membership) u (member_id, membership_id)
                     join memberships y on y.member_id = u.member_id and y.membership_id = u.membership_id
                    where y.holding_basis = 'SECONDMENT') then
            raise exception 'no secondment is offered' using errcode = 'HB409';
        end if;
        return;
    end if;
    foreach i in array p_done loop
        select x.* into h from handoffs x where x.member_id = p_member[i] and x.handoff_id = p_handoff[i];
        select x.* into m from memberships x where x.member_id = p_member[i] and x.membership_id = p_membership[i];
        select x.* into s from secondments x where x.member_id = m.member_id and x.membership_id = m.membership_id
           and x.state in ('OFFERED', 'AT_HOST', 'RETURN_DUE');
        v_today := (p_at[i] at time zone 'Asia/Shanghai')::date;
        if (h.reason_code = 'SECONDMENT') <> (m.holding_basis = 'SECONDMENT') then
            raise exception 'the basis is not that of the reason' using errcode = 'HB409';
        elsif h.reason_code = 'SECONDMENT' then
            if s.state is distinct from 'OFFERED' or s.offer <> h.handoff_id then raise exception 'not what was offered' using errcode = 'HB409'; end if;
            update secondments x set host_version = m.custody_version
             where x.member_id = m.member_id and x.membership_id = m.membership_id and x.secondment_no = s.secondment_no;
            perform step_secondment(p_at[i], m.member_id, m.membership_id, s.secondment_no, 'OFFERED', 'accept', 'AT_HOST', 'RECEIVER', p_union[i], p_sha[i]);
        elsif s.state in ('AT_HOST', 'RETURN_DUE') and s.host_version = m.custody_version - 1 then
            if h.reason_code <> 'SECONDMENT_RETURN' or h.to_union <> s.home_union then
                raise exception 'a seconded member goes home' using errcode = 'HB409';
            end if;
            perform step_secondment(p_at[i], m.member_id, m.membership_id, s.secondment_no,
                                    secondment_state(s, s.host_version, m.status, false, v_today), 'return', 'RETURNED', 'RECEIVER', p_union[i], p_sha[i]);
        elsif h.reason_code = 'SECONDMENT_RETURN' then
            raise exception 'nobody returns who was not seconded' using errcode = 'HB409';
        end if;
    end loop;
end$$;

-- Release, answer and acceptance as before; and what each makes of a secondment.
alter function hub.record_release(
    timestamptz[], uuid[], uuid[], uuid[], uuid[], integer[], uuid[], text[], date[], text[], date[], timestamptz[], uuid[], timestamptz[],
    boolean[], uuid[], smallint[], jsonb[], text[], uuid[], bytea[], text[], text[], text[], text[], jsonb[]) rename to enter_release;

create function hub.record_release(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_version integer[], p_to uuid[], p_reason text[],
    p_out_date date[], p_dues text[], p_valid_until date[], p_deadline timestamptz[], p_overdue_union uuid[], p_overdue_at timestamptz[],
    p_overdue_tentative boolean[], p_lapsed uuid[], p_lapsed_step smallint[], p_passed jsonb[], p_lapsed_ground text[], p_jti uuid[], p_sha bytea[],
    p_typ text[], p_jws text[], p_receipt text[], p_card text[], p_terms jsonb[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[];
begin
    done := enter_release(p_at, p_union, p_member, p_membership, p_handoff, p_version, p_to, p_reason, p_out_date, p_dues, p_valid_until, p_deadline,
                          p_overdue_union, p_overdue_at, p_overdue_tentative, p_lapsed, p_lapsed_step, p_passed, p_lapsed_ground, p_jti, p_sha, p_typ,
                          p_jws, p_receipt, p_card, p_terms);
    perform release_seconded(p_at, p_member, p_membership, p_handoff, p_sha, done);
    return done;
end$$;

alter function hub.record_answer(
    timestamptz[], uuid[], text[], uuid[], uuid[], uuid[], integer[], smallint[], bytea[], jsonb[], text[], date[], text[], date[], timestamptz[],
    uuid[], timestamptz[], boolean[], uuid[], bytea[], text[], text[], text[], text[], jsonb[]) rename to enter_answer;

create function hub.record_answer(
    p_at timestamptz[], p_union uuid[], p_side text[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_version integer[], p_step smallint[],
    p_request bytea[], p_passed jsonb[], p_reason text[], p_out_date date[], p_dues text[], p_valid_until date[], p_deadline timestamptz[],
    p_overdue_union uuid[], p_overdue_at timestamptz[], p_overdue_tentative boolean[], p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[],
    p_receipt text[], p_card text[], p_terms jsonb[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[];
begin
    done := enter_answer(p_at, p_union, p_side, p_member, p_membership, p_handoff, p_version, p_step, p_request, p_passed, p_reason, p_out_date, p_dues,
                         p_valid_until, p_deadline, p_overdue_union, p_overdue_at, p_overdue_tentative, p_jti, p_sha, p_typ, p_jws, p_receipt, p_card, p_terms);
    perform release_seconded(p_at, p_member, p_membership, p_handoff, p_sha, done);
    return done;
end$$;

alter function hub.record_acceptance(
    timestamptz[], uuid[], uuid[], uuid[], uuid[], smallint[], date[], text[], text[], text[], text[], uuid[], bytea[], text[], text[],
    text[], text[], text[]) rename to enter_acceptance;

create function hub.record_acceptance(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_step smallint[],
    p_in_date date[], p_basis text[], p_employer text[], p_unit text[], p_salt text[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[], p_status_after text[], p_unorganised text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[];
begin
    done := enter_acceptance(p_at, p_union, p_member, p_membership, p_handoff, p_step, p_in_date, p_basis, p_employer, p_unit, p_salt,
                             p_jti, p_sha, p_typ, p_jws, p_receipt, p_status_after, p_unorganised);
    perform accept_seconded(p_at, p_union, p_member, p_membership, p_handoff, p_sha, done);
    return done;
end$$;

-- An act on a secondment of one of the two unions, or of the union above the home union. `p_no`, `p_step`: the open one and its last step; of
-- none, null and zero. `p_document`: what both sign over; `p_is_first`: the other one has not. `p_case`: the open return that ends with it.
create function hub.record_secondment(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_custody integer, p_open uuid, p_open_step smallint,
    p_no smallint, p_step smallint, p_act text, p_from text, p_to text, p_side text, p_host uuid, p_employer text, p_starts date, p_ends date,
    p_early date, p_document bytea, p_is_first boolean, p_basis text, p_case uuid, p_passed jsonb, p_ground text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer; s secondments; v_last text := p_passed -> -1 ->> 'to'; v_ended timestamptz := (p_passed -> -1 ->> 'at')::timestamptz;
begin
    update memberships m set holding_basis = coalesce(p_basis, m.holding_basis),
           open_handoff = case when p_case is null then m.open_handoff end, open_step = case when p_case is null then m.open_step end
     where m.member_id = p_member and m.membership_id = p_membership and m.custody_version = p_custody and m.status in ('ACTIVE', 'RETAINED')
       and m.held_since < p_at and m.open_handoff is not distinct from p_open and m.open_step is not distinct from p_open_step
       and (p_case is null or (p_case = m.open_handoff and jsonb_array_length(p_passed) > 0))
       and (p_act <> 'record' or m.holder_union = p_union)
       and (p_basis is null or (p_act in ('convert', 'end_home') and m.holding_basis = 'SECONDMENT'));
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    select x.* into s from secondments x where x.member_id = p_member and x.membership_id = p_membership and x.secondment_no = p_no;
    if p_act <> 'record' then
        if s.step_no is distinct from p_step or p_union is distinct from (case p_side when 'HOME' then s.home_union when 'HOLDER' then s.host_union
             when 'HIGHER' then higher_of(s.home_union, s.home_union, s.host_union) end)
           or (p_side = 'HOLDER' and p_act not in ('extend', 'convert')) or (p_side = 'HIGHER' and p_act <> 'end_home')
           or (s.state in ('AT_HOST', 'RETURN_DUE') and s.host_version <> p_custody)
           -- What takes both is signed over a document, and brings nothing about by one word.
           or (p_act in ('extend', 'convert')) <> (p_document is not null) or (p_is_first and (p_document is null or p_basis is not null or p_case is not null)) then
            raise exception 'not as the facts had it' using errcode = 'HB409';
        end if;
    end if;
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    if p_act = 'record' then
        perform enter_secondment(p_at, p_member, p_membership, p_union, p_host, p_employer, p_starts, p_ends, p_custody, p_sha);
        return true;
    end if;
    if p_document is not null then
        insert into secondment_words (member_id, membership_id, secondment_no, act, document, union_id, at, sha256)
        values (p_member, p_membership, p_no, p_act, p_document, p_union, p_at, p_sha) on conflict do nothing;
        -- Both of them, or nothing has changed.
        if p_is_first = exists (select from secondment_words w where w.member_id = p_member and w.membership_id = p_membership and w.secondment_no = p_no
                                        and w.act = p_act and w.document = p_document
                                        and w.union_id = case p_side when 'HOME' then s.host_union else s.home_union end) then
            raise exception 'the other has signed meanwhile' using errcode = 'HB409';
        end if;
        if p_is_first then return true; end if;
    end if;
    if s.state = 'OFFERED' and p_from = 'RECORDED' then
        perform step_secondment(p_at, p_member, p_membership, p_no, 'OFFERED', 'fall_back', 'RECORDED', 'HUB', null, null);
    end if;
    update secondments x set starts_on = coalesce(p_starts, x.starts_on), ends_on = coalesce(p_ends, x.ends_on),
           ended_early_on = case p_act when 'extend' then null else coalesce(p_early, x.ended_early_on) end
     where x.member_id = p_member and x.membership_id = p_membership and x.secondment_no = p_no;
    perform step_secondment(p_at, p_member, p_membership, p_no, p_from, p_act, p_to, p_side, p_union, p_sha);
    if p_case is not null then
        perform end_return(p_at, p_member, p_case, p_open_step, p_passed, v_last, v_ended, p_ground);
    end if;
    return true;
end$$;

-- The end of a return that is open, with what it was to bring about.
create function hub.end_return(
    p_at timestamptz, p_member uuid, p_case uuid, p_open_step smallint, p_passed jsonb, p_last text, p_ended timestamptz, p_ground text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    update handoffs h set state = p_last, step_no = p_open_step + jsonb_array_length(p_passed), is_open = false, deadline = null, then_deadline = null
     where h.member_id = p_member and h.handoff_id = p_case and h.reason_code = 'SECONDMENT_RETURN';
    get diagnostics n = row_count;
    if n <> 1 then raise exception 'no return is open' using errcode = 'HB409'; end if;
    with stepped as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
        select p_member, p_case, p_open_step + s.n, s.step ->> 'from', s.step ->> 'act', s.step ->> 'to', 'HUB', (s.step ->> 'at')::timestamptz
          from jsonb_array_elements(p_passed) with ordinality s (step, n) returning 1)
    select count(*) into n from stepped;
    delete from dockets d where d.member_id = p_member and d.handoff_id = p_case and d.visible_from > p_ended;
    update dockets d set state = p_last, step_no = p_open_step + jsonb_array_length(p_passed), deadline = null, then_deadline = null, closed_at = p_ended,
           ground = p_ground
     where d.member_id = p_member and d.handoff_id = p_case;
    get diagnostics n = row_count;
    if n < 2 then raise exception 'the end of a case did not reach both sides' using errcode = 'HB500'; end if;
    delete from cards k where k.member_id = p_member and k.handoff_id = p_case and k.side = 'RECEIVER';
end$$;

-- Let the home union ask for its member back: the draft's match is the membership itself (domain 4.5). Nothing where there is no such right.
create function hub.record_return_match(p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_membership uuid, p_minutes integer)
returns table (signer hub.signer, secondment hub.seconded, home_employer text)
language plpgsql volatile security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_found seconded; v_member uuid; v_employer text; v_now timestamptz := hub_now(p_test_clock);
begin
    select (x.secondment).* into v_found from facts_of_secondments(p_test_clock, array[p_union], array[p_membership]) x;
    if v_found.home_union = p_union and v_found.state in ('AT_HOST', 'RETURN_DUE') then
        select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
        select g.employer_uscc into v_employer from holdings g
         where g.member_id = v_member and g.membership_id = p_membership and g.custody_version = v_found.host_version - 1;
        insert into matches (union_id, match_id, drafted_at, expires_at, outcome, target, member_id, membership_id)
        values (p_union, p_membership, v_now, v_now + p_minutes * interval '1 minute', 'ONE', p_membership, v_member, p_membership)
        on conflict (union_id, match_id) do update set drafted_at = excluded.drafted_at, expires_at = excluded.expires_at;
    else
        v_found := null;
    end if;
    return query
    select (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[null::text], array[null::uuid]))[1], v_found, v_employer;
end$$;
