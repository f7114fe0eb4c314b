drop function hub.read_last_retention(uuid, uuid);

-- For a release: why the membership is retained and since when, if it is; when its last retention ended; since when its status is what it is;
-- and whether the holder has the member back from a host. Asked by its holder's name.
create function hub.read_last_retention(p_holder uuid, p_membership uuid)
returns table (reason text, retained_on date, restored_on date, changed_at timestamptz, is_back boolean)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select r.reason, r.retained_on,
           (select max(e.restored_on) from retentions e where e.member_id = m.member_id and e.membership_id = m.membership_id), lower(s.during),
           exists (select from secondments l where l.member_id = m.member_id and l.membership_id = m.membership_id and l.state = 'RETURNED'
                      and l.host_version = m.custody_version - 1)
      from membership_claims c
      join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id
      join statuses s on s.member_id = m.member_id and s.membership_id = m.membership_id and upper_inf(s.during)
      left join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id and r.state = 'RECORDED'
     where c.membership_id = p_membership and m.holder_union = p_holder;
end$$;

-- On which side of an agreement a union acts. While it is suspended: for a party that is wound up its successor too, and, to end it, the union
-- above that party, which goes on seeing what it has ended. Null for everybody else.
create function hub.side_in_agreement(p_union uuid, p_agreement hub.entrustments)
returns text language plpgsql stable security definer set search_path = hub, pg_temp as $$
begin
    if p_union = p_agreement.dispatch_union then return 'DISPATCH'; end if;
    if p_union = p_agreement.host_union then return 'HOST'; end if;
    if p_agreement.state not in ('SUSPENDED', 'TERMINATED') then return null; end if;
    return (select case when w.parent_union = p_union then 'HIGHER' when w.union_id = p_agreement.dispatch_union then 'DISPATCH' else 'HOST' end
              from unions w
             where w.union_id in (p_agreement.dispatch_union, p_agreement.host_union) and w.state <> 'ACTIVE'
               and ((w.parent_union = p_union and (p_agreement.state = 'SUSPENDED' or exists (
                        select from entrustment_steps t where t.agreement_id = p_agreement.agreement_id and t.act = 'terminate' and t.union_id = p_union)))
                    or (w.successor_union = p_union and p_agreement.state = 'SUSPENDED'))
             order by w.union_id = p_agreement.host_union limit 1);
end$$;

-- Whether it acts as the successor of a party.
alter type hub.entrustment_case add attribute succeeds boolean;

-- As before; but the parties are those of the agreement as it stands, and it is found by those too who act on it while it is suspended.
create or replace function hub.facts_for_entrustment(
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
    select e.document::jsonb, e.dispatch_union, e.host_union into v_text, v_dispatch.union_id, v_host.union_id
      from entrustments e where e.agreement_id = p_agreement and side_in_agreement(p_union, e) is not null;
    if p_dispatch is null then
        -- Who has taken a party's place stands in the agreement, not in its text.
        p_dispatch := (select n.uri from unions n where n.union_id = v_dispatch.union_id); p_agency := v_text ->> 'agency_uscc';
        p_host := (select n.uri from unions n where n.union_id = v_host.union_id);
        p_enterprise := v_text ->> 'host_uscc'; p_supersedes := (v_text ->> 'supersedes')::uuid;
    end if;
    p_members := coalesce(p_members, array(select (x ->> 'membership_id')::uuid from jsonb_array_elements(v_text -> 'roster') x));
    v_taken := exists (select from entrustments e where e.agreement_id = p_agreement);
    cases := array(
        select row (e.agreement_id, side_in_agreement(p_union, e), e.dispatch_union, e.host_union, e.author_union,
                    e.starts_on, e.ends_on, e.sha256, e.document, e.supersedes, e.roster_version, e.state, s.state, e.step_no,
                    e.dispatch_signed_at is not null, e.host_signed_at is not null, e.in_force_from,
                    (select max(t.at) from entrustment_steps t where t.agreement_id = e.agreement_id and t.at <= v_now),
                    p_union not in (e.dispatch_union, e.host_union) and side_in_agreement(p_union, e) <> 'HIGHER')::entrustment_case
          from entrustments e join entrustment_states(v_now, array[p_agreement, p_supersedes]) s on s.agreement_id = e.agreement_id
         where e.agreement_id in (p_agreement, p_supersedes) and side_in_agreement(p_union, e) is not null);
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
