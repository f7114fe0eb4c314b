-- For an import of earlier lines: the membership as an amendment sees it; which union held it first; the version that stands, if any;
-- and since which day it is retained, where it is.
create function hub.facts_for_history(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid)
returns table (signer hub.signer, membership hub.amended_case, is_first_holder boolean, version smallint, sha256 bytea, retained_on date)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select a.signer, a.membership, g.holder_union = p_union, h.version, h.sha256, r.retained_on
      from facts_for_amendment(p_test_clock, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti], array[p_membership],
                               array[null::bytea], array[null::text], array[null::text]) a
      left join lateral (
           select x.holder_union from holdings x
            where (a.membership).tie = 'HOLDER' and x.member_id = (a.membership).member_id and x.membership_id = p_membership
              and x.custody_version = 1) g on true
      left join lateral (
           select x.version, x.sha256 from histories x
            where (a.membership).tie = 'HOLDER' and x.member_id = (a.membership).member_id and x.membership_id = p_membership
            order by x.version desc limit 1) h on true
      left join lateral (
           select x.retained_on from retentions x
            where (a.membership).tie = 'HOLDER' and x.member_id = (a.membership).member_id and x.membership_id = p_membership
            order by x.retention_no limit 1) r on true;
end$$;

-- For a record of dues: what a record of care asks (`covered_by`: the host union's agreement); and, for who may record, what was paid, the
-- day of the last restoration, the open case, and the text of the agreement, which says whose duty the collection is.
create function hub.facts_for_dues(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid, p_agreement uuid)
returns table (
    signer hub.signer, agreement_state text, member_id uuid, status text, covered_by uuid, is_party boolean, custody_version integer,
    joined_on date, paid_through text, retained_on date, restored_on date, open_handoff uuid, open_step smallint, open_state text,
    open_deadline timestamptz, open_then timestamptz, document text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_member uuid; v_party boolean;
begin
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    v_party := exists (select from holdings g where g.member_id = v_member and g.membership_id = p_membership and g.holder_union = p_union)
            or exists (select from memberships m join dockets d on d.member_id = m.member_id and d.handoff_id = m.open_handoff
                        where m.member_id = v_member and m.membership_id = p_membership and d.union_id = p_union and d.side = 'RECEIVER'
                          and d.state in ('REQUESTED', 'ESCALATED', 'RELEASED')
                          and (coalesce(d.then_deadline, d.deadline) is null or coalesce(d.then_deadline, d.deadline) > hub_now(p_test_clock)));
    return query
    select f.signer, f.agreement_state, f.member_id, m.status, f.covered_by, v_party, m.custody_version, m.joined_on, m.dues_paid_through,
           r.retained_on, s.restored_on, m.open_handoff, m.open_step, o.state, o.deadline, o.then_deadline, e.document
      from facts_for_care(p_test_clock, p_union, p_login_kid, p_iss, p_kid, p_jti, p_membership, p_agreement) f
      left join memberships m on m.member_id = f.member_id and m.membership_id = p_membership
      left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
      left join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id and r.state = 'RECORDED'
      left join lateral (select max(x.restored_on) as restored_on from retentions x
                          where x.member_id = m.member_id and x.membership_id = m.membership_id) s on true
      left join lateral (select x.document from entrustments x where x.agreement_id = p_agreement and x.host_union = p_union) e on true;
end$$;
