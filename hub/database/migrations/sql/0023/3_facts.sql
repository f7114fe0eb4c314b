-- Of the proposals to expel a member, to the holder alone: the last step, and what it proposed if that is open still.
create function hub.facts_for_proposal(p_union uuid, p_membership uuid)
returns table (step_no smallint, at timestamptz, sha256 bytea, opinion_sha256 bytea, opinion_on date)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_member uuid;
begin
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    return query
    select p.step_no, p.at, case when o.is_open then p.sha256 end, case when o.is_open then p.opinion_sha256 end,
           case when o.is_open then p.opinion_on end
      from memberships m
      join expulsion_proposals p on p.member_id = m.member_id and p.membership_id = m.membership_id
     cross join lateral (select p.to_state = 'PROPOSED' and p.custody_version = m.custody_version and m.status in ('ACTIVE', 'RETAINED') as is_open) o
     where m.member_id = v_member and m.membership_id = p_membership and m.holder_union = p_union
     order by p.step_no desc limit 1;
end$$;
