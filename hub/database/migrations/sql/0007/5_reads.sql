-- The retentions of members and what was done about each, for the holder. Of one that ended by a move the seal is that of who let go (3.6): the column of the certificate (NX-4) is read off the statements.
create function hub.read_retentions(p_memberships uuid[])
returns table (membership_id uuid, retention_no smallint, state text, reason text, retained_on date, restored_on date,
               act text, to_state text, step_reason text, union_id uuid, sealed_by uuid, at timestamptz, sha256 bytea, jws text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select r.membership_id, r.retention_no, r.state, r.reason, r.retained_on, r.restored_on, s.act, s.to_state, s.reason, s.union_id,
           coalesce(h.from_union, s.union_id), s.at, s.sha256, t.jws
      from memberships m
      join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id
      join retention_steps s on s.member_id = r.member_id and s.membership_id = r.membership_id and s.retention_no = r.retention_no
      left join statements t on t.member_id = s.member_id and t.sha256 = s.sha256
      left join handoffs h on h.member_id = t.member_id and h.handoff_id = t.handoff_id
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by r.membership_id, r.retention_no, s.step_no;
end$$;

-- The head count (A16) of a union and of what is below it, to itself and to those above it: how many were active, and held by one of them, just
-- before an instant. `unassigned`: whom holders elsewhere don't count since they work in the county of this federation, or of one below.
create function hub.read_headcount(p_about uuid, p_before timestamptz)
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
            select n.union_id from down join unions n on n.parent_union = down.union_id)
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

-- Of one's own members, who was counted just before an instant, and why not: a page by membership.
create function hub.read_counted(p_before timestamptz, p_after uuid, p_memberships uuid[], p_limit integer)
returns table (membership_id uuid, status text, county text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_at timestamptz := p_before - interval '1 microsecond'; v_acting uuid := nullif(current_setting('hub.acting', true), '')::uuid;
begin
    return query
    select g.membership_id, s.status, x.county
      from holdings g
      join statuses s on s.member_id = g.member_id and s.membership_id = g.membership_id
      left join unassigned x on x.member_id = g.member_id and x.membership_id = g.membership_id and x.during @> v_at
     where g.holder_union = v_acting and g.during @> v_at and s.during @> v_at
       and (p_after is null or g.membership_id > p_after)
       and (p_memberships is null or g.membership_id = any (p_memberships))
       and (p_memberships is not null or (s.status = 'ACTIVE' and x.county is null))
     order by g.membership_id limit p_limit;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('facts_for_retention', 'read_exempt_spans', 'read_open_retention', 'record_acceptance',
                                  'enter_statuses', 'end_retention', 'record_join', 'record_suspected',
                                  'settle_pair', 'dissolve_pair', 'record_retention', 'read_retentions', 'read_headcount',
                                  'read_counted') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
    -- Parts of the functions above, no doors of their own.
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace
                and p.proname in ('enter_statuses', 'end_retention', 'enter_join', 'enter_suspected', 'merge_pair', 'settle_pair', 'part_pair', 'dissolve_pair',
                                  'move_membership') loop
        execute format('revoke all on function %s from hub_app', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
