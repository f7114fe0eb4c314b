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
