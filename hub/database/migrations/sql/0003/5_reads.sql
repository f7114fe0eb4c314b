drop function hub.read_transfers(uuid[]);

-- NX-3: both statements of each handoff accepted, for the holder of the membership; whose seals they bear, and when each came, since a
-- seal bears the name of its day. `in_lieu_of`: who was passed over.
create function hub.read_transfers(p_memberships uuid[])
returns table (membership_id uuid, handoff_id uuid, release_jws text, releasing uuid, in_lieu_of uuid, released_at timestamptz,
               acceptance_jws text, receiving uuid, accepted_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select m.membership_id, h.handoff_id, r.jws, r.iss, case when h.in_lieu then h.from_union end, r.received_at, a.jws, a.iss, a.received_at
      from memberships m
      join handoffs h on h.member_id = m.member_id and h.membership_id = m.membership_id and h.state = 'ACCEPTED'
      join statements r on r.member_id = h.member_id and r.sha256 = h.release_sha256
      join steps s on s.member_id = h.member_id and s.handoff_id = h.handoff_id and s.act = 'accept'
      join statements a on a.member_id = s.member_id and a.sha256 = s.sha256
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by m.membership_id, h.custody_version, h.opened_at;
end$$;

-- What was amended, and when: for the holder, and never what stood there before.
create function hub.read_amendments(p_memberships uuid[])
returns table (membership_id uuid, data_version integer, at timestamptz, sha256 bytea, fields text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select a.membership_id, a.data_version, a.at, a.sha256, a.fields
      from memberships m join amendments a on a.member_id = m.member_id and a.membership_id = m.membership_id
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by a.membership_id, a.data_version;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('facts_for_release', 'facts_for_case', 'facts_for_amendment', 'facts_for_union_amendment', 'record_acceptance',
                                  'record_amendment', 'record_union_amendment', 'read_transfers', 'read_amendments') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
