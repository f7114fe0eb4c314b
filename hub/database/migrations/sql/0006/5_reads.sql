-- A6, A13: to the union that organises an employer, how many wait for it with which union, and since when; no person. Told to that union alone.
create function hub.read_awaited(p_now timestamptz)
returns table (employer_uscc text, holder_union uuid, members bigint, since timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare own text[]; v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; v_today date := (p_now at time zone 'Asia/Shanghai')::date;
begin
    own := array(select e.employer_uscc from union_employers e join unions n on n.union_id = e.union_id
                  where e.union_id = v_union and n.state = 'ACTIVE' and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today));
    return query
    select m.employer_uscc, m.holder_union, count(*), min(m.held_since)
      from memberships m
     where m.employer_uscc = any (own) and m.status = 'ACTIVE' and m.holding_basis in ('PLACEMENT', 'PRE_ESTABLISHMENT') and m.holder_union <> v_union
     group by m.employer_uscc, m.holder_union
     order by m.employer_uscc, m.holder_union
     limit 500;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('union_of_employer', 'place_of', 'facts_for_release', 'facts_for_case', 'facts_for_request', 'record_release',
                                  'record_answer', 'record_acceptance', 'record_request', 'read_awaited') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

-- Parts of the functions above, no doors of their own.
revoke all on function hub.union_of_employer(text, date) from hub_app;

revoke all on function hub.place_of(date, text, text, uuid, text) from hub_app;

revoke create on schema hub from hub_mover;
