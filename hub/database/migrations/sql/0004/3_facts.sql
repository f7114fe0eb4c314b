-- As for a join; and whether the person's live membership is one of a pair already.
create function hub.facts_for_import(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_id_hash bytea[], p_employer text[], p_province text[], p_number text[])
returns table (
    ord bigint, signer hub.signer, membership_taken boolean, known_person uuid, live_membership uuid, certificate_taken boolean,
    employers text[], employer_union_uri text, employer_union_name text, hits_today bigint, is_paired boolean)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare people uuid[]; paired uuid[];
begin
    select array_agg(i.member_id) into people from identity_claims i where i.id_hash = any (p_id_hash);
    paired := array(select m.membership_id from memberships m where m.member_id = any (people) and m.open_duplicate is not null);
    return query
    select j.*, coalesce(j.live_membership = any (paired), false)
      from facts_for_join(p_test_clock, p_union, p_login_kid, p_iss, p_kid, p_jti, p_membership, p_id_hash, p_employer, p_province, p_number) j;
end$$;

create type hub.merge_record as (
    member_id uuid, membership_id uuid, holder_union uuid, holder_uri text, status text, joined_on date, custody_version integer,
    held_since timestamptz, open_handoff uuid, open_step smallint, open_state text, open_deadline timestamptz, open_then timestamptz,
    said_by uuid, said_sha256 bytea);

-- For a merge: the signer's own membership, and the other one of its pair. To who does not hold it, at most that there is one.
create function hub.facts_for_merge(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid)
returns table (signer hub.signer, tie text, pair_id uuid, own hub.merge_record, other hub.merge_record)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_signer signer; v_tie text; v_member uuid; v_pair uuid; v_other_member uuid; v_other uuid; pair merge_record[];
        v_now timestamptz := hub_now(p_test_clock);
begin
    v_signer := (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1];
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    select 'HOLDER', m.open_duplicate, d.other_member, d.other_membership into v_tie, v_pair, v_other_member, v_other
      from memberships m
      left join duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.pair_id = m.open_duplicate
     where m.member_id = v_member and m.membership_id = p_membership and m.holder_union = p_union;
    if v_tie = 'HOLDER' then
        pair := array(
            select row (m.member_id, m.membership_id, m.holder_union, n.uri, m.status, m.joined_on, m.custody_version, m.held_since, m.open_handoff,
                        m.open_step, o.state, o.deadline, o.then_deadline, d.said_by, d.said_sha256)::merge_record
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
    return query select v_signer, v_tie, v_pair, (select p from unnest(pair) p where p.membership_id = p_membership),
                        (select p from unnest(pair) p where p.membership_id = v_other);
end$$;
