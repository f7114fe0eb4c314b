-- Whose record holds for a union: that of the nearest federation, at or above it, that keeps one. Null: as the nation has it.
create function hub.policy_record_of(p_union uuid) returns uuid
language plpgsql stable set search_path = hub, pg_temp as $$
begin
    return (
        with recursive up as (
            select u.union_id, u.parent_union, u.kind from unions u where u.union_id = p_union
            union all
            select a.union_id, a.parent_union, a.kind from up join unions a on a.union_id = up.parent_union
             where up.kind not in ('PROVINCIAL_FEDERATION', 'NATIONAL_INDUSTRIAL_UNION', 'CENTRAL_ORGAN_FEDERATION'))
        select up.union_id from up where up.kind in ('PROVINCIAL_FEDERATION', 'NATIONAL_INDUSTRIAL_UNION', 'CENTRAL_ORGAN_FEDERATION'));
end$$;

-- What of it held at an instant, by name; null where nothing differs from the nation. Of two versions for one day the later one counts, and none
-- before it was received: so what held at an instant is what will always have held.
create function hub.policy_in_force(p_union uuid, p_at timestamptz) returns jsonb
language plpgsql stable set search_path = hub, pg_temp as $$
begin
    return (
        select jsonb_object_agg(x.name, x.value)
          from (select distinct on (v.name) v.name, v.value
                  from policies p join policy_values v on v.union_id = p.union_id and v.version = p.version
                 where p.union_id = policy_record_of(p_union) and p.at <= p_at and p.effective_from <= (p_at at time zone 'Asia/Shanghai')::date
                 order by v.name, p.effective_from desc, p.version desc) x);
end$$;
