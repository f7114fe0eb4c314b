-- What is left with a union at an instant, counted: for the union above, which is told numbers and nobody's name.
create type hub.left_with as (members integer, handoffs integer, agreements integer, reversions integer, unions integer);

create function hub.left_with(p_now timestamptz, p_union uuid)
returns hub.left_with language plpgsql stable security definer set search_path = hub, pg_temp as $$
declare v_left left_with; v_today date := (p_now at time zone 'Asia/Shanghai')::date; v_agreements uuid[];
begin
    select count(*) into v_left.members from memberships m where m.live_holder = p_union;
    select count(*) into v_left.handoffs from handoffs h
     where h.is_open and p_union in (h.from_union, h.to_union) and (coalesce(h.then_deadline, h.deadline) is null or coalesce(h.then_deadline, h.deadline) > p_now);
    v_agreements := array(select e.agreement_id from entrustments e
                           where p_union in (e.dispatch_union, e.host_union) and e.state in ('SCHEDULED', 'IN_FORCE', 'SUSPENDED', 'SUPERSEDED'));
    select count(*) into v_left.agreements from entrustment_states(p_now, v_agreements) s where s.state in ('SCHEDULED', 'IN_FORCE', 'SUSPENDED');
    select count(*) into v_left.reversions
      from secondments s join memberships m on m.member_id = s.member_id and m.membership_id = s.membership_id
     where s.home_union = p_union and secondment_state(s, m.custody_version, m.status, false, v_today) in ('AT_HOST', 'RETURN_DUE');
    -- A branch is a part of its joint union, and goes with it.
    select count(*) into v_left.unions from unions n where n.parent_union = p_union and n.state <> 'CLOSED' and n.kind <> 'MEMBER_UNIT_BRANCH';
    return v_left;
end$$;

-- For the winding up and the closing of a union. What is left with it is counted for the union above alone.
create function hub.facts_for_winding(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_about text, p_successor text)
returns table (signer hub.signer, about_union uuid, is_next_higher boolean, state text, version integer, wound_up_on date, named uuid,
               successor uuid, successor_state text, left_with hub.left_with)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_now timestamptz := hub_now(p_test_clock);
begin
    return query
    select (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1],
           b.union_id, coalesce(b.parent_union = p_union, false), b.state, b.version, b.wound_up_on, b.successor_union, s.union_id, s.state,
           case when b.parent_union = p_union then left_with(v_now, b.union_id) end
      from (select 1) one
      left join unions b on b.uri = p_about
      left join unions s on s.uri = p_successor;
end$$;

-- As before; and a secondment whose home union is wound up lies with the union above it at once (domain 3.4).
create or replace function hub.facts_for_secondment(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid, p_host text)
returns table (signer hub.signer, tie text, membership hub.seconded_case, host_union uuid, host_state text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_tie text; v_case seconded_case; m memberships; s secondments; o handoffs; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date; v_member uuid; v_host unions; v_offered boolean;
begin
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    select x.* into m from memberships x where x.member_id = v_member and x.membership_id = p_membership;
    select x.* into o from handoffs x where x.member_id = v_member and x.handoff_id = m.open_handoff;
    select x.* into s from secondments x where x.member_id = v_member and x.membership_id = p_membership order by x.secondment_no desc limit 1;
    if m.member_id is not null then
        v_offered := coalesce(o.handoff_id = s.offer and o.state = 'RELEASED' and o.deadline > v_now, false);
        if s.secondment_no is not null then
            v_case.secondment := row (s.secondment_no, s.step_no, s.state, secondment_state(s, m.custody_version, m.status, v_offered, v_today), s.home_union,
                (select u.uri from unions u where u.union_id = s.home_union), s.host_union, (select u.uri from unions u where u.union_id = s.host_union),
                s.host_employer_uscc, s.starts_on, s.ends_on, s.ended_early_on, s.host_version)::seconded;
        end if;
        v_tie := case
            when m.holder_union = p_union and (v_case.secondment).state in ('AT_HOST', 'RETURN_DUE') then 'HOST'
            when m.holder_union = p_union then 'HOLDER'
            when (v_case.secondment).state in ('AT_HOST', 'RETURN_DUE') and s.home_union = p_union then 'HOME'
            when ((v_case.secondment).state = 'RETURN_DUE'
                  or ((v_case.secondment).state = 'AT_HOST' and exists (select from unions w where w.union_id = s.home_union and w.state <> 'ACTIVE'))
                  or exists (select from secondment_steps t where t.member_id = v_member and t.membership_id = p_membership
                                and t.secondment_no = s.secondment_no and t.side = 'HIGHER' and t.union_id = p_union))
                 and higher_of(s.home_union, s.home_union, s.host_union) = p_union then 'HIGHER'
            -- Who sends the statement again by which the member comes back to another: it is told what it was told.
            when exists (select from secondment_steps t join statement_claims q on q.sha256 = t.sha256
                          where t.member_id = v_member and t.membership_id = p_membership and t.side = 'HIGHER' and q.jti = p_jti and q.iss = p_union)
                 then 'HIGHER'
            when exists (select from holdings g where g.member_id = v_member and g.membership_id = p_membership and g.holder_union = p_union)
              or exists (select from dockets d where d.member_id = v_member and d.handoff_id = m.open_handoff and d.union_id = p_union
                            and d.side = 'RECEIVER' and d.state in ('REQUESTED', 'ESCALATED', 'RELEASED')
                            and (coalesce(d.then_deadline, d.deadline) is null or coalesce(d.then_deadline, d.deadline) > v_now)) then 'PARTY' end;
    end if;
    v_case.member_id := m.member_id;
    v_case.custody_version := m.custody_version;
    v_case.held_since := m.held_since;
    v_case.status := m.status;
    v_case.holding_basis := m.holding_basis;
    v_case.joined_on := m.joined_on;
    v_case.employer_uscc := m.employer_uscc;
    v_case.open_handoff := m.open_handoff;
    v_case.open_step := m.open_step;
    v_case.open_reason := o.reason_code;
    v_case.open_state := o.state;
    v_case.open_deadline := o.deadline;
    v_case.open_then := o.then_deadline;
    v_case.open_requested_at := o.opened_at;
    v_case.words := (select jsonb_agg(jsonb_build_object('act', w.act, 'document', encode(w.document, 'hex'), 'union', w.union_id))
                       from secondment_words w where w.member_id = v_member and w.membership_id = p_membership and w.secondment_no = s.secondment_no);
    select n.* into v_host from unions n where n.uri = p_host;
    return query
    select (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1], v_tie,
           case when v_tie in ('HOLDER', 'HOST', 'HOME', 'HIGHER') then v_case end, v_host.union_id, v_host.state;
end$$;
