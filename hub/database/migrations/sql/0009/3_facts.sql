-- As before; but a number that was this member's own and is good no more is taken as well: it never becomes good again by an amendment.
create or replace function hub.facts_for_amendment(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_id_hash bytea[], p_province text[], p_number text[])
returns table (
    ord bigint, signer hub.signer, membership hub.amended_case, known_person uuid, known_membership uuid, certificate_taken boolean,
    employers text[], hits_today bigint)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; cases amended_case[]; ids uuid[]; members uuid[]; prune uuid[]; hashes bytea[]; people uuid[]; known uuid[]; known_memberships uuid[];
        numbers text[]; of_memberships uuid[]; spent text[]; owners uuid[]; counts integer[]; v_now timestamptz := hub_now(p_test_clock); v_today date := (v_now at time zone 'Asia/Shanghai')::date;
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
    spent := array(select k.membership_id || '/' || k.province_code || '/' || k.number from certificates k
                    where k.member_id = any (members) and k.number = any (p_number));
    return query
    select u.ord, signers[u.ord], c, i.member_id, k.membership_id,
           exists (select from unnest(numbers, of_memberships) t (number, membership_id)
                    where c.tie = 'HOLDER' and t.number = u.province || '/' || u.number
                      and (t.membership_id <> u.membership_id or u.membership_id || '/' || t.number = any (spent))),
           array(select e.employer_uscc from union_employers e where e.union_id = u.union_id and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)),
           (select count(*) from disclosures s where s.union_id = u.union_id and s.kind = 'ALREADY_MEMBER'
               and s.at > v_now - interval '1 day' and s.at <= v_now)
      from unnest(p_union, p_membership, p_id_hash, p_province, p_number) with ordinality u (union_id, membership_id, id_hash, province, number, ord)
      left join unnest(cases) c on c.ord = u.ord
      left join unnest(hashes, people) i (id_hash, member_id) on i.id_hash = u.id_hash and c.tie = 'HOLDER'
      left join unnest(known, known_memberships) k (member_id, membership_id) on k.member_id = i.member_id;
end$$;

-- For an act on a certificate: what an amendment asks, and every certificate that the member had before; how the province of the number
-- numbers today, and which province the signer is of.
create function hub.facts_for_certificate(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid, p_province text, p_number text)
returns table (
    signer hub.signer, membership hub.amended_case, certificate_taken boolean,
    provinces text[], numbers text[], states text[], issued_on date[], issuing_unions text[],
    signer_province text, pattern text, check_rule text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_today date := (hub_now(p_test_clock) at time zone 'Asia/Shanghai')::date;
begin
    return query
    select a.signer, a.membership, a.certificate_taken, k.provinces, k.numbers, k.states, k.issued_on, k.issuing_unions, n.province_code, s.pattern, s.check_rule
      from facts_for_amendment(p_test_clock, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti], array[p_membership],
                               array[null::bytea], array[p_province], array[p_number]) a
      left join unions n on n.union_id = p_union
      left join lateral (
           select array_agg(c.province_code order by c.data_version) as provinces, array_agg(c.number order by c.data_version) as numbers,
                  array_agg(c.state order by c.data_version) as states, array_agg(c.issued_on order by c.data_version) as issued_on,
                  array_agg(c.issuing_union order by c.data_version) as issuing_unions
             from certificates c where c.member_id = (a.membership).member_id and c.membership_id = p_membership) k on true
      left join lateral (
           select x.pattern, x.check_rule from numbering_schemes x
            where x.province_code = p_province and x.from_on <= v_today order by x.from_on desc, x.at desc limit 1) s on true;
end$$;
