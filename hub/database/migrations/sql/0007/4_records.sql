-- The statuses that memberships have now, entered: for every act that begins a membership or changes its status, as its last sentence, over
-- all its items. Nothing is entered where nothing has changed. An instant that the clock gives twice is moved on.
create function hub.enter_statuses(p_at timestamptz[], p_member uuid[], p_membership uuid[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with ended as (
        update statuses s set during = tstzrange(lower(s.during), greatest(u.at, lower(s.during) + interval '1 microsecond'))
          from unnest(p_at, p_member, p_membership) u (at, member_id, membership_id)
          join memberships m on m.member_id = u.member_id and m.membership_id = u.membership_id
         where s.member_id = m.member_id and s.membership_id = m.membership_id and upper_inf(s.during) and s.status <> m.status
           and (prune is null or s.member_id = any (prune)) and (prune is null or m.member_id = any (prune))
        returning s.member_id, s.membership_id, s.status_no, upper(s.during) as at, m.status),
    begun as (     -- close, then open: ordered by data
        insert into statuses (member_id, membership_id, status_no, status, during)
        select e.member_id, e.membership_id, e.status_no + 1, e.status, tstzrange(e.at, null) from ended e returning 1),
    entered as (
        insert into statuses (member_id, membership_id, status_no, status, during)
        select m.member_id, m.membership_id, 1, m.status, tstzrange(u.at, null)
          from unnest(p_at, p_member, p_membership) u (at, member_id, membership_id)
          join memberships m on m.member_id = u.member_id and m.membership_id = u.membership_id
         where (prune is null or m.member_id = any (prune))
           and not exists (select from statuses s where s.member_id = m.member_id and s.membership_id = m.membership_id) returning 1)
    select (select count(*) from begun) + (select count(*) from entered) into n;
    perform enter_unassigned(p_at, p_member, p_membership);
end$$;

-- The end of a retention with its membership (A22, A23, death, merge): for every act that ends one. Nothing where there is none.
create function hub.end_retention(p_at timestamptz, p_member uuid, p_membership uuid)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    with ended as (
        update retentions r set state = 'ENDED', step_no = r.step_no + 1
         where r.member_id = p_member and r.membership_id = p_membership and r.state = 'RECORDED'
        returning r.retention_no, r.step_no, r.reason),
    stepped as (
        insert into retention_steps (member_id, membership_id, retention_no, step_no, from_state, act, to_state, side, at, reason)
        select p_member, p_membership, e.retention_no, e.step_no, 'RECORDED', 'end', 'ENDED', 'HUB', p_at, e.reason from ended e returning 1)
    select count(*) into n from stepped;
end$$;

-- As before; and the status with which a membership begins.
alter function hub.record_join(
    timestamptz[], uuid[], uuid[], uuid[], boolean[], text[], text[], text[], text[], text[], text[], text[], bytea[], bytea[], text[],
    bytea[], text[], boolean[], text[], text[], date[], text[], text[], text[], text[], text[], text[], date[], text[], bytea[], uuid[],
    bytea[], text[], text[], text[]) rename to enter_join;

create function hub.record_join(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_known boolean[],
    p_name text[], p_sex text[], p_birth_month text[], p_ethnic text[], p_political text[], p_id_type text[], p_id_masked text[],
    p_id_sealed bytea[], p_id_hash bytea[], p_mobile_masked text[], p_mobile_sealed bytea[], p_residence text[], p_migrant boolean[], p_form text[],
    p_basis text[], p_joined_on date[], p_dues text[], p_employer text[], p_unit text[], p_salt text[],
    p_province text[], p_number text[], p_issued_on date[], p_issuer text[], p_card_sealed bytea[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[];
begin
    done := enter_join(p_at, p_union, p_member, p_membership, p_known, p_name, p_sex, p_birth_month, p_ethnic, p_political, p_id_type, p_id_masked,
        p_id_sealed, p_id_hash, p_mobile_masked, p_mobile_sealed, p_residence, p_migrant, p_form, p_basis, p_joined_on, p_dues, p_employer,
        p_unit, p_salt, p_province, p_number, p_issued_on, p_issuer, p_card_sealed, p_jti, p_sha, p_typ, p_jws, p_receipt);
    perform enter_statuses(p_at, p_member, p_membership);
    return done;
end$$;

-- As before; and the status of the second one, which stands still.
alter function hub.record_suspected(
    timestamptz[], uuid[], uuid[], uuid[], uuid[], uuid[], uuid[], uuid[], text[], text[], text[], text[], text[], text[], text[], bytea[],
    bytea[], text[], bytea[], text[], boolean[], text[], text[], date[], text[], text[], text[], text[], text[], text[], date[], text[],
    bytea[], uuid[], bytea[], text[], text[], text[]) rename to enter_suspected;

create function hub.record_suspected(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_pair uuid[], p_other_member uuid[], p_other_membership uuid[],
    p_disclosure uuid[],
    p_name text[], p_sex text[], p_birth_month text[], p_ethnic text[], p_political text[], p_id_type text[], p_id_masked text[],
    p_id_sealed bytea[], p_id_hash bytea[], p_mobile_masked text[], p_mobile_sealed bytea[], p_residence text[], p_migrant boolean[], p_form text[],
    p_basis text[], p_joined_on date[], p_dues text[], p_employer text[], p_unit text[], p_salt text[],
    p_province text[], p_number text[], p_issued_on date[], p_issuer text[], p_card_sealed bytea[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[];
begin
    done := enter_suspected(p_at, p_union, p_member, p_membership, p_pair, p_other_member, p_other_membership, p_disclosure, p_name, p_sex, p_birth_month, p_ethnic,
        p_political, p_id_type, p_id_masked, p_id_sealed, p_id_hash, p_mobile_masked, p_mobile_sealed, p_residence, p_migrant, p_form, p_basis,
        p_joined_on, p_dues, p_employer, p_unit, p_salt, p_province, p_number, p_issued_on, p_issuer, p_card_sealed, p_jti, p_sha, p_typ, p_jws,
        p_receipt);
    perform enter_statuses(p_at, p_member, p_membership);
    return done;
end$$;

-- As before; and what it makes of both statuses, and of a retention of the one that ends.
alter function hub.settle_pair(timestamptz, uuid, hub.memberships, hub.memberships, date, uuid, smallint, jsonb, text, text) rename to merge_pair;

create function hub.settle_pair(
    p_at timestamptz, p_pair uuid, p_survivor hub.memberships, p_loser hub.memberships, p_joined_on date,
    p_case uuid, p_case_step smallint, p_passed jsonb, p_ground text, p_ground_told text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    perform merge_pair(p_at, p_pair, p_survivor, p_loser, p_joined_on, p_case, p_case_step, p_passed, p_ground, p_ground_told);
    perform end_retention(p_at, p_loser.member_id, p_loser.membership_id);
    perform enter_statuses(array[p_at, p_at], array[p_survivor.member_id, p_loser.member_id],
                           array[p_survivor.membership_id, p_loser.membership_id]);
end$$;

-- As before; and what it makes of the status of the one that stood still.
alter function hub.dissolve_pair(timestamptz, uuid, uuid) rename to part_pair;

create function hub.dissolve_pair(p_at timestamptz, p_member uuid, p_membership uuid)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare pair duplicates;
begin
    select d.* into pair from duplicates d where d.member_id = p_member and d.membership_id = p_membership and d.closed_at is null;
    if pair.pair_id is null then return; end if;
    perform part_pair(p_at, p_member, p_membership);
    perform enter_statuses(array[p_at, p_at], array[pair.member_id, pair.other_member], array[pair.membership_id, pair.other_membership]);
end$$;

-- As before; and what a move makes of a retention: it goes along, or the member is restored by it, on the day that is printed.
alter function hub.record_acceptance(
    timestamptz[], uuid[], uuid[], uuid[], uuid[], smallint[], date[], text[], text[], text[], text[], uuid[], bytea[], text[], text[],
    text[], text[], text[]) rename to move_membership;

create function hub.record_acceptance(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_step smallint[],
    p_in_date date[], p_basis text[], p_employer text[], p_unit text[], p_salt text[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[], p_status_after text[], p_unorganised text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; n integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    done := move_membership(p_at, p_union, p_member, p_membership, p_handoff, p_step, p_in_date, p_basis, p_employer, p_unit, p_salt,
                            p_jti, p_sha, p_typ, p_jws, p_receipt, p_status_after, p_unorganised);
    with moved as (
        update retentions r set state = case m.status when 'ACTIVE' then 'RESTORED' else r.state end, step_no = r.step_no + 1,
               restored_on = case m.status when 'ACTIVE' then u.in_date end
          from unnest(p_at, p_union, p_member, p_membership, p_in_date, p_sha) with ordinality u (at, union_id, member_id, membership_id, in_date, sha, ord)
          join memberships m on m.member_id = u.member_id and m.membership_id = u.membership_id
         where r.member_id = m.member_id and r.membership_id = m.membership_id and r.state = 'RECORDED' and u.ord = any (done)
           and (prune is null or r.member_id = any (prune)) and (prune is null or m.member_id = any (prune))
        returning r.member_id, r.membership_id, r.retention_no, r.step_no, r.state, r.reason, u.at, u.union_id, u.sha),
    stepped as (
        insert into retention_steps (member_id, membership_id, retention_no, step_no, from_state, act, to_state, side, union_id, at, reason, sha256)
        select v.member_id, v.membership_id, v.retention_no, v.step_no, 'RECORDED', case v.state when 'RESTORED' then 'accept' else 'move' end, v.state,
               'RECEIVER', v.union_id, v.at, v.reason, v.sha from moved v returning 1)
    select count(*) into n from stepped;
    perform enter_statuses(p_at, p_member, p_membership);
    return done;
end$$;

-- An act of the holder on a retention: it enters one, changes its reason, restores the member, or annuls it. `p_retention`, `p_step`:
-- the open one and its last step; of none, null and zero.
-- `p_salt`: the card of before fits no release any more.
-- `p_case`: the open case that ends first, by its dates or because the member has retired or enlisted; null where it goes on.
create function hub.record_retention(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_custody integer, p_data integer, p_open uuid, p_open_step smallint,
    p_retention smallint, p_step smallint, p_act text, p_to_state text, p_reason text, p_retained_on date, p_restored_on date,
    p_status text, p_basis text, p_prior_basis text, p_salt text, p_case uuid, p_passed jsonb, p_ground text, p_ground_told text, p_ground_articles text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer; v_no smallint := p_retention; v_last text := p_passed -> -1 ->> 'to';
        v_ended timestamptz := (p_passed -> -1 ->> 'at')::timestamptz;
begin
    update memberships m set data_version = m.data_version + 1, status = p_status, holding_basis = p_basis, card_salt = p_salt,
           open_handoff = case when p_case is null then m.open_handoff end, open_step = case when p_case is null then m.open_step end
     where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union and m.custody_version = p_custody
       and m.data_version = p_data and m.held_since < p_at
       and m.open_handoff is not distinct from p_open and m.open_step is not distinct from p_open_step
       and (p_act, m.status, p_status) in (('record', 'ACTIVE', 'RETAINED'), ('change_reason', 'RETAINED', 'RETAINED'),
                                           ('restore', 'RETAINED', 'ACTIVE'), ('annul', 'RETAINED', 'ACTIVE'))
       and (p_case is null or (p_case = m.open_handoff and jsonb_array_length(p_passed) > 0))
       -- A release is bound to what the member was: it is recalled first.
       and not (p_case is null and exists (select from handoffs h where h.member_id = m.member_id and h.handoff_id = m.open_handoff and h.state = 'RELEASED'));
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    if p_act = 'record' then
        select coalesce(max(r.retention_no), 0) + 1 into v_no from retentions r where r.member_id = p_member and r.membership_id = p_membership;
        insert into retentions (member_id, membership_id, retention_no, state, step_no, reason, retained_on, prior_basis, sha256)
        values (p_member, p_membership, v_no, p_to_state, 1, p_reason, p_retained_on, p_prior_basis, p_sha);
    else
        update retentions r set state = p_to_state, step_no = r.step_no + 1, reason = p_reason, restored_on = p_restored_on
         where r.member_id = p_member and r.membership_id = p_membership and r.retention_no = p_retention and r.step_no = p_step
           and r.state = 'RECORDED' and r.retained_on = p_retained_on;
        get diagnostics n = row_count;
        if n <> 1 then raise exception 'a retained member has no retention' using errcode = 'HB500'; end if;
    end if;
    insert into retention_steps (member_id, membership_id, retention_no, step_no, from_state, act, to_state, side, union_id, at, reason, sha256)
    values (p_member, p_membership, v_no, p_step + 1, case p_act when 'record' then '-' else 'RECORDED' end, p_act, p_to_state, 'HOLDER',
            p_union, p_at, p_reason, p_sha);
    if p_case is not null then
        update handoffs h set state = v_last, step_no = p_open_step + jsonb_array_length(p_passed), is_open = false, deadline = null, then_deadline = null,
               objection_sha256 = case when v_last = 'OBJECTED' then p_sha end
         where h.member_id = p_member and h.handoff_id = p_case;
        with stepped as (
            insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
            select p_member, p_case, p_open_step + s.n, s.step ->> 'from', s.step ->> 'act', s.step ->> 'to', 'HUB', (s.step ->> 'at')::timestamptz
              from jsonb_array_elements(p_passed) with ordinality s (step, n) returning 1)
        select count(*) into n from stepped;
        delete from dockets d where d.member_id = p_member and d.handoff_id = p_case and d.visible_from > v_ended;
        update dockets d set state = v_last, step_no = p_open_step + jsonb_array_length(p_passed), deadline = null, then_deadline = null, closed_at = v_ended,
               ground = case when d.side = 'RECEIVER' then p_ground_told else p_ground end,
               ground_articles = case when d.side = 'RECEIVER' then p_ground_articles end,
               objection_sha256 = case when v_last = 'OBJECTED' then p_sha end
         where d.member_id = p_member and d.handoff_id = p_case;
        get diagnostics n = row_count;
        if n < 2 then raise exception 'the end of a case did not reach both sides' using errcode = 'HB500'; end if;
        delete from cards k where k.member_id = p_member and k.handoff_id = p_case and k.side = 'RECEIVER';
    end if;
    perform enter_statuses(array[p_at], array[p_member], array[p_membership]);
    return true;
end$$;
