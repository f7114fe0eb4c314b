-- What a federation sets from a day on: another version of its own record, and never of a day that has passed.
create function hub.record_policy(
    p_at timestamptz, p_union uuid, p_version integer, p_effective_from date, p_names text[], p_values text[], p_evidence bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    if not exists (select from unions u where u.union_id = p_union and u.state = 'ACTIVE'
                      and u.kind in ('PROVINCIAL_FEDERATION', 'NATIONAL_INDUSTRIAL_UNION', 'CENTRAL_ORGAN_FEDERATION'))
       or p_effective_from < (p_at at time zone 'Asia/Shanghai')::date
       or p_version <> 1 + (select coalesce(max(p.version), 0) from policies p where p.union_id = p_union)
       or exists (select from policies p where p.union_id = p_union and p.at > p_at)
       or cardinality(p_names) = 0
       or exists (select from unnest(p_names, p_values) g (name, value) left join policy_parameters k on k.name = g.name
                   where not coalesce(case when k.choices is not null then g.value = any (k.choices)
                                           when g.value ~ '^(0|[1-9][0-9]{0,5})$' then g.value::integer between k.least and k.most end, false)) then
        return false;
    end if;
    insert into statement_claims (jti, iss, sha256, about_union) values (p_jti, p_union, p_sha, p_union) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into union_statements (union_id, sha256, iss, jti, typ, jws, receipt, received_at)
    values (p_union, p_sha, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    insert into policies (union_id, version, effective_from, at, evidence_sha256, sha256)
    values (p_union, p_version, p_effective_from, p_at, p_evidence, p_sha);
    with entered as (
        insert into policy_values (union_id, version, name, value)
        select p_union, p_version, g.name, g.value from unnest(p_names, p_values) g (name, value) returning name)
    select count(*) from entered into n;
    return n = cardinality(p_names);
end$$;

-- Ownership, as in the first revision. The two functions that read public tables run as whoever asks.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.proname in ('policy_record_of', 'policy_in_force', 'record_policy') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
    end loop;
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.proname = 'record_policy' loop
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
