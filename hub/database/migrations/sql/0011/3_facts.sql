-- Where a secondment stands on a day. `p_version`, `p_status`: of the membership. `p_offered`: its offer is open.
create function hub.secondment_state(p_secondment hub.secondments, p_version integer, p_status text, p_offered boolean, p_today date)
returns text language plpgsql immutable security definer set search_path = hub, pg_temp as $$
declare has_ended boolean := p_status not in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED'); is_over boolean := p_secondment.ends_on < p_today;
begin
    return case
        when p_secondment.state in ('RECORDED', 'OFFERED') then case
            when p_offered and p_secondment.state = 'OFFERED' and not has_ended then 'OFFERED'
            when has_ended or p_secondment.home_version <> p_version or is_over then 'ENDED'
            else 'RECORDED' end
        when p_secondment.state in ('AT_HOST', 'RETURN_DUE') then case
            when has_ended or p_secondment.host_version <> p_version then 'CLOSED'
            when p_secondment.state = 'RETURN_DUE' or is_over then 'RETURN_DUE'
            else 'AT_HOST' end
        else p_secondment.state end;
end$$;

create type hub.seconded as (
    secondment_no smallint, step_no smallint, stored_state text, state text, home_union uuid, home_uri text, host_union uuid, host_uri text,
    host_employer_uscc text, starts_on date, ends_on date, ended_early_on date, host_version integer);

-- The latest secondment of each membership, for the rules of an act by its holder, its home union, or the union above in an open case.
create function hub.facts_of_secondments(p_test_clock boolean, p_union uuid[], p_membership uuid[])
returns table (ord bigint, secondment hub.seconded)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare ids uuid[]; members uuid[]; prune uuid[]; v_now timestamptz := hub_now(p_test_clock); v_today date := (v_now at time zone 'Asia/Shanghai')::date;
        found_ord bigint[]; found seconded[];
begin
    select array_agg(c.membership_id), array_agg(c.member_id) into ids, members from membership_claims c where c.membership_id = any (p_membership);
    prune := case when cardinality(members) <= 32 then members end;
    select array_agg(x.ord), array_agg(x.secondment) into found_ord, found from (
        select distinct on (u.ord) u.ord,
               row (s.secondment_no, s.step_no, s.state,
                    secondment_state(s, m.custody_version, m.status, coalesce(o.state = 'RELEASED' and o.deadline > v_now, false), v_today),
                    s.home_union, h.uri, s.host_union, r.uri, s.host_employer_uscc, s.starts_on, s.ends_on, s.ended_early_on, s.host_version)::seconded as secondment
          from unnest(p_union, p_membership) with ordinality u (union_id, membership_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id
          join secondments s on s.member_id = m.member_id and s.membership_id = m.membership_id
          join unions h on h.union_id = s.home_union
          left join unions r on r.union_id = s.host_union
          left join handoffs o on o.member_id = s.member_id and o.handoff_id = s.offer and m.open_handoff = s.offer
         where (prune is null or m.member_id = any (prune))
           and (u.union_id in (m.holder_union, s.home_union)
             or exists (select from dockets d where d.member_id = m.member_id and d.handoff_id = m.open_handoff and d.union_id = u.union_id
                           and d.side = 'HIGHER' and d.visible_from <= v_now))
         order by u.ord, s.secondment_no desc) x;
    return query
    select u.ord, f.secondment
      from unnest(p_membership) with ordinality u (membership_id, ord)
      left join (select o.ord, found[o.place] as secondment from unnest(found_ord) with ordinality o (ord, place)) f on f.ord = u.ord;
end$$;

-- For the acts on a secondment. `tie`: HOLDER, who holds and is not the host; HOST; HOME, whose right to have the member back lasts; HIGHER, the
-- union above the home union; PARTY, whom 5.3 (a) names. `host_…`: the union named.
create type hub.seconded_case as (
    member_id uuid, custody_version integer, held_since timestamptz, status text, holding_basis text, joined_on date, employer_uscc text,
    open_handoff uuid, open_step smallint, open_reason text, open_state text, open_deadline timestamptz, open_then timestamptz,
    open_requested_at timestamptz, secondment hub.seconded, words jsonb);

create function hub.facts_for_secondment(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid, p_host text)
returns table (signer hub.signer, tie text, membership hub.seconded_case, host_union uuid, host_state text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_tie text; v_case seconded_case; m memberships; s secondments; o handoffs; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date; v_member uuid; v_host unions; v_offered boolean;
begin
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    select x.* into m from memberships x where x.member_id = v_member and x.membership_id = p_membership;
    select x.* into o from handoffs x where x.member_id = v_member and x.handoff_id = m.open_handoff;
    select x.* into s from secondments x where x.member_id = v_member and x.membership_id = p_membership order by x.secondment_no desc limit 1;
    if m.member_id is not null then
        v_offered := coalesce(o.handoff_id = s.offer and o.state = 'RELEASED' and o.deadline > v_now, false);
        if s.secondment_no is not null then
            v_case.secondment := row (s.secondment_no, s.step_no, s.state, secondment_state(s, m.custody_version, m.status, v_offered, v_today), s.home_union,
                (select u.uri from unions u where u.union_id = s.home_union), s.host_union, (select u.uri from unions u where u.union_id = s.host_union),
                s.host_employer_uscc, s.starts_on, s.ends_on, s.ended_early_on, s.host_version)::seconded;
        end if;
        v_tie := case
            when m.holder_union = p_union and (v_case.secondment).state in ('AT_HOST', 'RETURN_DUE') then 'HOST'
            when m.holder_union = p_union then 'HOLDER'
            when (v_case.secondment).state in ('AT_HOST', 'RETURN_DUE') and s.home_union = p_union then 'HOME'
            when ((v_case.secondment).state = 'RETURN_DUE'
                  or exists (select from secondment_steps t where t.member_id = v_member and t.membership_id = p_membership
                                and t.secondment_no = s.secondment_no and t.side = 'HIGHER' and t.union_id = p_union))
                 and higher_of(s.home_union, s.home_union, s.host_union) = p_union then 'HIGHER'
            when exists (select from holdings g where g.member_id = v_member and g.membership_id = p_membership and g.holder_union = p_union)
              or exists (select from dockets d where d.member_id = v_member and d.handoff_id = m.open_handoff and d.union_id = p_union
                            and d.side = 'RECEIVER' and d.state in ('REQUESTED', 'ESCALATED', 'RELEASED')
                            and (coalesce(d.then_deadline, d.deadline) is null or coalesce(d.then_deadline, d.deadline) > v_now)) then 'PARTY' end;
    end if;
    v_case.member_id := m.member_id;
    v_case.custody_version := m.custody_version;
    v_case.held_since := m.held_since;
    v_case.status := m.status;
    v_case.holding_basis := m.holding_basis;
    v_case.joined_on := m.joined_on;
    v_case.employer_uscc := m.employer_uscc;
    v_case.open_handoff := m.open_handoff;
    v_case.open_step := m.open_step;
    v_case.open_reason := o.reason_code;
    v_case.open_state := o.state;
    v_case.open_deadline := o.deadline;
    v_case.open_then := o.then_deadline;
    v_case.open_requested_at := o.opened_at;
    v_case.words := (select jsonb_agg(jsonb_build_object('act', w.act, 'document', encode(w.document, 'hex'), 'union', w.union_id))
                       from secondment_words w where w.member_id = v_member and w.membership_id = p_membership and w.secondment_no = s.secondment_no);
    select n.* into v_host from unions n where n.uri = p_host;
    return query
    select (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1], v_tie,
           case when v_tie in ('HOLDER', 'HOST', 'HOME', 'HIGHER') then v_case end, v_host.union_id, v_host.state;
end$$;
