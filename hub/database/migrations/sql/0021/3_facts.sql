-- For a release: why the membership is retained and since when, if it is; when its last retention ended; since when its status is what it is.
-- Asked by its holder's name.
create function hub.read_last_retention(p_holder uuid, p_membership uuid)
returns table (reason text, retained_on date, restored_on date, changed_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select r.reason, r.retained_on,
           (select max(e.restored_on) from retentions e where e.member_id = m.member_id and e.membership_id = m.membership_id), lower(s.during)
      from membership_claims c
      join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id
      join statuses s on s.member_id = m.member_id and s.membership_id = m.membership_id and upper_inf(s.during)
      left join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id and r.state = 'RECORDED'
     where c.membership_id = p_membership and m.holder_union = p_holder;
end$$;
