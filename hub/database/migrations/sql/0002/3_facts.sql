-- The facts that the acts of a pull need besides, in the same shape as before. Functions whose rows have grown are made anew.

-- The first union above that may act in another's stead: no party, not closed, and of a kind that signs (A15).
create function hub.higher_of(p_below uuid, p_party uuid, p_other uuid)
returns uuid language plpgsql stable security definer set search_path = hub, pg_temp as $$
declare v_union uuid := p_below; v_kind text; v_state text;
begin
    loop
        select p.union_id, p.kind, p.state into v_union, v_kind, v_state
          from unions b join unions p on p.union_id = b.parent_union where b.union_id = v_union;
        exit when v_union is null;
        exit when v_union is distinct from p_party and v_union is distinct from p_other and v_state <> 'CLOSED'
              and v_kind not in ('MEMBER_UNIT_BRANCH', 'REGIONAL_FEDERATION', 'SECTORAL_FEDERATION');
    end loop;
    return v_union;
end$$;

drop function hub.facts_for_release(boolean, uuid[], text[], text[], text[], uuid[], uuid[], uuid[], text[]);

drop type hub.release_case;

-- `open_…`: the case that is open, if any. `named_…`: the one that the statement names, if it is of this membership.
create type hub.release_case as (
    ord integer, tie text, member_id uuid, custody_version integer, held_since timestamptz, held_by_sha256 bytea,
    status text, joined_on date, dues_paid_through text, employer_uscc text, card_salt text, certificate_province text,
    certificate_number text, issuing_union text, member_name text, sex text, birth_month text,
    open_handoff uuid, open_state text, open_step smallint, open_deadline timestamptz, open_then timestamptz, open_to uuid, open_request bytea,
    open_requested_at timestamptz, holder_union uuid,
    named_state text, named_deadline timestamptz, named_then timestamptz, named_request bytea, named_reason text, named_to uuid);

-- p_side: HOLDER, who releases, or HIGHER, who releases in lieu.
create function hub.facts_for_release(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_side text[], p_membership uuid[], p_handoff uuid[], p_receiver text[])
returns table (
    ord bigint, signer hub.signer, membership hub.release_case, handoff_taken boolean,
    receiver_union uuid, receiver_kind text, receiver_state text, receiver_employers text[], overdue_union uuid, holder_uri text)
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
                    n.state, n.deadline, n.then_deadline, n.request_sha256, n.reason_code, n.to_union)::release_case
          from unnest(p_union, p_side, p_membership, p_handoff) with ordinality u (union_id, side, membership_id, handoff_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union = u.union_id
          join persons p on p.member_id = m.member_id
          left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
          left join handoffs n on n.member_id = m.member_id and n.handoff_id = u.handoff_id and n.from_union = u.union_id
         where u.side = 'HOLDER' and (prune is null or m.member_id = any (prune)));
    if 'HIGHER' = any (p_side) then
        cases := cases || array(
            select row (u.ord, 'HIGHER', m.member_id, m.custody_version, m.held_since, m.held_by_sha256, m.status, m.joined_on, m.dues_paid_through,
                        m.employer_uscc, m.card_salt, m.certificate_province, m.certificate_number, m.issuing_union, p.name, p.sex, p.birth_month,
                        m.open_handoff, o.state, m.open_step, o.deadline, o.then_deadline, o.to_union, o.request_sha256, o.opened_at, n.from_union,
                        n.state, n.deadline, n.then_deadline, n.request_sha256, n.reason_code, n.to_union)::release_case
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
                        null, null, null, null, null, null, null, null, null, null, null, null)::release_case
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
           array(select e.employer_uscc from union_employers e where e.union_id = r.union_id and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)), above[u.ord], x.uri
      from unnest(p_handoff) with ordinality u (handoff_id, ord)
      left join unnest(cases) c on c.ord = u.ord
      left join unions r on r.union_id = receivers[u.ord]
      left join unions x on x.union_id = holders[u.ord];
end$$;

drop function hub.facts_for_case(boolean, uuid[], text[], text[], text[], uuid[], uuid[], uuid[]);

drop type hub.open_case;

create type hub.open_case as (
    ord integer, member_id uuid, side text, state text, step_no smallint, reason_code text, case_version integer, release_sha256 bytea,
    out_date date, dues_paid_through text, deadline timestamptz, counterpart uuid, valid_until date, requested_at timestamptz, released_at timestamptz, receiver_kind text, receiver_state text,
    custody_version integer, held_since timestamptz, status text, open_handoff uuid, employer_uscc text,
    then_deadline timestamptz, request_sha256 bytea, in_lieu boolean, from_union uuid, to_union uuid,
    overdue_at timestamptz, overdue_tentative boolean, name_masked text);

-- For every other act on a case: as the acting union's docket has it, and the membership's gate. The union above the receiver
-- is told of a case and may do nothing in it, so that for acts it has none.
create function hub.facts_for_case(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_handoff uuid[])
returns table (ord bigint, signer hub.signer, holds boolean, handoff hub.open_case)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; cases open_case[]; ids uuid[]; members uuid[]; held integer[]; prune uuid[]; v_now timestamptz := hub_now(p_test_clock);
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
                    d.name_masked)::open_case
          from unnest(p_union, p_membership, p_handoff) with ordinality u (union_id, membership_id, handoff_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join dockets d on d.member_id = c.member_id and d.handoff_id = u.handoff_id and d.union_id = u.union_id and d.membership_id = u.membership_id
           and (d.side <> 'HIGHER' or (d.visible_from <= v_now and d.counterpart = d.from_union))
          join memberships m on m.member_id = d.member_id and m.membership_id = d.membership_id
          left join unions r on r.union_id = case d.side when 'RECEIVER' then d.union_id when 'HOLDER' then d.counterpart else d.to_union end
         where prune is null or d.member_id = any (prune));
    return query
    select u.ord, signers[u.ord], coalesce(u.ord = any (held), false), c
      from unnest(p_union) with ordinality u (union_id, ord) left join unnest(cases) c on c.ord = u.ord;
end$$;

create type hub.request_case as (
    ord integer, member_id uuid, membership_id uuid, holder_union uuid, custody_version integer, held_since timestamptz, employer_uscc text,
    member_name text, open_handoff uuid, open_state text, open_step smallint, open_deadline timestamptz, open_then timestamptz,
    cited_state text, cited_deadline timestamptz, cited_then timestamptz, cited_closed_at timestamptz, cites_objection boolean, cited_higher uuid,
    cited_unmoved boolean);

-- For a request: whom its match found, told to whoever drew it and while it is good, and the case that it cites.
create function hub.facts_for_request(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_match uuid[], p_handoff uuid[], p_appeals bytea[])
returns table (
    ord bigint, signer hub.signer, outcome text, membership hub.request_case, handoff_taken boolean, employers text[],
    higher_union uuid, further_union uuid)
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
                    q.custody_version = m.custody_version)::request_case
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
           highers[u.ord], furthers[u.ord]
      from unnest(p_union, p_handoff) with ordinality u (union_id, handoff_id, ord)
      left join unnest(cases) c on c.ord = u.ord;
end$$;

-- The look-up of a request's draft (domain 5.3): one row, found or not, and one answer for both. What it found only the signed
-- request reveals. Nothing is looked for beyond the limits, and nothing written.
create function hub.record_match(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_match uuid, p_target uuid, p_province text, p_number text, p_id_hash bytea,
    p_name text, p_birth_month text, p_minutes integer, p_union_max integer, p_target_max integer)
returns table (signer hub.signer, employers text[], is_limited boolean)
language plpgsql volatile security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_signer signer; v_member uuid; v_membership uuid; v_limited boolean; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    v_signer := (signers_of(v_now, array[p_union], array[p_login_kid], array[null::text], array[null::text], array[null::uuid]))[1];
    if v_signer.uri is null or not v_signer.login_in_force then
        return query select v_signer, '{}'::text[], false;
        return;
    end if;
    v_limited := (select count(*) from matches x where x.union_id = p_union and x.drafted_at > v_now - interval '1 day' and x.drafted_at <= v_now)
                     >= p_union_max
              or (select count(*) from matches x where x.target = p_target and x.drafted_at > v_now - interval '1 day' and x.drafted_at <= v_now)
                     >= p_target_max;
    if not v_limited then
        v_member := coalesce((select c.member_id from certificate_claims c where c.number = p_number and c.province_code = p_province),
                             (select i.member_id from identity_claims i where i.id_hash = p_id_hash));
        select m.membership_id into v_membership
          from memberships m join persons p on p.member_id = m.member_id
         where m.member_id = v_member and m.status in ('ACTIVE', 'RETAINED') and p.name = p_name and p.birth_month = p_birth_month
           and (p_number is null or (m.certificate_number = p_number and m.certificate_province = p_province));
        insert into matches (union_id, match_id, drafted_at, expires_at, outcome, target, member_id, membership_id)
        values (p_union, p_match, v_now, v_now + make_interval(mins => p_minutes),
                case when v_membership is not null then 'ONE' when p_number is null and p_id_hash is null and p_name is null then 'MISSING' else 'NONE' end,
                p_target, case when v_membership is not null then v_member end, v_membership);
    end if;
    return query
    select v_signer, array(select e.employer_uscc from union_employers e where e.union_id = p_union and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)), v_limited;
end$$;
