-- What an act on a union leaves: its version, its statement, its jti spent.
create function hub.enter_union_statement(
    p_at timestamptz, p_by uuid, p_union uuid, p_version integer, p_fields text, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    insert into statement_claims (jti, iss, sha256, about_union) values (p_jti, p_by, p_sha, p_union) on conflict do nothing;
    get diagnostics n = row_count;
    if n <> 1 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into union_statements (union_id, sha256, iss, jti, typ, jws, receipt, received_at)
    values (p_union, p_sha, p_by, p_jti, p_typ, p_jws, p_receipt, p_at);
    insert into union_amendments (union_id, version, by_union, at, sha256, fields) values (p_union, p_version, p_by, p_at, p_sha, p_fields);
end$$;

-- What is on its way to a union that winds up goes back: what was released to it is void, what it has asked for is cancelled, and both sides
-- are told why. Dates that have ended a case before come first. The gate of each membership opens with it.
create function hub.send_back(p_at timestamptz, p_union uuid)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare members uuid[]; cases uuid[]; states text[]; last_steps smallint[]; deadlines timestamptz[]; thens timestamptz[]; passed jsonb[];
        n integer; told integer;
begin
    with gates as (
        update memberships m set open_handoff = null, open_step = null
          from handoffs h
         where h.open_to = p_union and m.member_id = h.member_id and m.membership_id = h.membership_id and m.open_handoff = h.handoff_id
        returning h.member_id, h.handoff_id, h.state, h.step_no, h.deadline, h.then_deadline)
    select array_agg(g.member_id), array_agg(g.handoff_id), array_agg(g.state), array_agg(g.step_no), array_agg(g.deadline), array_agg(g.then_deadline)
      into members, cases, states, last_steps, deadlines, thens from gates g;
    if cases is null then return; end if;
    -- Received after it by the clock, and stored before: the facts are to be read again, so that time does not run backwards in a case.
    if exists (select from unnest(members, cases) u (member_id, handoff_id)
                 join steps s on s.member_id = u.member_id and s.handoff_id = u.handoff_id where s.at >= p_at) then
        raise exception 'a case has moved meanwhile' using errcode = 'HB409';
    end if;
    passed := array(
        select case
            when u.state = 'RELEASED' and u.deadline <= p_at then jsonb_build_array(wound('RELEASED', 'expire', 'EXPIRED', u.deadline))
            when u.state = 'RELEASED' then jsonb_build_array(wound('RELEASED', 'void', 'VOIDED', p_at))
            when u.state = 'REQUESTED' and u.then_deadline <= p_at then
                jsonb_build_array(wound('REQUESTED', 'escalate', 'ESCALATED', u.deadline), wound('ESCALATED', 'lapse', 'LAPSED', u.then_deadline))
            when u.state = 'REQUESTED' and u.deadline <= p_at then
                jsonb_build_array(wound('REQUESTED', 'escalate', 'ESCALATED', u.deadline), wound('ESCALATED', 'wind_up', 'CANCELLED', p_at))
            when u.state = 'ESCALATED' and u.deadline <= p_at then jsonb_build_array(wound('ESCALATED', 'lapse', 'LAPSED', u.deadline))
            else jsonb_build_array(wound(u.state, 'wind_up', 'CANCELLED', p_at)) end
          from unnest(states, deadlines, thens) with ordinality u (state, deadline, then_deadline, ord) order by u.ord);
    with closed as (
        update handoffs h set state = u.passed -> -1 ->> 'to', step_no = u.step_no + jsonb_array_length(u.passed), is_open = false, deadline = null,
               then_deadline = null
          from unnest(members, cases, last_steps, passed) u (member_id, handoff_id, step_no, passed)
         where h.member_id = u.member_id and h.handoff_id = u.handoff_id and h.step_no = u.step_no returning 1),
    stepped as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
        select u.member_id, u.handoff_id, u.step_no + s.n, s.step ->> 'from', s.step ->> 'act', s.step ->> 'to', 'HUB', (s.step ->> 'at')::timestamptz
          from unnest(members, cases, last_steps, passed) u (member_id, handoff_id, step_no, passed)
         cross join lateral jsonb_array_elements(u.passed) with ordinality s (step, n) returning 1),
    unseen as (
        delete from dockets d using unnest(members, cases, passed) u (member_id, handoff_id, passed)
         where d.member_id = u.member_id and d.handoff_id = u.handoff_id and d.visible_from > (u.passed -> -1 ->> 'at')::timestamptz returning 1),
    docketed as (
        update dockets d set state = u.passed -> -1 ->> 'to', step_no = u.step_no + jsonb_array_length(u.passed), deadline = null, then_deadline = null,
               closed_at = (u.passed -> -1 ->> 'at')::timestamptz,
               ground = case when u.passed -> -1 ->> 'act' in ('void', 'wind_up') then 'RECEIVER_CLOSED' end
          from unnest(members, cases, last_steps, passed) u (member_id, handoff_id, step_no, passed)
         where d.member_id = u.member_id and d.handoff_id = u.handoff_id
           and (d.visible_from is null or d.visible_from <= (u.passed -> -1 ->> 'at')::timestamptz) returning 1),
    uncarded as (
        delete from cards k using unnest(members, cases) u (member_id, handoff_id)
         where k.member_id = u.member_id and k.handoff_id = u.handoff_id and k.side = 'RECEIVER' returning 1)
    select (select count(*) from closed), (select count(*) from docketed) into n, told;
    if n <> cardinality(cases) or told < 2 * cardinality(cases) then raise exception 'a case did not go back to both sides' using errcode = 'HB500'; end if;
end$$;

create function hub.wound(p_from text, p_act text, p_to text, p_at timestamptz)
returns jsonb language plpgsql immutable security definer set search_path = hub, pg_temp as $$
begin
    return jsonb_build_object('from', p_from, 'act', p_act, 'to', p_to, 'at', p_at);
end$$;

-- Its agreements are suspended, whether or not they have begun; those that dates have ended by now end first (domain 3.5).
create function hub.suspend_agreements(p_at timestamptz, p_by uuid, p_union uuid, p_sha bytea)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare e entrustments; v_state text; v_step smallint; v_today date := (p_at at time zone 'Asia/Shanghai')::date;
begin
    for e in select x.* from entrustments x where p_union in (x.bound_dispatch, x.bound_host) order by x.agreement_id loop
        v_state := e.state; v_step := e.step_no;
        if v_state = 'SCHEDULED' and e.in_force_from <= p_at then
            v_step := v_step + 1;
            insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, at)
            values (e.agreement_id, v_step, v_state, 'start', 'IN_FORCE', 'HUB', e.in_force_from);
            v_state := 'IN_FORCE';
        end if;
        v_step := v_step + 1;
        if v_today > e.ends_on then
            insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, at)
            values (e.agreement_id, v_step, v_state, 'expire', 'EXPIRED', 'HUB', (e.ends_on + 1)::timestamp at time zone 'Asia/Shanghai');
            v_state := 'EXPIRED';
        else
            insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
            values (e.agreement_id, v_step, v_state, 'suspend', 'SUSPENDED', 'HIGHER', p_by, p_at, p_sha);
            v_state := 'SUSPENDED';
        end if;
        update entrustments x set state = v_state, step_no = v_step,
               closed_at = case when v_state = 'EXPIRED' then (e.ends_on + 1)::timestamp at time zone 'Asia/Shanghai' else x.closed_at end
         where x.agreement_id = e.agreement_id and x.step_no = e.step_no;
        get diagnostics v_step = row_count;
        if v_step <> 1 then raise exception 'an agreement has moved meanwhile' using errcode = 'HB409'; end if;
    end loop;
end$$;

-- The union above winds a union up, or names another successor of one that is being wound up. False: not as the facts had it.
create function hub.record_winding(
    p_at timestamptz, p_by uuid, p_union uuid, p_version integer, p_fields text, p_decided_on date, p_successor uuid,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    perform 1 from unions s where s.union_id = p_successor and s.state = 'ACTIVE' for key share;
    if p_successor is not null and not found then return false; end if;
    -- First what the key on open cases and on agreements would bar, then the state: whatever came in between makes the key bar it, and the
    -- facts are read again.
    perform send_back(p_at, p_union);
    perform suspend_agreements(p_at, p_by, p_union, p_sha);
    update unions n set state = 'WINDING_UP', wound_up_on = p_decided_on, successor_union = p_successor, version = n.version + 1
      from unions b
     where n.union_id = p_union and n.parent_union = p_by and n.version = p_version and n.state in ('ACTIVE', 'WINDING_UP')
       and b.union_id = p_by and b.state <> 'CLOSED';
    get diagnostics n = row_count;
    if n <> 1 then raise exception 'not as the facts had it' using errcode = 'HB409'; end if;
    -- What others have asked of it lies with the union above at once, as if the holder's time had passed.
    perform lay_above(p_at, p_union);
    -- Received before it by the clock, and stored only now.
    if exists (select from memberships m where m.live_holder = p_union and m.held_since >= p_at) then
        raise exception 'somebody has joined meanwhile' using errcode = 'HB409';
    end if;
    perform enter_union_statement(p_at, p_by, p_union, p_version + 1, p_fields, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- The union above closes a union with which nothing is left.
create function hub.record_closing(
    p_at timestamptz, p_by uuid, p_union uuid, p_version integer, p_fields text, p_closed_on date,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    update unions n set state = 'CLOSED', closed_on = p_closed_on, version = n.version + 1
      from unions b
     where n.union_id = p_union and n.parent_union = p_by and n.version = p_version and n.state = 'WINDING_UP' and b.union_id = p_by and b.state <> 'CLOSED';
    get diagnostics n = row_count;
    if n <> 1 then return false; end if;
    -- Asked once the row is locked, by a snapshot of its own: what came before is seen, what comes after finds the union closed.
    if left_with(p_at, p_union) is distinct from row (0, 0, 0, 0, 0)::left_with then
        raise exception 'something is left with it' using errcode = 'HB409';
    end if;
    perform enter_union_statement(p_at, p_by, p_union, p_version + 1, p_fields, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- After the record of those who enter a union's hands without a case: it is active still. Whoever winds it up waits for them, or they for him.
create function hub.still_active(p_done integer[], p_union uuid[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    if exists (select from unions n where n.union_id = any (p_union) and n.state <> 'ACTIVE') then
        raise exception 'a union is wound up' using errcode = 'HB409';
    end if;
    return p_done;
end$$;

-- The union above a home union that is wound up names the one to which the member comes back instead. Custody stays where it is.
create function hub.record_retargeting(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_custody integer, p_no smallint, p_step smallint, p_state text, p_home uuid,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare s secondments; v_home uuid;
begin
    -- Neither does the successor wind up before this is in.
    perform 1 from unions n where n.union_id = p_home and n.state = 'ACTIVE' for key share;
    if not found then return false; end if;
    perform 1 from memberships m where m.member_id = p_member and m.membership_id = p_membership and m.custody_version = p_custody and m.held_since < p_at
       for no key update;
    if not found then return false; end if;
    select x.* into s from secondments x where x.member_id = p_member and x.membership_id = p_membership and x.secondment_no = p_no;
    if s.step_no is distinct from p_step or s.host_version <> p_custody or higher_of(s.home_union, s.home_union, s.host_union) is distinct from p_union
       or not exists (select from unions w where w.union_id = s.home_union and w.state <> 'ACTIVE') then
        return false;
    end if;
    update secondments x set home_union = p_home
     where x.member_id = p_member and x.membership_id = p_membership and x.secondment_no = p_no returning x.home_union into v_home;
    perform step_secondment(p_at, p_member, p_membership, p_no, p_state, 'retarget', p_state, 'HIGHER', p_union, p_sha);
    perform enter_statement(p_at, p_union, p_member, p_membership, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return v_home = p_home;
end$$;

-- Requests for members of a union that is wound up: its time to answer ends with the decision, and the union above may see them.
create function hub.lay_above(p_at timestamptz, p_union uuid)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    with asked as (
        update handoffs h set deadline = p_at
         where h.from_union = p_union and h.is_open and h.state = 'REQUESTED' and h.deadline > p_at
        returning h.member_id, h.handoff_id),
    docketed as (
        update dockets d set deadline = p_at, deadline_tentative = false,
               visible_from = case when d.side = 'HIGHER' then least(d.visible_from, p_at) else d.visible_from end
          from asked a where d.member_id = a.member_id and d.handoff_id = a.handoff_id returning 1)
    select count(*) into n from docketed;
end$$;

-- A release that nobody has asked for, by the union directly above a holder that is wound up (HUB-P09). `lapsed`: the case that dates have ended.
create function hub.record_pushed_in_lieu(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_handoff uuid, p_version integer, p_to uuid, p_reason text,
    p_out_date date, p_dues text, p_valid_until date, p_deadline timestamptz, p_overdue_union uuid, p_overdue_at timestamptz,
    p_overdue_tentative boolean, p_lapsed uuid, p_lapsed_step smallint, p_passed jsonb, p_lapsed_ground text, p_jti uuid, p_sha bytea,
    p_typ text, p_jws text, p_receipt text, p_card text, p_terms jsonb)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_holder uuid; n integer; v_last text := p_passed -> -1 ->> 'to'; v_ended timestamptz := (p_passed -> -1 ->> 'at')::timestamptz;
begin
    update memberships m set open_handoff = p_handoff, open_step = 1
      from unions w
     where m.member_id = p_member and m.membership_id = p_membership and w.union_id = m.holder_union and w.state = 'WINDING_UP' and w.parent_union = p_union
       and m.custody_version = p_version and m.status in ('ACTIVE', 'RETAINED') and m.held_since < p_at and m.holder_union <> p_to
       and m.open_handoff is not distinct from p_lapsed and m.open_step is not distinct from p_lapsed_step
       and (p_lapsed is null or jsonb_array_length(p_passed) > 0) and p_card::jsonb ->> 'salt' = m.card_salt
    returning m.holder_union into v_holder;
    if v_holder is null then return false; end if;
    if p_lapsed is not null then
        update handoffs h set state = v_last, step_no = p_lapsed_step + jsonb_array_length(p_passed), is_open = false, deadline = null, then_deadline = null
         where h.member_id = p_member and h.handoff_id = p_lapsed;
        with stepped as (
            insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
            select p_member, p_lapsed, p_lapsed_step + s.n, s.step ->> 'from', s.step ->> 'act', s.step ->> 'to', 'HUB', (s.step ->> 'at')::timestamptz
              from jsonb_array_elements(p_passed) with ordinality s (step, n) returning 1)
        select count(*) into n from stepped;
        delete from dockets d where d.member_id = p_member and d.handoff_id = p_lapsed and d.visible_from > v_ended;
        update dockets d set state = v_last, step_no = p_lapsed_step + jsonb_array_length(p_passed), deadline = null, then_deadline = null, closed_at = v_ended,
               ground = case when d.side <> 'RECEIVER' then p_lapsed_ground end
         where d.member_id = p_member and d.handoff_id = p_lapsed;
        delete from cards k where k.member_id = p_member and k.handoff_id = p_lapsed and k.side = 'RECEIVER';
    end if;
    insert into handoff_claims (handoff_id, member_id) values (p_handoff, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n <> 1 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into handoffs (member_id, handoff_id, membership_id, from_union, to_union, reason_code, state, step_no, custody_version, release_sha256, out_date,
                          dues_paid_through, opened_at, deadline, higher_union, in_lieu, is_open)
    values (p_member, p_handoff, p_membership, v_holder, p_to, p_reason, 'RELEASED', 1, p_version, p_sha, p_out_date, p_dues, p_at, p_deadline, p_union, true,
            true);
    insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
    values (p_member, p_handoff, 1, '-', 'release_in_lieu', 'RELEASED', 'HIGHER', p_union, p_at, p_sha);
    perform enter_case_statement(p_at, p_union, p_member, p_membership, p_handoff, p_jti, p_sha, p_typ, p_jws, p_receipt);
    with docketed as (
        insert into dockets (member_id, handoff_id, union_id, side, membership_id, state, step_no, counterpart, reason_code, custody_version,
                             release_sha256, out_date, valid_until, dues_paid_through, deadline, opened_at, released_at, overdue_at, overdue_tentative, terms,
                             in_lieu, visible_from, from_union, to_union)
        select p_member, p_handoff, v.union_id, v.side, p_membership, 'RELEASED', 1, v.other, p_reason, p_version, p_sha, p_out_date, p_valid_until,
               case when v.side <> 'HIGHER' then p_dues end, p_deadline, p_at, p_at, p_overdue_at, coalesce(p_overdue_tentative, false),
               case when v.side <> 'HIGHER' then p_terms end, true, v.seen_from, case when v.side = 'HIGHER' then v_holder end,
               case when v.side = 'HIGHER' then p_to end
          from (values (v_holder, 'HOLDER', p_to, null::timestamptz), (p_to, 'RECEIVER', v_holder, null), (p_union, 'HIGHER', v_holder, p_at),
                       (p_overdue_union, 'HIGHER', p_to, p_overdue_at)) v (union_id, side, other, seen_from)
         where case when v.union_id = p_overdue_union and v.other = p_to then p_overdue_at < p_deadline else true end
        -- Who is above both has one copy; who takes the member into custody is its receiver.
        on conflict (member_id, handoff_id, union_id) do nothing returning 1)
    select count(*) into n from docketed;
    if n < 2 then raise exception 'a release did not reach both sides' using errcode = 'HB500'; end if;
    insert into cards (member_id, handoff_id, union_id, side, json)
    values (p_member, p_handoff, v_holder, 'HOLDER', p_card), (p_member, p_handoff, p_to, 'RECEIVER', p_card);
    perform release_seconded(array[p_at], array[p_member], array[p_membership], array[p_handoff], array[p_sha], array[1]);
    return true;
end$$;

-- What a statement on a case leaves: itself, and its jti spent.
create function hub.enter_case_statement(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_handoff uuid, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n <> 1 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into statements (member_id, sha256, membership_id, handoff_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_handoff, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
end$$;
