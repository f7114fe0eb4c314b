-- As before; a line whose one side is outside the hub bears the seal that stands on the paper.
create or replace function hub.read_transfers(p_memberships uuid[])
returns table (membership_id uuid, handoff_id uuid, release_jws text, releasing uuid, in_lieu_of uuid, released_at timestamptz,
               acceptance_jws text, receiving uuid, accepted_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select m.membership_id, h.handoff_id, r.jws, case r.iss when h.to_union then h.from_union else r.iss end, case when h.in_lieu then h.from_union end, r.received_at, a.jws, h.to_union, a.received_at
      from memberships m
      join handoffs h on h.member_id = m.member_id and h.membership_id = m.membership_id and h.state = 'ACCEPTED'
      join statements r on r.member_id = h.member_id and r.sha256 = h.release_sha256
      join steps s on s.member_id = h.member_id and s.handoff_id = h.handoff_id and s.act in ('accept', 'accept_for_external')
      join statements a on a.member_id = s.member_id and a.sha256 = s.sha256
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by m.membership_id, h.custody_version, h.opened_at;
end$$;

-- As before; who is held outside the hub is counted there (A16), and by no union above what stands for it here.
create or replace function hub.read_headcount(p_about uuid, p_before timestamptz)
returns table (own bigint, subtree bigint, unassigned bigint, subtree_unassigned bigint)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_at timestamptz := p_before - interval '1 microsecond'; v_acting uuid := nullif(current_setting('hub.acting', true), '')::uuid;
        below uuid[]; v_county text; counties text[];
begin
    if not exists (
        with recursive up as (
            select n.union_id, n.parent_union from unions n where n.union_id = p_about
            union all
            select n.union_id, n.parent_union from up join unions n on n.union_id = up.parent_union)
        select from up where up.union_id = v_acting) then
        return;
    end if;
    below := array(
        with recursive down as (
            select n.union_id from unions n where n.union_id = p_about
            union all
            select n.union_id from down join unions n on n.parent_union = down.union_id and n.kind <> 'EXTERNAL')
        select d.union_id from down d);
    v_county := (select substring(coalesce(n.uscc, n.local_code) from 3 for 6) from unions n where n.union_id = p_about and n.kind = 'COUNTY_FEDERATION');
    counties := array(select distinct substring(coalesce(n.uscc, n.local_code) from 3 for 6) from unnest(below) b (union_id) join unions n on n.union_id = b.union_id
                       where n.kind = 'COUNTY_FEDERATION');
    return query
    select c.own - e.own, c.subtree - e.subtree, a.own, a.subtree
      from (select count(*) filter (where g.holder_union = p_about) as own, count(*) as subtree
              from unnest(below) b (union_id)
              join holdings g on g.holder_union = b.union_id
              join statuses s on s.member_id = g.member_id and s.membership_id = g.membership_id
             where g.during @> v_at and s.during @> v_at and s.status = 'ACTIVE') c
     cross join (select count(*) filter (where x.holder_union = p_about) as own, count(*) as subtree
                   from unnest(below) b (union_id) join unassigned x on x.holder_union = b.union_id where x.during @> v_at) e
     cross join (select count(*) filter (where x.county = v_county) as own, count(*) as subtree
                   from unassigned x where x.county = any (counties) and x.during @> v_at) a;
end$$;
