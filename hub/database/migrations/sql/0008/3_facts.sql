-- Where agreements stand at an instant, whether or not anybody has recorded it: the parts that follow read no state but through this.
create function hub.entrustment_states(p_now timestamptz, p_agreements uuid[])
returns table (agreement_id uuid, state text, ended_at timestamptz, ends_on date, purpose text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_today date := (p_now at time zone 'Asia/Shanghai')::date;
begin
    return query
    select e.agreement_id,
           case when e.state = 'SIGNED_BY_ONE' and v_today > e.ends_on then 'LAPSED'
                when e.state = 'SUPERSEDED' and e.closed_at > p_now then case when e.in_force_from > p_now then 'SCHEDULED' else 'IN_FORCE' end
                when e.state in ('SCHEDULED', 'IN_FORCE', 'SUSPENDED') and v_today > e.ends_on then 'EXPIRED'
                when e.state = 'SCHEDULED' and e.in_force_from <= p_now then 'IN_FORCE'
                else e.state end,
           least(e.closed_at, case when e.in_force_from is not null then (e.ends_on + 1)::timestamp at time zone 'Asia/Shanghai' end),
           e.ends_on, e.purpose
      from entrustments e where e.agreement_id = any (p_agreements);
end$$;

create type hub.coverage_now as (
    member_id uuid, coverage_id uuid, membership_id uuid, agreement_id uuid, dispatch_union uuid, host_union uuid,
    host_post text, dispatch_from date, dispatch_to date, coverage_from date, coverage_to date, state text, end_reason text,
    is_live boolean, added_at timestamptz, covered_at timestamptz, ended_at timestamptz, purpose text, agreement_state text);

-- How coverages stand at an instant: custody, the agreement and the days of each have their say; of several ends the first counts.
create function hub.coverages_now(p_now timestamptz, p_coverages hub.coverages[])
returns hub.coverage_now[] language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare people uuid[]; memberships uuid[]; held memberships[]; left_at holdings[]; spans statuses[]; v_today date := (p_now at time zone 'Asia/Shanghai')::date;
begin
    select array_agg(c.member_id), array_agg(c.membership_id) into people, memberships from unnest(p_coverages) c;
    held := array(select m from memberships m where m.member_id = any (people) and m.membership_id = any (memberships));
    left_at := array(select g from holdings g where g.member_id = any (people) and g.membership_id = any (memberships) and not upper_inf(g.during));
    spans := array(select s from statuses s where s.member_id = any (people) and s.membership_id = any (memberships) and s.status <> 'ACTIVE');
    return array(
        select row (c.member_id, c.coverage_id, c.membership_id, c.agreement_id, c.dispatch_union, c.host_union, c.host_post, c.dispatch_from,
                    c.dispatch_to, c.coverage_from, c.coverage_to,
                    case when c.state in ('DECLINED', 'ENDED') then c.state when f.reason is not null then 'ENDED' else c.state end,
                    coalesce(c.end_reason, f.reason),
                    c.state = 'COVERED' and f.reason is null and c.coverage_from <= v_today and a.state = 'IN_FORCE',
                    c.added_at, c.covered_at, coalesce(c.ended_at, f.at), a.purpose, a.state)::coverage_now
          from unnest(p_coverages) with ordinality c
          join entrustment_states(p_now, array(select distinct x.agreement_id from unnest(p_coverages) x)) a on a.agreement_id = c.agreement_id
          join unnest(held) m on m.member_id = c.member_id and m.membership_id = c.membership_id
          left join unnest(left_at) g on g.member_id = c.member_id and g.membership_id = c.membership_id and g.custody_version = c.custody_version
          left join lateral (
               select x.reason, x.at
                 from (values (case when m.status = 'DUPLICATE_MERGED' then 'MERGED'
                                    when m.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED') then 'TRANSFERRED' else 'MEMBERSHIP_ENDED' end,
                               upper(g.during), 2),
                              ('AGREEMENT_ENDED', a.ended_at, 1),
                              ('DISPATCH_ENDED', case when c.coverage_to < a.ends_on
                                                      then (c.coverage_to + 1)::timestamp at time zone 'Asia/Shanghai' end, 3),
                              (case when m.status = 'RETAINED' then 'RETAINED' when m.status = 'DUPLICATE_MERGED' then 'MERGED' else 'MEMBERSHIP_ENDED' end,
                               case when m.custody_version = c.custody_version and m.status <> 'ACTIVE' then p_now end, 5),
                              -- Who was retained and works again is not covered again: it was another time at work.
                              ('RETAINED', (select min(lower(s.during)) from unnest(spans) s
                                             where s.member_id = c.member_id and s.membership_id = c.membership_id and s.status = 'RETAINED'
                                               and lower(s.during) >= c.added_at), 4)) x (reason, at, place)
                where x.at <= p_now order by x.at, x.place limit 1) f on c.state in ('PENDING', 'COVERED')
         order by c.ordinality);
end$$;

-- Whether a union is the host of a member's coverage now. To the acts of the holder's chapter: who asks is told of the tie, and of nobody else's.
create function hub.is_entrusted_host(p_test_clock boolean, p_union uuid, p_membership uuid)
returns boolean language plpgsql stable security definer set search_path = hub, pg_temp as $$
declare v_now timestamptz := hub_now(p_test_clock); v_member uuid; found coverages[];
begin
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    found := array(select c from coverages c where c.member_id = v_member and c.membership_id = p_membership and c.host_union = p_union and c.state = 'COVERED');
    return exists (select from unnest(coverages_now(v_now, found)) n where n.is_live);
end$$;

create type hub.entrustment_party as (union_id uuid, kind text, state text, organises boolean);

create type hub.entrustment_case as (
    agreement_id uuid, side text, dispatch_union uuid, host_union uuid, author_union uuid, starts_on date, ends_on date, sha256 bytea, document text,
    supersedes uuid, roster_version integer, stored_state text, state text, step_no smallint, dispatch_signed boolean, host_signed boolean,
    in_force_from timestamptz, last_at timestamptz);

-- Of a member named on a roster. All but the ids are null unless the dispatch union holds the member.
create type hub.roster_member as (
    membership_id uuid, member_id uuid, custody_version integer, status text, is_released boolean, coverage_id uuid, coverage_state text,
    taken_by uuid[], taken_from date[], taken_to date[]);

create function hub.roster_members(p_now timestamptz, p_dispatch uuid, p_agreement uuid, p_memberships uuid[])
returns hub.roster_member[] language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare people uuid[]; found memberships[]; released uuid[]; covered coverage_now[];
begin
    people := array(select c.member_id from membership_claims c where c.membership_id = any (p_memberships));
    found := array(select m from memberships m where m.member_id = any (people) and m.membership_id = any (p_memberships) and m.holder_union = p_dispatch);
    released := array(
        select h.membership_id from memberships m join handoffs h on h.member_id = m.member_id and h.handoff_id = m.open_handoff
         where m.member_id = any (people) and h.state = 'RELEASED' and (h.deadline is null or h.deadline > p_now));
    covered := coverages_now(p_now, array(select c from coverages c where c.member_id = any (people)));
    return array(
        select row (m.membership_id, m.member_id, m.custody_version, m.status, m.membership_id = any (released), own.coverage_id, own.state,
                    array(select x.agreement_id from unnest(covered) x where x.member_id = m.member_id and x.state in ('PENDING', 'COVERED') order by x.coverage_id),
                    array(select x.coverage_from from unnest(covered) x where x.member_id = m.member_id and x.state in ('PENDING', 'COVERED') order by x.coverage_id),
                    array(select x.coverage_to from unnest(covered) x where x.member_id = m.member_id and x.state in ('PENDING', 'COVERED') order by x.coverage_id)
                   )::roster_member
          from unnest(found) m
          left join lateral (
               select x.coverage_id, x.state from unnest(covered) x
                where x.membership_id = m.membership_id and x.agreement_id = p_agreement
                order by x.state in ('PENDING', 'COVERED') desc, x.added_at desc limit 1) own on true);
end$$;

-- For the acts on an agreement. What isn't given is read in its text. `agreement` is null for whoever is no party to it; of the members named only those that the dispatch union holds.
create function hub.facts_for_entrustment(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_agreement uuid,
    p_dispatch text, p_host text, p_agency text, p_enterprise text, p_supersedes uuid, p_members uuid[])
returns table (signer hub.signer, is_taken boolean, agreement hub.entrustment_case, dispatch hub.entrustment_party, host hub.entrustment_party,
               superseded hub.entrustment_case, members hub.roster_member[])
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_now timestamptz := hub_now(p_test_clock); v_today date := (v_now at time zone 'Asia/Shanghai')::date;
        v_signer signer; v_taken boolean; cases entrustment_case[]; v_case entrustment_case; v_old entrustment_case; v_dispatch entrustment_party;
        v_host entrustment_party; v_holder uuid; v_members uuid[]; v_text jsonb;
begin
    v_signer := (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1];
    select e.document::jsonb into v_text from entrustments e where e.agreement_id = p_agreement and p_union in (e.dispatch_union, e.host_union);
    if p_dispatch is null then
        p_dispatch := v_text ->> 'dispatch_union'; p_host := v_text ->> 'host_union'; p_agency := v_text ->> 'agency_uscc';
        p_enterprise := v_text ->> 'host_uscc'; p_supersedes := (v_text ->> 'supersedes')::uuid;
    end if;
    p_members := coalesce(p_members, array(select (x ->> 'membership_id')::uuid from jsonb_array_elements(v_text -> 'roster') x));
    v_taken := exists (select from entrustments e where e.agreement_id = p_agreement);
    cases := array(
        select row (e.agreement_id, case when e.dispatch_union = p_union then 'DISPATCH' else 'HOST' end, e.dispatch_union, e.host_union, e.author_union,
                    e.starts_on, e.ends_on, e.sha256, e.document, e.supersedes, e.roster_version, e.state, s.state, e.step_no,
                    e.dispatch_signed_at is not null, e.host_signed_at is not null, e.in_force_from,
                    (select max(t.at) from entrustment_steps t where t.agreement_id = e.agreement_id and t.at <= v_now))::entrustment_case
          from entrustments e join entrustment_states(v_now, array[p_agreement, p_supersedes]) s on s.agreement_id = e.agreement_id
         where e.agreement_id in (p_agreement, p_supersedes) and p_union in (e.dispatch_union, e.host_union));
    select c.* into v_case from unnest(cases) c where c.agreement_id = p_agreement;
    select c.* into v_old from unnest(cases) c where c.agreement_id = p_supersedes;
    select n.union_id, n.kind, n.state, exists (select from union_employers w where w.union_id = n.union_id and w.employer_uscc = p_agency
               and w.from_on <= v_today and (w.until_on is null or w.until_on > v_today))
      into v_dispatch from unions n where n.uri = p_dispatch;
    select n.union_id, n.kind, n.state, exists (select from union_employers w where w.union_id = n.union_id and w.employer_uscc = p_enterprise
               and w.from_on <= v_today and (w.until_on is null or w.until_on > v_today))
      into v_host from unions n where n.uri = p_host;
    -- Only on behalf of the dispatch union itself, or of the host union under an agreement that the other one has signed.
    v_holder := coalesce((select c.dispatch_union from unnest(cases) c where c.agreement_id = p_agreement), v_dispatch.union_id);
    v_members := case when v_holder = p_union or (v_case.host_union = p_union and v_case.dispatch_signed) then p_members else '{}' end;
    return query select v_signer, v_taken, case when v_case.agreement_id is not null then v_case end,
                        case when v_dispatch.union_id is not null then v_dispatch end, case when v_host.union_id is not null then v_host end,
                        case when v_old.agreement_id is not null then v_old end, roster_members(v_now, v_holder, p_agreement, v_members);
end$$;

-- For a record of an activity or a rights case: whether the agreement is in force, then whether the member is covered by it, or held.
create function hub.facts_for_care(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid, p_agreement uuid)
returns table (signer hub.signer, agreement_state text, member_id uuid, status text, covered_by uuid)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_now timestamptz := hub_now(p_test_clock); v_signer signer; v_state text; v_member uuid; v_found uuid; v_status text; v_by uuid;
        found coverages[];
begin
    v_signer := (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1];
    select s.state into v_state from entrustments e join entrustment_states(v_now, array[p_agreement]) s on s.agreement_id = e.agreement_id
     where e.agreement_id = p_agreement and e.host_union = p_union;
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    if p_agreement is not null then
        found := array(select c from coverages c where c.member_id = v_member and c.membership_id = p_membership and c.agreement_id = p_agreement
                          and c.host_union = p_union);
        select n.member_id, 'ACTIVE' into v_found, v_status from unnest(coverages_now(v_now, found)) n where n.is_live limit 1;
    else
        select m.member_id, m.status into v_found, v_status from memberships m
         where m.member_id = v_member and m.membership_id = p_membership and m.holder_union = p_union;
        found := array(select c from coverages c where c.member_id = v_member and c.membership_id = p_membership and c.host_union = p_union);
        select n.agreement_id into v_by from unnest(coverages_now(v_now, found)) n where n.is_live limit 1;
    end if;
    return query select v_signer, v_state, v_found, v_status, v_by;
end$$;
