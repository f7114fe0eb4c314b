-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('hold_keys', 'hold_key_to_end_it', 'dissolve_pair', 'enter_unassigned', 'record_amendment') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

-- Parts of the functions above, no doors of their own.
revoke all on function hub.kid_of(text) from public;

grant execute on function hub.kid_of(text) to hub_mover;

revoke all on function hub.dissolve_pair(timestamptz, uuid, uuid) from hub_app;

revoke all on function hub.enter_unassigned(timestamptz[], uuid[], uuid[]) from hub_app;

revoke create on schema hub from hub_mover;
