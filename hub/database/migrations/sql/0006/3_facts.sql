-- The facts of release, acceptance and request made anew: where an employer has its union, where the member lives, and what was stated.

drop function hub.facts_for_release(boolean, uuid[], text[], text[], text[], uuid[], text[], uuid[], uuid[], text[]);

drop type hub.release_case;

drop function hub.facts_for_case(boolean, uuid[], text[], text[], text[], uuid[], uuid[], uuid[]);

drop type hub.open_case;

drop function hub.facts_for_request(boolean, uuid[], text[], text[], text[], uuid[], uuid[], uuid[], bytea[]);

drop type hub.request_case;

-- The active union that organises an employer on a day, as a sentence names it; its own rather than a joint one.
create function hub.union_of_employer(p_employer text, p_today date)
returns text language plpgsql stable security definer set search_path = hub, pg_temp as $$
begin
    return (select n.name || ' (' || n.uri || ')'
              from union_employers e join unions n on n.union_id = e.union_id
             where e.employer_uscc = p_employer and e.from_on <= p_today and (e.until_on is null or e.until_on > p_today) and n.state = 'ACTIVE'
             order by e.is_member_unit, n.uri limit 1);
end$$;

-- What A13 asks of a receiver besides the member's residence. `areas`: of the street and village unions of the county of residence, for a
-- receiver that may take in only where there is none.
create type hub.place as (employer_union text, host_union text, jurisdiction text, areas text[]);

create function hub.place_of(p_today date, p_employer text, p_host text, p_receiver uuid, p_residence text)
returns hub.place language plpgsql stable security definer set search_path = hub, pg_temp as $$
declare v_place place; v_kind text;
begin
    v_place.employer_union := union_of_employer(p_employer, p_today);
    v_place.host_union := union_of_employer(p_host, p_today);
    select n.jurisdiction_code, n.kind into v_place.jurisdiction, v_kind from unions n where n.union_id = p_receiver;
    v_place.areas := case when v_kind in ('DEVELOPMENT_ZONE_UNION', 'COUNTY_FEDERATION') then
        array(select a.jurisdiction_code from unions a
               where a.kind in ('TOWNSHIP_SUBDISTRICT_UNION', 'VILLAGE_COMMUNITY_UNION') and a.state = 'ACTIVE'
                 and left(a.jurisdiction_code, 6) = left(p_residence, 6)) else '{}' end;
    return v_place;
end$$;

-- `open_…`: the case that is open, if any. `named_…`: the one that the statement names, if it is of this membership. `previous_union`:
-- from whom the holder took the member over.
create type hub.release_case as (
    ord integer, tie text, member_id uuid, custody_version integer, held_since timestamptz, held_by_sha256 bytea,
    status text, joined_on date, dues_paid_through text, employer_uscc text, card_salt text, certificate_province text,
    certificate_number text, issuing_union text, member_name text, sex text, birth_month text,
    open_handoff uuid, open_state text, open_step smallint, open_deadline timestamptz, open_then timestamptz, open_to uuid, open_request bytea,
    open_requested_at timestamptz, holder_union uuid,
    named_state text, named_deadline timestamptz, named_then timestamptz, named_request bytea, named_reason text, named_to uuid,
    previous_union uuid, holding_basis text, residence text);

-- p_side: HOLDER, who releases, or HIGHER, who releases in lieu. `place`: for a reason that asks for one (p_placing).
create function hub.facts_for_release(
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

-- `prior_…`: of a receiver that held before the releasing union did, how it held.
create type hub.open_case as (
    ord integer, member_id uuid, side text, state text, step_no smallint, reason_code text, case_version integer, release_sha256 bytea,
    out_date date, dues_paid_through text, deadline timestamptz, counterpart uuid, valid_until date, requested_at timestamptz, released_at timestamptz, receiver_kind text, receiver_state text,
    custody_version integer, held_since timestamptz, status text, open_handoff uuid, employer_uscc text,
    then_deadline timestamptz, request_sha256 bytea, in_lieu boolean, from_union uuid, to_union uuid,
    overdue_at timestamptz, overdue_tentative boolean, name_masked text,
    prior_basis text, prior_employer text, prior_unit text,
    holding_basis text, residence text, terms jsonb);

-- For every other act on a case: as the acting union's docket has it, and the membership's gate. The union above the receiver
-- is told of a case and may do nothing in it, so that for acts it has none.
create function hub.facts_for_case(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_handoff uuid[])
returns table (ord bigint, signer hub.signer, holds boolean, handoff hub.open_case, place hub.place)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; cases open_case[]; ids uuid[]; members uuid[]; held integer[]; prune uuid[]; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    signers := signers_of(v_now, p_union, p_login_kid, p_iss, p_kid, p_jti);
    select array_agg(c.membership_id), array_agg(c.member_id) into ids, members from membership_claims c where c.membership_id = any (p_membership);
    prune := case when cardinality(members) <= 32 then members end;
    -- A15 asks of a federation alone whether it holds.
    if exists (select from unnest(signers) s where s.kind in ('REGIONAL_FEDERATION', 'SECTORAL_FEDERATION')) then
        held := array(
            select u.ord::integer from unnest(p_union, p_membership) with ordinality u (union_id, membership_id, ord)
              join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
              join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union = u.union_id
             where prune is null or m.member_id = any (prune));
    end if;
    cases := array(
        select row (u.ord, d.member_id, d.side, d.state, d.step_no, d.reason_code, d.custody_version, d.release_sha256, d.out_date,
                    d.dues_paid_through, d.deadline, d.counterpart, d.valid_until, d.requested_at, d.released_at, r.kind, r.state, m.custody_version, m.held_since, m.status, m.open_handoff,
                    m.employer_uscc, d.then_deadline, d.request_sha256, d.in_lieu, d.from_union, d.to_union, d.overdue_at, d.overdue_tentative,
                    d.name_masked, g.holding_basis, g.employer_uscc, g.member_unit, m.holding_basis, p.residence_division_code, d.terms)::open_case
          from unnest(p_union, p_membership, p_handoff) with ordinality u (union_id, membership_id, handoff_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join dockets d on d.member_id = c.member_id and d.handoff_id = u.handoff_id and d.union_id = u.union_id and d.membership_id = u.membership_id
           and (d.side <> 'HIGHER' or (d.visible_from <= v_now and d.counterpart = d.from_union))
          join memberships m on m.member_id = d.member_id and m.membership_id = d.membership_id
          join persons p on p.member_id = d.member_id
          left join holdings g on g.member_id = d.member_id and g.membership_id = d.membership_id and g.custody_version = d.custody_version - 1
           and g.holder_union = d.union_id and d.side = 'RECEIVER'
          left join unions r on r.union_id = case d.side when 'RECEIVER' then d.union_id when 'HOLDER' then d.counterpart else d.to_union end
         where prune is null or d.member_id = any (prune));
    return query
    select u.ord, signers[u.ord], coalesce(u.ord = any (held), false), c,
           case when c.side = 'RECEIVER' and (c.terms ->> 'area' is not null or c.terms ->> 'host_employer_uscc' is not null) then
               place_of(v_today, c.terms ->> 'new_employer_uscc', c.terms ->> 'host_employer_uscc', u.union_id, c.residence) end
      from unnest(p_union) with ordinality u (union_id, ord) left join unnest(cases) c on c.ord = u.ord;
end$$;

create type hub.request_case as (
    ord integer, member_id uuid, membership_id uuid, holder_union uuid, custody_version integer, held_since timestamptz, employer_uscc text,
    member_name text, open_handoff uuid, open_state text, open_step smallint, open_deadline timestamptz, open_then timestamptz,
    cited_state text, cited_deadline timestamptz, cited_then timestamptz, cited_closed_at timestamptz, cites_objection boolean, cited_higher uuid,
    cited_unmoved boolean, status text, holding_basis text, residence text);

-- For a request: whom its match found, told to whoever drew it and while it is good, and the case that it cites.
create function hub.facts_for_request(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_match uuid[], p_handoff uuid[], p_appeals bytea[], p_placing boolean[], p_employer text[])
returns table (
    ord bigint, signer hub.signer, outcome text, membership hub.request_case, handoff_taken boolean, employers text[],
    higher_union uuid, further_union uuid, place hub.place)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; cases request_case[]; ords integer[]; outcomes text[]; ids uuid[]; members uuid[]; prune uuid[]; taken uuid[];
        highers uuid[] := '{}'; furthers uuid[] := '{}'; found_case request_case; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    signers := signers_of(v_now, p_union, p_login_kid, p_iss, p_kid, p_jti);
    taken := array(select h.handoff_id from handoff_claims h where h.handoff_id = any (p_handoff));
    select array_agg(u.ord), array_agg(x.outcome), array_agg(x.membership_id), array_agg(x.member_id) into ords, outcomes, ids, members
      from unnest(p_union, p_match) with ordinality u (union_id, match_id, ord)
      join matches x on x.union_id = u.union_id and x.match_id = u.match_id
     where x.union_id = any (p_union) and x.match_id = any (p_match) and x.expires_at > v_now;
    prune := case when cardinality(members) <= 32 then members end;
    cases := array(
        select row (f.ord, m.member_id, m.membership_id, m.holder_union, m.custody_version, m.held_since, m.employer_uscc, p.name,
                    m.open_handoff, o.state, m.open_step, o.deadline, o.then_deadline,
                    q.state, q.deadline, q.then_deadline, q.closed_at, q.objection_sha256 = f.appeals, qh.higher_union,
                    q.custody_version = m.custody_version, m.status, m.holding_basis, p.residence_division_code)::request_case
          from (select ords[i] as ord, ids[i] as membership_id, members[i] as member_id, p_union[ords[i]] as union_id, p_appeals[ords[i]] as appeals
                  from generate_series(1, cardinality(ords)) i) f
          join memberships m on m.member_id = f.member_id and m.membership_id = f.membership_id and m.status in ('ACTIVE', 'RETAINED')
          join persons p on p.member_id = m.member_id
          left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
          left join dockets q on q.member_id = m.member_id and q.membership_id = m.membership_id and q.union_id = f.union_id and q.side = 'RECEIVER'
           and (q.objection_sha256 = f.appeals or q.request_sha256 = f.appeals)
          left join handoffs qh on qh.member_id = q.member_id and qh.handoff_id = q.handoff_id
         where prune is null or m.member_id = any (prune));
    for i in 1 .. cardinality(p_union) loop
        found_case := null;
        select (c).* into found_case from unnest(cases) c where (c).ord = i;
        highers := array_append(highers, case when found_case.holder_union is not null
            then higher_of(found_case.holder_union, found_case.holder_union, p_union[i]) end);
        furthers := array_append(furthers, case when found_case.cited_higher is not null
            then coalesce(higher_of(found_case.cited_higher, found_case.holder_union, p_union[i]), found_case.cited_higher) end);
    end loop;
    return query
    select u.ord, signers[u.ord], coalesce((select outcomes[array_position(ords, u.ord::integer)]), 'NONE'), c,
           coalesce(u.handoff_id = any (taken), false),
           array(select e.employer_uscc from union_employers e where e.union_id = u.union_id and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)),
           highers[u.ord], furthers[u.ord],
           case when u.asks then place_of(v_today, u.employer, null, u.union_id, c.residence) end
      from unnest(p_union, p_handoff, p_placing, p_employer) with ordinality u (union_id, handoff_id, asks, employer, ord)
      left join unnest(cases) c on c.ord = u.ord;
end$$;
