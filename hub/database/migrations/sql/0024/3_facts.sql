-- As before; and for who has asked for a member whom a union outside the hub holds.
create or replace function hub.facts_for_release(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_side text[], p_membership uuid[], p_handoff uuid[], p_receiver text[],
    p_placing boolean[], p_employer text[], p_host text[])
returns table (
    ord bigint, signer hub.signer, membership hub.release_case, handoff_taken boolean,
    receiver_union uuid, receiver_kind text, receiver_state text, receiver_employers text[], overdue_union uuid, holder_uri text,
    place hub.place)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; cases release_case[]; ids uuid[]; members uuid[]; prune uuid[]; taken uuid[]; receivers uuid[]; holders uuid[];
        above uuid[] := '{}'; v_now timestamptz := hub_now(p_test_clock); v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    signers := signers_of(v_now, p_union, p_login_kid, p_iss, p_kid, p_jti);
    select array_agg(c.membership_id), array_agg(c.member_id) into ids, members from membership_claims c where c.membership_id = any (p_membership);
    taken := array(select h.handoff_id from handoff_claims h where h.handoff_id = any (p_handoff));
    prune := case when cardinality(members) <= 32 then members end;
    -- Nothing of the person but for the holder, and for the union above it once the case lies there; to those whom 5.3 (a) names
    -- (the ex-holder, the receiver of an open case), that there is one.
    cases := array(
        select row (u.ord, 'HOLDER', m.member_id, m.custody_version, m.held_since, m.held_by_sha256, m.status, m.joined_on, m.dues_paid_through,
                    m.employer_uscc, m.card_salt, m.certificate_province, m.certificate_number, m.issuing_union, p.name, p.sex, p.birth_month,
                    m.open_handoff, o.state, m.open_step, o.deadline, o.then_deadline, o.to_union, o.request_sha256, o.opened_at, m.holder_union,
                    n.state, n.deadline, n.then_deadline, n.request_sha256, n.reason_code, n.to_union,
                    g.holder_union, m.holding_basis, p.residence_division_code)::release_case
          from unnest(p_union, p_side, p_membership, p_handoff) with ordinality u (union_id, side, membership_id, handoff_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union = u.union_id
          join persons p on p.member_id = m.member_id
          left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
          left join handoffs n on n.member_id = m.member_id and n.handoff_id = u.handoff_id and n.from_union = u.union_id
          left join holdings g on g.member_id = m.member_id and g.membership_id = m.membership_id and g.custody_version = m.custody_version - 1
         where u.side = 'HOLDER' and (prune is null or m.member_id = any (prune)));
    if 'HIGHER' = any (p_side) then
        cases := cases || array(
            select row (u.ord, 'HIGHER', m.member_id, m.custody_version, m.held_since, m.held_by_sha256, m.status, m.joined_on, m.dues_paid_through,
                        m.employer_uscc, m.card_salt, m.certificate_province, m.certificate_number, m.issuing_union, p.name, p.sex, p.birth_month,
                        m.open_handoff, o.state, m.open_step, o.deadline, o.then_deadline, o.to_union, o.request_sha256, o.opened_at, n.from_union,
                        n.state, n.deadline, n.then_deadline, n.request_sha256, n.reason_code, n.to_union, null,
                        m.holding_basis, p.residence_division_code)::release_case
              from unnest(p_union, p_side, p_membership, p_handoff) with ordinality u (union_id, side, membership_id, handoff_id, ord)
              join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
              join dockets d on d.member_id = c.member_id and d.handoff_id = u.handoff_id and d.union_id = u.union_id
               and d.membership_id = u.membership_id and d.side = 'HIGHER' and d.visible_from <= v_now
              join handoffs n on n.member_id = d.member_id and n.handoff_id = d.handoff_id and n.higher_union = u.union_id
              join memberships m on m.member_id = d.member_id and m.membership_id = d.membership_id
              join persons p on p.member_id = m.member_id
              left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
             where u.side = 'HIGHER' and (prune is null or d.member_id = any (prune)));
        -- Of a holder that is wound up everybody lies with the union directly above it at once, asked for or not (HUB-P09).
        cases := cases || array(
            select row (u.ord, 'HIGHER', m.member_id, m.custody_version, m.held_since, m.held_by_sha256, m.status, m.joined_on, m.dues_paid_through,
                        m.employer_uscc, m.card_salt, m.certificate_province, m.certificate_number, m.issuing_union, p.name, p.sex, p.birth_month,
                        m.open_handoff, o.state, m.open_step, o.deadline, o.then_deadline, o.to_union, o.request_sha256, o.opened_at, m.holder_union,
                        null, null, null, null, null, null, null, m.holding_basis, p.residence_division_code)::release_case
              from unnest(p_union, p_side, p_membership) with ordinality u (union_id, side, membership_id, ord)
              join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
              join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id
              join unions w on w.union_id = m.holder_union and w.state = 'WINDING_UP' and w.parent_union = u.union_id
              join persons p on p.member_id = m.member_id
              left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
             where u.side = 'HIGHER' and (prune is null or m.member_id = any (prune)) and m.live_holder is not null
               and not exists (select from unnest(cases) k where k.ord = u.ord));
    end if;
    -- Of a holder outside the hub whoever has asked for the member states what its paper says (A25). He is told what the rules ask for, of the
    -- person whom his proof has named.
    if 'RECEIVER' = any (p_side) then
        cases := cases || array(
            select row (u.ord, 'RECEIVER', m.member_id, m.custody_version, m.held_since, m.held_by_sha256, m.status, m.joined_on, m.dues_paid_through,
                        m.employer_uscc, m.card_salt, m.certificate_province, m.certificate_number, m.issuing_union, p.name, p.sex, p.birth_month,
                        m.open_handoff, n.state, m.open_step, n.deadline, n.then_deadline, n.to_union, n.request_sha256, n.opened_at, m.holder_union,
                        n.state, n.deadline, n.then_deadline, n.request_sha256, n.reason_code, n.to_union, g.holder_union,
                        m.holding_basis, p.residence_division_code)::release_case
              from unnest(p_union, p_side, p_membership, p_handoff) with ordinality u (union_id, side, membership_id, handoff_id, ord)
              join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
              join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.open_handoff = u.handoff_id
              join handoffs n on n.member_id = m.member_id and n.handoff_id = u.handoff_id and n.to_union = u.union_id
              join unions w on w.union_id = m.holder_union and w.kind = 'EXTERNAL'
              join persons p on p.member_id = m.member_id
              left join holdings g on g.member_id = m.member_id and g.membership_id = m.membership_id and g.custody_version = m.custody_version - 1
             where u.side = 'RECEIVER' and (prune is null or m.member_id = any (prune)));
    end if;
    if cardinality(cases) < cardinality(p_union) then
        cases := cases || array(
            select row (u.ord, 'PARTY', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)::release_case
              from unnest(p_union, p_side, p_membership) with ordinality u (union_id, side, membership_id, ord)
              join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
              join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union <> u.union_id
             where u.side = 'HOLDER' and (prune is null or m.member_id = any (prune))
               and (exists (select from holdings g where g.member_id = m.member_id and g.membership_id = m.membership_id and g.holder_union = u.union_id)
                 or exists (select from dockets d where d.member_id = m.member_id and d.handoff_id = m.open_handoff and d.union_id = u.union_id
                               and d.side = 'RECEIVER' and d.state in ('REQUESTED', 'ESCALATED', 'RELEASED')
                               and (coalesce(d.then_deadline, d.deadline) is null or coalesce(d.then_deadline, d.deadline) > v_now))));
    end if;
    receivers := array(select r.union_id from unnest(p_receiver) with ordinality u (uri, ord) left join unions r on r.uri = u.uri order by u.ord);
    holders := array(select c.holder_union from generate_series(1, cardinality(p_union)) i left join unnest(cases) c on c.ord = i order by i);
    for i in 1 .. cardinality(p_union) loop
        above := array_append(above, case when receivers[i] is not null then higher_of(receivers[i], receivers[i], holders[i]) end);
    end loop;
    return query
    select u.ord, signers[u.ord], c, coalesce(u.handoff_id = any (taken), false), r.union_id, r.kind, r.state,
           array(select e.employer_uscc from union_employers e where e.union_id = r.union_id and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)), above[u.ord], x.uri,
           case when u.asks then place_of(v_today, u.employer, u.host, r.union_id, c.residence) end
      from unnest(p_handoff, p_placing, p_employer, p_host) with ordinality u (handoff_id, asks, employer, host, ord)
      left join unnest(cases) c on c.ord = u.ord
      left join unions r on r.union_id = receivers[u.ord]
      left join unions x on x.union_id = holders[u.ord];
end$$;

-- As before; what stands for a union outside the hub does not keep its parent from closing.
create or replace function hub.left_with(p_now timestamptz, p_union uuid)
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
    -- A branch is a part of its joint union, and goes with it; what stands for a union outside the hub is nobody's to end.
    select count(*) into v_left.unions from unions n where n.parent_union = p_union and n.state <> 'CLOSED' and n.kind not in ('MEMBER_UNIT_BRANCH', 'EXTERNAL');
    return v_left;
end$$;
