-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure; door text;
begin
    for f, door in select p.oid, p.proname from pg_proc p where p.pronamespace = 'hub'::regnamespace
                and p.proname in ('left_with', 'facts_for_winding', 'enter_union_statement', 'send_back', 'wound', 'suspend_agreements', 'record_winding',
                                  'record_closing', 'still_active', 'record_retargeting', 'lay_above', 'record_pushed_in_lieu',
                                  'enter_case_statement') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_mover', f);
        -- The others are parts of these, no doors of their own.
        if door in ('facts_for_winding', 'record_winding', 'record_closing', 'still_active', 'record_retargeting', 'record_pushed_in_lieu') then
            execute format('grant execute on function %s to hub_app', f);
        end if;
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
