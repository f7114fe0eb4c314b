-- The earlier lines that stand, for the holder: the statement of the last version, and under whose seal.
create function hub.read_histories(p_memberships uuid[])
returns table (membership_id uuid, version smallint, union_id uuid, at timestamptz, sha256 bytea, jws text, receipt text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select h.membership_id, h.version, h.union_id, h.at, h.sha256, t.jws, t.receipt
      from memberships m
      join histories h on h.member_id = m.member_id and h.membership_id = m.membership_id
      join statements t on t.member_id = h.member_id and t.sha256 = h.sha256
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by h.membership_id, h.version;
end$$;

-- The months that were recorded as paid, for the holder.
create function hub.read_dues(p_memberships uuid[])
returns table (membership_id uuid, union_id uuid, paid_from text, paid_through text, sha256 bytea)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select d.membership_id, d.union_id, d.paid_from, d.paid_through, d.sha256
      from memberships m
      join dues d on d.member_id = m.member_id and d.membership_id = m.membership_id
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by d.membership_id, d.paid_through, d.at;
end$$;

-- The electoral roll (A21): whom the reader held as active just before an instant, a page by membership; with `p_membership`, whether and
-- as what it held that one.
create function hub.read_electors(p_before timestamptz, p_after uuid, p_membership uuid, p_limit integer)
returns table (membership_id uuid, status text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_at timestamptz := p_before - interval '1 microsecond'; v_acting uuid := nullif(current_setting('hub.acting', true), '')::uuid;
begin
    return query
    select g.membership_id, s.status
      from holdings g
      join statuses s on s.member_id = g.member_id and s.membership_id = g.membership_id
     where g.holder_union = v_acting and g.during @> v_at and s.during @> v_at
       and (p_after is null or g.membership_id > p_after)
       and (p_membership is null or g.membership_id = p_membership)
       and (p_membership is not null or s.status = 'ACTIVE')
     order by g.membership_id limit p_limit;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('facts_for_history', 'facts_for_dues', 'record_retained_import', 'keep_retained', 'record_history', 'record_dues',
                                  'read_histories', 'read_dues', 'read_electors') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

-- A part of the functions above, no door of its own.
revoke all on function hub.keep_retained(uuid, uuid) from hub_app;

revoke create on schema hub from hub_mover;
