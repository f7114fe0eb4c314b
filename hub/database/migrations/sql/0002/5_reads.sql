drop function hub.read_steps(uuid[]);

-- p_now: the reader's own clock, since a union above knows of a case only from a certain time on.
create function hub.read_steps(p_handoffs uuid[], p_now timestamptz)
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
       and (d.visible_from is null or d.visible_from <= p_now)
     order by d.handoff_id, s.step_no;
end$$;

drop function hub.read_transfers(uuid[]);

-- NX-3: both statements of each handoff accepted, for the holder of the membership; who was passed over, where it was in lieu.
create function hub.read_transfers(p_memberships uuid[])
returns table (membership_id uuid, handoff_id uuid, release_jws text, releasing_name text, in_lieu_of_name text, acceptance_jws text, receiving_name text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select m.membership_id, h.handoff_id, r.jws, f.name, case when h.in_lieu then o.name end, a.jws, t.name
      from memberships m
      join handoffs h on h.member_id = m.member_id and h.membership_id = m.membership_id and h.state = 'ACCEPTED'
      join statements r on r.member_id = h.member_id and r.sha256 = h.release_sha256
      join steps s on s.member_id = h.member_id and s.handoff_id = h.handoff_id and s.act = 'accept'
      join statements a on a.member_id = s.member_id and a.sha256 = s.sha256
      join unions f on f.union_id = r.iss
      join unions o on o.union_id = h.from_union
      join unions t on t.union_id = a.iss
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by m.membership_id, h.custody_version, h.opened_at;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('higher_of', 'facts_for_release', 'facts_for_case', 'facts_for_request', 'record_match', 'record_release',
                                  'record_request', 'record_answer', 'record_closure', 'read_steps', 'read_transfers') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

-- A part of the functions above, not a door of its own.
revoke all on function hub.higher_of(uuid, uuid, uuid) from hub_app;

revoke create on schema hub from hub_mover;
