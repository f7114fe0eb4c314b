-- Reads that row-level security alone can't give, since a row concerns two unions. Each asks `hub.acting` itself, as a policy does.

create function hub.read_steps(p_handoffs uuid[])
returns table (handoff_id uuid, step_no smallint, act text, to_state text, side text, by_uri text, by_union uuid, at timestamptz, sha256 bytea, jws text, receipt text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select d.handoff_id, s.step_no, s.act, s.to_state, s.side, n.uri, n.union_id, s.at, s.sha256, t.jws, t.receipt
      from dockets d
      join steps s on s.member_id = d.member_id and s.handoff_id = d.handoff_id
      left join statements t on t.member_id = s.member_id and t.sha256 = s.sha256
      left join unions n on n.union_id = s.union_id
     where d.union_id = nullif(current_setting('hub.acting', true), '')::uuid and d.handoff_id = any (p_handoffs)
     order by d.handoff_id, s.step_no;
end$$;

create function hub.read_holdings(p_memberships uuid[])
returns table (membership_id uuid, holder_union uuid, from_at timestamptz, until_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select g.membership_id, g.holder_union, lower(g.during), upper(g.during)
      from memberships m join holdings g on g.member_id = m.member_id and g.membership_id = m.membership_id
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by g.membership_id, g.custody_version;
end$$;

-- NX-3: both statements of each handoff accepted, for the holder of the membership.
create function hub.read_transfers(p_memberships uuid[])
returns table (membership_id uuid, handoff_id uuid, release_jws text, releasing_name text, acceptance_jws text, receiving_name text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select m.membership_id, h.handoff_id, r.jws, f.name, a.jws, t.name
      from memberships m
      join handoffs h on h.member_id = m.member_id and h.membership_id = m.membership_id and h.state = 'ACCEPTED'
      join statements r on r.member_id = h.member_id and r.sha256 = h.release_sha256
      join steps s on s.member_id = h.member_id and s.handoff_id = h.handoff_id and s.act = 'accept'
      join statements a on a.member_id = s.member_id and a.sha256 = s.sha256
      join unions f on f.union_id = r.iss
      join unions t on t.union_id = a.iss
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by m.membership_id, h.custody_version, h.opened_at;
end$$;

-- Exact look-up among those held: by the keyed hash of an id, or by certificate. The hash itself is shown to nobody.
create function hub.find_held(p_id_hashes bytea[], p_province text, p_number text)
returns table (membership_id uuid)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select m.membership_id from memberships m
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid
       and (p_id_hashes is null or m.member_id in (select i.member_id from identity_claims i where i.id_hash = any (p_id_hashes)))
       and (p_number is null or m.membership_id in (select c.membership_id from certificate_claims c where c.number = p_number and c.province_code = p_province));
end$$;

-- Ownership: the functions above belong to the mover, and only hub_app may call them.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
    end loop;
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef loop
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

-- A part of the functions above, no door of its own.
revoke all on function hub.signers_of(timestamptz, uuid[], text[], text[], text[], uuid[]) from hub_app;

revoke create on schema hub from hub_mover;
