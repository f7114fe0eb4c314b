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

-- For a restoration into a placement (A13): who organises the employer and the host, and what is asked of the holder as a union of the
-- member's residence. To the holder alone; nothing where no employer is named.
create function hub.read_place_of_holder(p_test_clock boolean, p_holder uuid, p_membership uuid, p_employer text, p_host text)
returns table (place hub.place, residence text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_today date := (hub_now(p_test_clock) at time zone 'Asia/Shanghai')::date;
begin
    if p_employer is null then return; end if;
    return query
    select place_of(v_today, p_employer, p_host, p_holder, p.residence_division_code), p.residence_division_code
      from membership_claims c
      join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id
      join persons p on p.member_id = m.member_id
     where c.membership_id = p_membership and m.holder_union = p_holder;
end$$;
