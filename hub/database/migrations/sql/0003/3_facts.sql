-- The facts of an amendment; and those of release and acceptance made anew, since a correction gives back what was taken over by
-- mistake: they bring who held before, and on what basis and where employed.

drop function hub.facts_for_release(boolean, uuid[], text[], text[], text[], uuid[], text[], uuid[], uuid[], text[]);

drop type hub.release_case;

-- `open_…`: the case that is open, if any. `named_…`: the one that the statement names, if it is of this membership. `previous_union`:
-- from whom the holder took the member over.
create type hub.release_case as (
    ord integer, tie text, member_id uuid, custody_version integer, held_since timestamptz, held_by_sha256 bytea,
    status text, joined_on date, dues_paid_through text, employer_uscc text, card_salt text, certificate_province text,
    certificate_number text, issuing_union text, member_name text, sex text, birth_month text,
    open_handoff uuid, open_state text, open_step smallint, open_deadline timestamptz, open_then timestamptz, open_to uuid, open_request bytea,
    open_requested_at timestamptz, holder_union uuid,
    named_state text, named_deadline timestamptz, named_then timestamptz, named_request bytea, named_reason text, named_to uuid,
    previous_union uuid);

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
                    n.state, n.deadline, n.then_deadline, n.request_sha256, n.reason_code, n.to_union,
                    g.holder_union)::release_case
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
                        n.state, n.deadline, n.then_deadline, n.request_sha256, n.reason_code, n.to_union, null)::release_case
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
                        null, null, null, null, null, null, null, null, null, null, null, null, null)::release_case
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

-- `prior_…`: of a receiver that held before the releasing union did, how it held.
create type hub.open_case as (
    ord integer, member_id uuid, side text, state text, step_no smallint, reason_code text, case_version integer, release_sha256 bytea,
    out_date date, dues_paid_through text, deadline timestamptz, counterpart uuid, valid_until date, requested_at timestamptz, released_at timestamptz, receiver_kind text, receiver_state text,
    custody_version integer, held_since timestamptz, status text, open_handoff uuid, employer_uscc text,
    then_deadline timestamptz, request_sha256 bytea, in_lieu boolean, from_union uuid, to_union uuid,
    overdue_at timestamptz, overdue_tentative boolean, name_masked text,
    prior_basis text, prior_employer text, prior_unit text);

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
                    d.name_masked, g.holding_basis, g.employer_uscc, g.member_unit)::open_case
          from unnest(p_union, p_membership, p_handoff) with ordinality u (union_id, membership_id, handoff_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join dockets d on d.member_id = c.member_id and d.handoff_id = u.handoff_id and d.union_id = u.union_id and d.membership_id = u.membership_id
           and (d.side <> 'HIGHER' or (d.visible_from <= v_now and d.counterpart = d.from_union))
          join memberships m on m.member_id = d.member_id and m.membership_id = d.membership_id
          left join holdings g on g.member_id = d.member_id and g.membership_id = d.membership_id and g.custody_version = d.custody_version - 1
           and g.holder_union = d.union_id and d.side = 'RECEIVER'
          left join unions r on r.union_id = case d.side when 'RECEIVER' then d.union_id when 'HOLDER' then d.counterpart else d.to_union end
         where prune is null or d.member_id = any (prune));
    return query
    select u.ord, signers[u.ord], coalesce(u.ord = any (held), false), c
      from unnest(p_union) with ordinality u (union_id, ord) left join unnest(cases) c on c.ord = u.ord;
end$$;
-- A membership with its person's data, for the holder. `held_from`: when the first holding began. `id_hash`: of the document shown;
-- `ids`: how many there are.
create type hub.amended_case as (
    ord integer, tie text, member_id uuid, custody_version integer, data_version integer, held_from timestamptz, status text, holding_basis text,
    joined_on date, dues_paid_through text, employer_uscc text, member_unit text, card_salt text, certificate_province text,
    certificate_number text, certificate_issued_on date, issuing_union text, member_name text, sex text, birth_month text,
    ethnic_group text, political_status text, id_type text, id_number_masked text, mobile_masked text, mobile_sealed bytea,
    residence_division_code text, is_rural_migrant boolean, employment_form text, id_hash bytea, ids integer,
    open_handoff uuid, open_step smallint, open_state text, open_deadline timestamptz, open_then timestamptz);

-- `known_…`: whose the number given is already. That, and whose certificate, is looked up for a holder alone.
create function hub.facts_for_amendment(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_id_hash bytea[], p_province text[], p_number text[])
returns table (
    ord bigint, signer hub.signer, membership hub.amended_case, known_person uuid, known_membership uuid, certificate_taken boolean,
    employers text[], hits_today bigint)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; cases amended_case[]; ids uuid[]; members uuid[]; prune uuid[]; hashes bytea[]; people uuid[]; known uuid[]; known_memberships uuid[];
        numbers text[]; of_memberships uuid[]; owners uuid[]; counts integer[]; v_now timestamptz := hub_now(p_test_clock); v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    signers := signers_of(v_now, p_union, p_login_kid, p_iss, p_kid, p_jti);
    select array_agg(c.membership_id), array_agg(c.member_id) into ids, members from membership_claims c where c.membership_id = any (p_membership);
    prune := case when cardinality(members) <= 32 then members end;
    select array_agg(x.member_id), array_agg(x.ids) into owners, counts
      from (select i.member_id, count(*)::integer as ids from person_ids i where i.member_id = any (members) group by i.member_id) x;
    cases := array(
        select row (u.ord, 'HOLDER', m.member_id, m.custody_version, m.data_version, lower(g.during), m.status, m.holding_basis,
                    m.joined_on, m.dues_paid_through, m.employer_uscc, m.member_unit, m.card_salt, m.certificate_province,
                    m.certificate_number, m.certificate_issued_on, m.issuing_union, p.name, p.sex, p.birth_month,
                    p.ethnic_group, p.political_status, p.id_type, p.id_number_masked, p.mobile_masked, p.mobile_sealed,
                    p.residence_division_code, p.is_rural_migrant, p.employment_form, i.id_hash,
                    coalesce(d.ids, 0),
                    m.open_handoff, m.open_step, o.state, o.deadline, o.then_deadline)::amended_case
          from unnest(p_union, p_membership) with ordinality u (union_id, membership_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union = u.union_id
          join persons p on p.member_id = m.member_id
          join holdings g on g.member_id = m.member_id and g.membership_id = m.membership_id and g.custody_version = 1
          left join person_ids i on i.member_id = m.member_id and i.id_no = 1
          left join unnest(owners, counts) d (member_id, ids) on d.member_id = m.member_id
          left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
         where prune is null or m.member_id = any (prune));
    if cardinality(cases) < cardinality(p_union) then
        cases := cases || array(
            select row (u.ord, 'PARTY', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)::amended_case
              from unnest(p_union, p_membership) with ordinality u (union_id, membership_id, ord)
              join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
              join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union <> u.union_id
             where (prune is null or m.member_id = any (prune))
               and (exists (select from holdings g where g.member_id = m.member_id and g.membership_id = m.membership_id and g.holder_union = u.union_id)
                 or exists (select from dockets d where d.member_id = m.member_id and d.handoff_id = m.open_handoff and d.union_id = u.union_id
                               and d.side = 'RECEIVER' and d.state in ('REQUESTED', 'ESCALATED', 'RELEASED')
                               and (coalesce(d.then_deadline, d.deadline) is null or coalesce(d.then_deadline, d.deadline) > v_now))));
    end if;
    select array_agg(c.id_hash), array_agg(c.member_id) into hashes, people from identity_claims c where c.id_hash = any (p_id_hash);
    select array_agg(p.member_id), array_agg(p.membership_id) into known, known_memberships from persons p where p.member_id = any (people);
    select array_agg(c.province_code || '/' || c.number), array_agg(c.membership_id) into numbers, of_memberships
      from certificate_claims c where c.number = any (p_number);
    return query
    select u.ord, signers[u.ord], c, i.member_id, k.membership_id,
           exists (select from unnest(numbers, of_memberships) t (number, membership_id)
                    where c.tie = 'HOLDER' and t.number = u.province || '/' || u.number and t.membership_id <> u.membership_id),
           array(select e.employer_uscc from union_employers e where e.union_id = u.union_id and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)),
           (select count(*) from disclosures s where s.union_id = u.union_id and s.kind = 'ALREADY_MEMBER'
               and s.at > v_now - interval '1 day' and s.at <= v_now)
      from unnest(p_union, p_membership, p_id_hash, p_province, p_number) with ordinality u (union_id, membership_id, id_hash, province, number, ord)
      left join unnest(cases) c on c.ord = u.ord
      left join unnest(hashes, people) i (id_hash, member_id) on i.id_hash = u.id_hash and c.tie = 'HOLDER'
      left join unnest(known, known_memberships) k (member_id, membership_id) on k.member_id = i.member_id;
end$$;

-- For the amendment of a union: what it is, what it organises from today on, and the unions that the statement lists.
create function hub.facts_for_union_amendment(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_about text, p_listed text[])
returns table (
    signer hub.signer, about_union uuid, is_next_higher boolean, kind text, state text, version integer, employers text[], units text[],
    listed uuid[], listed_found text[])
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_now timestamptz := hub_now(p_test_clock); v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    return query
    select (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1],
           b.union_id, coalesce(b.parent_union = p_union, false), b.kind, b.state, b.version,
           array(select e.employer_uscc from union_employers e where e.union_id = b.union_id and not e.is_member_unit and (e.until_on is null or e.until_on > v_today)),
           array(select e.employer_uscc from union_employers e where e.union_id = b.union_id and e.is_member_unit and (e.until_on is null or e.until_on > v_today)),
           array(select n.union_id from unions n where n.uri = any (p_listed) order by n.uri),
           array(select n.uri from unions n where n.uri = any (p_listed) order by n.uri)
      from (select 1) one left join unions b on b.uri = p_about;
end$$;
