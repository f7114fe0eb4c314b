-- The certificates that a member had and has no more, the one that ended first before the others: for the holder.
create function hub.read_certificates(p_memberships uuid[])
returns table (membership_id uuid, province_code text, number text, state text, issued_on date, issuing_union text, since timestamptz, reason text,
               replaced_by_province text, replaced_by_number text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select k.membership_id, k.province_code, k.number, k.state, k.issued_on, k.issuing_union, k.since, k.reason, k.replaced_by_province, k.replaced_by_number
      from memberships m join certificates k on k.member_id = m.member_id and k.membership_id = m.membership_id
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by k.membership_id, k.data_version;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('facts_for_certificate', 'record_certificate', 'record_numbering_scheme', 'read_certificates') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
