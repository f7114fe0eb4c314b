-- What the two parties of an agreement see of it, and of whom it covers. Each function asks `hub.acting` itself, as a policy does, and
-- computes where things stand at the reading's own time: what has ended is gone at the same instant, from lists and open cursors too.

create function hub.read_entrustments(p_now timestamptz, p_agreements uuid[], p_after uuid, p_limit integer)
returns table (agreement_id uuid, dispatch_union uuid, host_union uuid, author_union uuid, agreement_no text, starts_on date, ends_on date, sha256 bytea,
               document text, supersedes uuid, roster_version integer, state text, dispatch_signed_at timestamptz, host_signed_at timestamptz,
               in_force_from timestamptz, ended_at timestamptz, proposed_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; found uuid[];
begin
    found := array(
        select e.agreement_id from entrustments e
         where v_union in (e.dispatch_union, e.host_union) and (p_agreements is null or e.agreement_id = any (p_agreements))
           and (p_after is null or e.agreement_id > p_after)
         order by e.agreement_id limit p_limit);
    return query
    select e.agreement_id, e.dispatch_union, e.host_union, e.author_union, e.agreement_no, e.starts_on, e.ends_on, e.sha256, e.document, e.supersedes,
           e.roster_version, s.state, e.dispatch_signed_at, e.host_signed_at, e.in_force_from, case when s.ended_at <= p_now then s.ended_at end, e.proposed_at
      from entrustments e join entrustment_states(p_now, found) s on s.agreement_id = e.agreement_id
     where e.agreement_id = any (found) order by e.agreement_id;
end$$;

create function hub.read_entrustment_steps(p_now timestamptz, p_agreements uuid[])
returns table (agreement_id uuid, step_no smallint, act text, to_state text, side text, by_union uuid, at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid;
begin
    return query
    select s.agreement_id, s.step_no, s.act, s.to_state, s.side, s.union_id, s.at
      from entrustment_steps s join entrustments e on e.agreement_id = s.agreement_id
     where e.agreement_id = any (p_agreements) and v_union in (e.dispatch_union, e.host_union) and s.at <= p_now
     order by s.agreement_id, s.step_no;
end$$;

-- A page of whom an agreement covers. The name is there for the holder that entrusts, and for the host union as long as the coverage is live;
-- to the host union nobody is named whose coverage has ended, nor is it told why the membership did.
create function hub.read_coverages(p_now timestamptz, p_agreement uuid, p_states text[], p_after uuid, p_limit integer)
returns table (coverage_id uuid, membership_id uuid, agreement_id uuid, dispatch_union uuid, host_union uuid, host_post text, dispatch_from date,
               dispatch_to date, coverage_from date, coverage_to date, state text, end_reason text, is_live boolean, added_at timestamptz,
               covered_at timestamptz, ended_at timestamptz, member_name text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; found coverage_now[]; people uuid[]; names text[]; holders uuid[]; named uuid[];
begin
    found := coverages_now(p_now, array(
        select c from coverages c where c.agreement_id = p_agreement and v_union in (c.dispatch_union, c.host_union)
           and (p_after is null or c.coverage_id > p_after) order by c.coverage_id));
    select array_agg(f.member_id) into people from unnest(found) f;
    select array_agg(p.member_id), array_agg(p.name), array_agg(p.holder_union) into named, names, holders from persons p where p.member_id = any (people);
    return query
    select f.coverage_id, f.membership_id, f.agreement_id, f.dispatch_union, f.host_union, f.host_post, f.dispatch_from, f.dispatch_to, f.coverage_from,
           f.coverage_to, f.state, f.end_reason, f.is_live, f.added_at, f.covered_at, f.ended_at,
           case when n.holder = v_union or (f.host_union = v_union and f.is_live) then n.name end
      from unnest(found) f left join unnest(named, names, holders) n (member_id, name, holder) on n.member_id = f.member_id
     where p_states is null or f.state = any (p_states)
     order by f.coverage_id limit p_limit;
end$$;

-- The coverages of members whom the acting union holds, or covers now.
create function hub.read_member_coverages(p_now timestamptz, p_memberships uuid[])
returns table (coverage_id uuid, membership_id uuid, agreement_id uuid, dispatch_union uuid, host_union uuid, host_post text, dispatch_from date,
               dispatch_to date, coverage_from date, coverage_to date, state text, end_reason text, is_live boolean, added_at timestamptz,
               covered_at timestamptz, ended_at timestamptz, member_name text, holder_union uuid, document text, agreement_state text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; people uuid[]; found coverage_now[]; held memberships[]; texts entrustments[];
begin
    people := array(select c.member_id from membership_claims c where c.membership_id = any (p_memberships));
    held := array(select m from memberships m where m.member_id = any (people) and m.membership_id = any (p_memberships));
    found := coverages_now(p_now, array(select c from coverages c where c.member_id = any (people) and c.membership_id = any (p_memberships)));
    texts := array(select e from entrustments e where e.agreement_id in (select f.agreement_id from unnest(found) f));
    return query
    select f.coverage_id, m.membership_id, f.agreement_id, f.dispatch_union, f.host_union, f.host_post, f.dispatch_from, f.dispatch_to, f.coverage_from,
           f.coverage_to, f.state, f.end_reason, f.is_live, f.added_at, f.covered_at, f.ended_at, null::text, m.holder_union, e.document, f.agreement_state
      from unnest(held) m
      left join unnest(found) f on f.member_id = m.member_id and f.membership_id = m.membership_id
           and (m.holder_union = v_union or f.is_live and f.host_union = v_union)
      left join unnest(texts) e on e.agreement_id = f.agreement_id
     where m.holder_union = v_union or f.coverage_id is not null
     order by m.membership_id, f.added_at desc, f.coverage_id;
end$$;

-- Sex and birth month of a covered member, where the rights clause names what for. Each reading is logged with that purpose (A11).
create function hub.reveal_entrusted(p_test_clock boolean, p_union uuid, p_coverages uuid[], p_ids uuid[])
returns table (coverage_id uuid, sex text, birth_month text)
language plpgsql volatile security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_now timestamptz := hub_now(p_test_clock); found coverage_now[]; n integer;
begin
    found := array(select x from unnest(coverages_now(v_now, array(select c from coverages c where c.coverage_id = any (p_coverages) and c.host_union = p_union))) x
                    where x.is_live and x.purpose is not null order by x.coverage_id);
    with logged as (
        insert into disclosures (union_id, at, disclosure_id, kind, membership_id, purpose)
        select p_union, v_now, p_ids[u.place], 'ENTRUSTED', u.membership_id, left(u.purpose, 200)
          from (select f.membership_id, f.purpose, row_number() over () as place from unnest(found) f) u returning 1)
    select count(*) into n from logged;
    return query select f.coverage_id, p.sex, p.birth_month from unnest(found) f
      join persons p on p.member_id = f.member_id where p.member_id in (select x.member_id from unnest(found) x);
end$$;

-- What was recorded of members: all of it for the holder, its own for the host union as long as it covers them.
create function hub.read_care(p_now timestamptz, p_memberships uuid[])
returns table (membership_id uuid, record_id uuid, act text, kind text, occurred_on date, evidence_sha256 bytea, union_id uuid, agreement_id uuid, at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; people uuid[]; held uuid[]; covered uuid[];
begin
    people := array(select c.member_id from membership_claims c where c.membership_id = any (p_memberships));
    held := array(select m.membership_id from memberships m where m.member_id = any (people) and m.membership_id = any (p_memberships) and m.holder_union = v_union);
    covered := array(
        select n.membership_id from unnest(coverages_now(p_now, array(select c from coverages c where c.member_id = any (people) and c.host_union = v_union))) n
         where n.is_live);
    return query
    select r.membership_id, r.record_id, r.act, r.kind, r.occurred_on, r.evidence_sha256, r.union_id, r.agreement_id, r.at
      from care_records r
     where r.member_id = any (people) and r.membership_id = any (p_memberships)
       and (r.membership_id = any (held) or (r.union_id = v_union and r.membership_id = any (covered)))
     order by r.membership_id, r.at, r.record_id;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure; door text;
begin
    for f, door in select p.oid, p.proname from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('entrustment_states', 'coverages_now', 'is_entrusted_host', 'roster_members', 'facts_for_entrustment', 'facts_for_care',
                                  'record_entrustment_statement', 'keep_entrustment_document', 'record_entrustment', 'close_ended_coverages', 'enter_coverages',
                                  'supersede_entrustment', 'record_entrustment_act', 'record_roster', 'record_coverage_answer', 'record_care',
                                  'read_entrustments', 'read_entrustment_steps', 'read_coverages', 'read_member_coverages', 'reveal_entrusted',
                                  'read_care') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_mover', f);
        -- The others are parts of these, no doors of their own.
        if door not in ('entrustment_states', 'coverages_now', 'roster_members', 'record_entrustment_statement', 'keep_entrustment_document', 'close_ended_coverages',
                        'enter_coverages', 'supersede_entrustment') then
            execute format('grant execute on function %s to hub_app', f);
        end if;
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
