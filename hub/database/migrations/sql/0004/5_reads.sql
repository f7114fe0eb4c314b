-- As before; and by an ID number the union's own record of a pair, whichever of the two claims the number.
create or replace function hub.find_held(p_id_hashes bytea[], p_province text, p_number text)
returns table (membership_id uuid)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare people uuid[];
begin
    people := array(select i.member_id from identity_claims i where i.id_hash = any (p_id_hashes));
    people := people || array(select d.other_member from duplicates d where d.member_id = any (people)
        and exists (select from person_ids i where i.member_id = d.other_member and i.id_hash = any (p_id_hashes)));
    return query
    select m.membership_id from memberships m
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid
       and (p_id_hashes is null or m.member_id = any (people))
       and (p_number is null or m.membership_id in (select c.membership_id from certificate_claims c where c.number = p_number and c.province_code = p_province));
end$$;

-- A3: each holder of a pair is shown where the other one is held and since when it counts, and each reading is logged (A11).
create function hub.reveal_duplicates(p_test_clock boolean, p_union uuid, p_memberships uuid[], p_ids uuid[])
returns table (membership_id uuid, joined_on date, holder_uri text, said_sha256 bytea,
               other_membership uuid, other_joined_on date, other_union uuid, other_uri text, other_said_sha256 bytea, decide_from timestamptz)
language plpgsql volatile security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare own merge_record[]; other merge_record[]; pairs uuid[]; members uuid[]; partners uuid[]; n integer; v_now timestamptz := hub_now(p_test_clock);
begin
    select array_agg(d.other_member order by d.membership_id), array_agg(d.other_membership order by d.membership_id),
           array_agg(d.pair_id order by d.membership_id),
           array_agg(row (m.member_id, m.membership_id, m.holder_union, n.uri, m.status, m.joined_on, m.custody_version, m.held_since, null, null, null,
                          null, null, d.said_by, d.said_sha256, d.decide_from)::merge_record order by d.membership_id)
      into members, partners, pairs, own
      from memberships m
      join duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.pair_id = m.open_duplicate
      join unions n on n.union_id = m.holder_union
     where m.holder_union = p_union and m.membership_id = any (p_memberships);
    other := array(
        select row (m.member_id, m.membership_id, m.holder_union, n.uri, m.status, m.joined_on, m.custody_version, m.held_since, null, null, null,
                    null, null, d.said_by, d.said_sha256, d.decide_from)::merge_record
          from memberships m
          join duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.pair_id = m.open_duplicate
          join unions n on n.union_id = m.holder_union
         where m.member_id = any (members) and m.open_duplicate = any (pairs));
    with logged as (
        insert into disclosures (union_id, at, disclosure_id, kind, membership_id)
        select p_union, v_now, p_ids[u.place], 'DUPLICATE', u.membership_id from unnest(partners) with ordinality u (membership_id, place) returning 1)
    select count(*) into n from logged;
    return query
    select h.membership_id, h.joined_on, h.holder_uri, case when h.said_by = h.holder_union then h.said_sha256 end,
           o.membership_id, o.joined_on, o.holder_union, o.holder_uri, case when o.said_by = o.holder_union then o.said_sha256 end, h.decide_from
      from unnest(own) with ordinality h
      join unnest(other) o on o.membership_id = partners[h.ordinality];
end$$;

-- The pairs that have come to a union to decide, by the one that is to go on: the hundred that have waited longest.
create function hub.read_merge_cases(p_now timestamptz)
returns table (membership_id uuid, joined_on date, holder_union uuid, holder_uri text, said_sha256 bytea,
               other_membership uuid, other_joined_on date, other_union uuid, other_uri text, other_said_sha256 bytea,
               decide_from timestamptz, name_masked text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare own merge_record[]; other merge_record[]; pairs uuid[]; members uuid[]; partners uuid[]; names text[];
        v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid;
begin
    select array_agg(x.other_member order by x.decide_from, x.membership_id), array_agg(x.other_membership order by x.decide_from, x.membership_id),
           array_agg(x.pair_id order by x.decide_from, x.membership_id), array_agg(x.name_masked order by x.decide_from, x.membership_id),
           array_agg(x.rec order by x.decide_from, x.membership_id)
      into members, partners, pairs, names, own
      from (select d.other_member, d.other_membership, d.pair_id, d.name_masked, d.decide_from, d.membership_id,
                   row (m.member_id, m.membership_id, m.holder_union, n.uri, m.status, m.joined_on, m.custody_version, m.held_since, null, null, null,
                        null, null, d.said_by, d.said_sha256, d.decide_from)::merge_record as rec
              from duplicates d
              join memberships m on m.member_id = d.member_id and m.membership_id = d.membership_id and m.open_duplicate = d.pair_id
              join unions n on n.union_id = m.holder_union
             where d.higher_union = v_union and d.closed_at is null and d.decide_from <= p_now
             order by d.decide_from, d.membership_id limit 100) x;
    other := array(
        select row (m.member_id, m.membership_id, m.holder_union, n.uri, m.status, m.joined_on, m.custody_version, m.held_since, null, null, null,
                    null, null, d.said_by, d.said_sha256, d.decide_from)::merge_record
          from memberships m
          join duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.pair_id = m.open_duplicate
          join unions n on n.union_id = m.holder_union
         where m.member_id = any (members) and m.open_duplicate = any (pairs));
    return query
    select h.membership_id, h.joined_on, h.holder_union, h.holder_uri, case when h.said_by = h.holder_union then h.said_sha256 end,
           o.membership_id, o.joined_on, o.holder_union, o.holder_uri, case when o.said_by = o.holder_union then o.said_sha256 end,
           h.decide_from, names[h.ordinality]
      from unnest(own) with ordinality h
      join unnest(other) o on o.membership_id = partners[h.ordinality]
     where decider_of(h.holder_union, o.holder_union) = v_union
     order by h.decide_from, h.membership_id;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('decider_of', 'facts_for_import', 'facts_for_merge', 'facts_for_decision', 'record_suspected', 'settle_pair',
                                  'record_merge', 'record_decision', 'reveal_duplicates', 'read_merge_cases') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

-- Parts of the functions above, no doors of their own.
revoke all on function hub.decider_of(uuid, uuid) from hub_app;

revoke all on function hub.settle_pair(timestamptz, uuid, hub.memberships, hub.memberships, date, uuid, smallint, jsonb, text, text) from hub_app;

revoke create on schema hub from hub_mover;
