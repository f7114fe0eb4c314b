-- As before; but a suspected membership bars another one as well: an amendment may have given it a number of its own.
create or replace function hub.facts_for_join(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_id_hash bytea[], p_employer text[], p_province text[], p_number text[])
returns table (
    ord bigint, signer hub.signer, membership_taken boolean, known_person uuid, live_membership uuid, certificate_taken boolean,
    employers text[], employer_union_uri text, employer_union_name text, hits_today bigint)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; taken uuid[]; hashes bytea[]; people uuid[]; live uuid[]; live_memberships uuid[]; numbers text[]; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    signers := signers_of(v_now, p_union, p_login_kid, p_iss, p_kid, p_jti);
    taken := array(select c.membership_id from membership_claims c where c.membership_id = any (p_membership));
    select array_agg(i.id_hash), array_agg(i.member_id) into hashes, people from identity_claims i where i.id_hash = any (p_id_hash);
    select array_agg(m.member_id), array_agg(m.membership_id) into live, live_memberships
      from memberships m where m.member_id = any (people) and m.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED');
    numbers := array(select c.province_code || '/' || c.number from certificate_claims c where c.number = any (p_number));
    return query
    select u.ord, signers[u.ord], coalesce(u.membership_id = any (taken), false), i.member_id, l.membership_id,
           coalesce(u.province || '/' || u.number = any (numbers), false),
           array(select e.employer_uscc from union_employers e where e.union_id = u.union_id and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)),
           o.uri, o.name,
           (select count(*) from disclosures s where s.union_id = u.union_id and s.kind = 'ALREADY_MEMBER'
               and s.at > v_now - interval '1 day' and s.at <= v_now)
      from unnest(p_union, p_membership, p_id_hash, p_employer, p_province, p_number) with ordinality
               u (union_id, membership_id, id_hash, employer, province, number, ord)
      -- Who is no union learns of nobody.
      left join unnest(hashes, people) i (id_hash, member_id) on i.id_hash = u.id_hash and (signers[u.ord]).uri is not null
      left join unnest(live, live_memberships) l (member_id, membership_id) on l.member_id = i.member_id
      left join lateral (
           select n.uri, n.name from union_employers e join unions n on n.union_id = e.union_id
            where e.employer_uscc = u.employer and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today) and n.state = 'ACTIVE'
            order by e.is_member_unit, n.uri limit 1) o on true;
end$$;

-- As for a join; and whether the person's live membership is one of a pair already, and whose name it bears: for the rule, for no answer.
create function hub.facts_for_import(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_id_hash bytea[], p_employer text[], p_province text[], p_number text[])
returns table (
    ord bigint, signer hub.signer, membership_taken boolean, known_person uuid, live_membership uuid, certificate_taken boolean,
    employers text[], employer_union_uri text, employer_union_name text, hits_today bigint, is_paired boolean,
    live_name text, live_birth_month text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare people uuid[]; paired uuid[];
begin
    select array_agg(i.member_id) into people from identity_claims i where i.id_hash = any (p_id_hash);
    paired := array(select m.membership_id from memberships m where m.member_id = any (people) and m.open_duplicate is not null);
    return query
    select j.*, coalesce(j.live_membership = any (paired), false), n.name, n.birth_month
      from facts_for_join(p_test_clock, p_union, p_login_kid, p_iss, p_kid, p_jti, p_membership, p_id_hash, p_employer, p_province, p_number) j
      left join persons n on n.member_id = j.known_person and j.live_membership is not null;
end$$;

create type hub.merge_record as (
    member_id uuid, membership_id uuid, holder_union uuid, holder_uri text, status text, joined_on date, custody_version integer,
    held_since timestamptz, open_handoff uuid, open_step smallint, open_state text, open_deadline timestamptz, open_then timestamptz,
    said_by uuid, said_sha256 bytea, decide_from timestamptz);

-- Who decides between two holders: the union above the one whose record goes on, never the national federation (A3).
create function hub.decider_of(p_holder uuid, p_other uuid)
returns uuid language plpgsql stable security definer set search_path = hub, pg_temp as $$
declare v_union uuid := higher_of(p_holder, p_holder, p_other);
begin
    return (select n.union_id from unions n where n.union_id = v_union and n.kind <> 'NATIONAL_FEDERATION');
end$$;

-- For a merge: the signer's own membership, and the other one of its pair. To who does not hold it, at most that there is one.
create function hub.facts_for_merge(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid)
returns table (signer hub.signer, tie text, pair_id uuid, member_name text, own hub.merge_record, other hub.merge_record, own_decider uuid, other_decider uuid)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_signer signer; v_tie text; v_member uuid; v_pair uuid; v_other_member uuid; v_other uuid; v_name text; pair merge_record[];
        v_own merge_record; v_second merge_record; v_now timestamptz := hub_now(p_test_clock);
begin
    v_signer := (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1];
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    select 'HOLDER', m.open_duplicate, d.other_member, d.other_membership, p.name into v_tie, v_pair, v_other_member, v_other, v_name
      from memberships m
      join persons p on p.member_id = m.member_id
      left join duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.pair_id = m.open_duplicate
     where m.member_id = v_member and m.membership_id = p_membership and m.holder_union = p_union;
    if v_tie = 'HOLDER' then
        pair := array(
            select row (m.member_id, m.membership_id, m.holder_union, n.uri, m.status, m.joined_on, m.custody_version, m.held_since, m.open_handoff,
                        m.open_step, o.state, o.deadline, o.then_deadline, d.said_by, d.said_sha256, d.decide_from)::merge_record
              from memberships m
              join unions n on n.union_id = m.holder_union
              left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
              left join duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.pair_id = m.open_duplicate
             where m.member_id in (v_member, v_other_member) and m.membership_id in (p_membership, v_other));
    else
        select 'PARTY' into v_tie
          from memberships m
         where m.member_id = v_member and m.membership_id = p_membership
           and (exists (select from holdings g where g.member_id = m.member_id and g.membership_id = m.membership_id and g.holder_union = p_union)
             or exists (select from dockets d where d.member_id = m.member_id and d.handoff_id = m.open_handoff and d.union_id = p_union
                           and d.side = 'RECEIVER' and d.state in ('REQUESTED', 'ESCALATED', 'RELEASED')
                           and (coalesce(d.then_deadline, d.deadline) is null or coalesce(d.then_deadline, d.deadline) > v_now)));
    end if;
    select p.* into v_own from unnest(pair) p where p.membership_id = p_membership;
    select p.* into v_second from unnest(pair) p where p.membership_id = v_other;
    return query select v_signer, v_tie, v_pair, v_name, case when v_tie = 'HOLDER' then v_own end, case when v_pair is not null then v_second end,
                        case when v_pair is not null then decider_of(v_own.holder_union, v_second.holder_union) end,
                        case when v_pair is not null then decider_of(v_second.holder_union, v_own.holder_union) end;
end$$;

-- For a decision between two holders: the pair by the one that is to go on, told to the union above its holder, and when its time has come.
create function hub.facts_for_decision(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid)
returns table (signer hub.signer, pair_id uuid, own hub.merge_record, other hub.merge_record)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_signer signer; v_member uuid; v_pair uuid; v_other_member uuid; v_other uuid; v_own merge_record; v_second merge_record; pair merge_record[];
        v_now timestamptz := hub_now(p_test_clock);
begin
    v_signer := (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1];
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    select d.pair_id, d.other_member, d.other_membership into v_pair, v_other_member, v_other
      from memberships m
      join duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.pair_id = m.open_duplicate
     where m.member_id = v_member and m.membership_id = p_membership and d.decide_from <= v_now;
    if v_pair is not null then
        pair := array(
            select row (m.member_id, m.membership_id, m.holder_union, n.uri, m.status, m.joined_on, m.custody_version, m.held_since, m.open_handoff,
                        m.open_step, o.state, o.deadline, o.then_deadline, d.said_by, d.said_sha256, d.decide_from)::merge_record
              from memberships m
              join unions n on n.union_id = m.holder_union
              join duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.pair_id = m.open_duplicate
              left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
             where m.member_id in (v_member, v_other_member) and m.membership_id in (p_membership, v_other));
        select p.* into v_own from unnest(pair) p where p.membership_id = p_membership;
        select p.* into v_second from unnest(pair) p where p.membership_id = v_other;
    end if;
    if v_pair is null or decider_of(v_own.holder_union, v_second.holder_union) is distinct from p_union then
        return query select v_signer, null::uuid, null::merge_record, null::merge_record;
        return;
    end if;
    return query select v_signer, v_pair, v_own, v_second;
end$$;
