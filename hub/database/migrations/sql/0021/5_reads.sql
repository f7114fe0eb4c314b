-- As before; but what was entered is sealed by who signed it, were it a release in lieu.
create or replace function hub.read_retentions(p_memberships uuid[])
returns table (membership_id uuid, retention_no smallint, state text, reason text, retained_on date, restored_on date,
               act text, to_state text, step_reason text, union_id uuid, sealed_by uuid, at timestamptz, sha256 bytea, jws text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select r.membership_id, r.retention_no, r.state, r.reason, r.retained_on, r.restored_on, s.act, s.to_state, s.reason, s.union_id,
           case s.act when 'record' then s.union_id else coalesce(h.from_union, s.union_id) end, s.at, s.sha256, t.jws
      from memberships m
      join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id
      join retention_steps s on s.member_id = r.member_id and s.membership_id = r.membership_id and s.retention_no = r.retention_no
      left join statements t on t.member_id = s.member_id and t.sha256 = s.sha256
      left join handoffs h on h.member_id = t.member_id and h.handoff_id = t.handoff_id
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by r.membership_id, r.retention_no, s.step_no;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure; door text;
begin
    for f, door in select p.oid, p.proname from pg_proc p where p.pronamespace = 'hub'::regnamespace
                and p.proname in ('read_last_retention', 'retain_released', 'record_release', 'record_pushed_in_lieu', 'release_membership',
                                  'push_in_lieu', 'read_place_of_holder', 'record_placing') loop
        execute format('revoke all on function %s from public, hub_app', f);
        execute format('grant execute on function %s to hub_mover', f);
        -- The others are parts of these, no doors of their own.
        if door in ('read_last_retention', 'record_release', 'record_pushed_in_lieu', 'read_place_of_holder', 'record_placing') then
            execute format('grant execute on function %s to hub_app', f);
        end if;
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
