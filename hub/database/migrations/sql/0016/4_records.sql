-- A first holding of a membership that is retained already (A25). `p_pair`: beside a live one of the same person, where it stands still;
-- then `p_known` is not asked. Else it begins as RETAINED. Of a pair the retention waits with it.
create function hub.record_retained_import(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_known boolean,
    p_name text, p_sex text, p_birth_month text, p_ethnic text, p_political text, p_id_type text, p_id_masked text,
    p_id_sealed bytea, p_id_hash bytea, p_mobile_masked text, p_mobile_sealed bytea, p_residence text, p_migrant boolean, p_form text,
    p_basis text, p_joined_on date, p_dues text, p_employer text, p_unit text, p_salt text,
    p_province text, p_number text, p_issued_on date, p_issuer text, p_card_sealed bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text,
    p_reason text, p_from_date date, p_pair uuid, p_other_member uuid, p_other_membership uuid, p_disclosure uuid)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; n integer;
begin
    if p_pair is null then
        done := enter_join(array[p_at], array[p_union], array[p_member], array[p_membership], array[p_known], array[p_name], array[p_sex],
            array[p_birth_month], array[p_ethnic], array[p_political], array[p_id_type], array[p_id_masked], array[p_id_sealed], array[p_id_hash],
            array[p_mobile_masked], array[p_mobile_sealed], array[p_residence], array[p_migrant], array[p_form], array[p_basis],
            array[p_joined_on], array[p_dues], array[p_employer], array[p_unit], array[p_salt], array[p_province], array[p_number],
            array[p_issued_on], array[p_issuer], array[p_card_sealed], array[p_jti], array[p_sha], array[p_typ], array[p_jws], array[p_receipt]);
    else
        done := enter_suspected(array[p_at], array[p_union], array[p_member], array[p_membership], array[p_pair], array[p_other_member],
            array[p_other_membership], array[p_disclosure], array[p_name], array[p_sex], array[p_birth_month], array[p_ethnic],
            array[p_political], array[p_id_type], array[p_id_masked], array[p_id_sealed], array[p_id_hash], array[p_mobile_masked],
            array[p_mobile_sealed], array[p_residence], array[p_migrant], array[p_form], array[p_basis], array[p_joined_on], array[p_dues],
            array[p_employer], array[p_unit], array[p_salt], array[p_province], array[p_number], array[p_issued_on], array[p_issuer],
            array[p_card_sealed], array[p_jti], array[p_sha], array[p_typ], array[p_jws], array[p_receipt]);
    end if;
    if cardinality(done) = 0 then return false; end if;
    insert into retentions (member_id, membership_id, retention_no, state, step_no, reason, retained_on, prior_basis, sha256)
    values (p_member, p_membership, 1, 'RECORDED', 1, p_reason, p_from_date, p_basis, p_sha);
    insert into retention_steps (member_id, membership_id, retention_no, step_no, from_state, act, to_state, side, union_id, at, reason, sha256)
    values (p_member, p_membership, 1, 1, '-', 'import', 'RECORDED', 'HOLDER', p_union, p_at, p_reason, p_sha);
    perform keep_retained(p_member, p_membership);
    perform enter_statuses(array[p_at], array[p_member], array[p_membership]);
    return true;
end$$;

-- Who goes on and was brought in as retained is retained, not active.
create function hub.keep_retained(p_member uuid, p_membership uuid)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    update memberships m set status = 'RETAINED'
      from retentions r
     where m.member_id = p_member and m.membership_id = p_membership and m.status = 'ACTIVE'
       and r.member_id = m.member_id and r.membership_id = m.membership_id and r.state = 'RECORDED';
end$$;

-- As before; but who was brought in as retained goes on as retained.
create or replace function hub.settle_pair(
    p_at timestamptz, p_pair uuid, p_survivor hub.memberships, p_loser hub.memberships, p_joined_on date,
    p_case uuid, p_case_step smallint, p_passed jsonb, p_ground text, p_ground_told text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    perform merge_pair(p_at, p_pair, p_survivor, p_loser, p_joined_on, p_case, p_case_step, p_passed, p_ground, p_ground_told);
    perform end_retention(p_at, p_loser.member_id, p_loser.membership_id);
    perform keep_retained(p_survivor.member_id, p_survivor.membership_id);
    perform enter_statuses(array[p_at, p_at], array[p_survivor.member_id, p_loser.member_id],
                           array[p_survivor.membership_id, p_loser.membership_id]);
end$$;

-- As before; and the same.
create or replace function hub.dissolve_pair(p_at timestamptz, p_member uuid, p_membership uuid)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare pair duplicates;
begin
    select d.* into pair from duplicates d where d.member_id = p_member and d.membership_id = p_membership and d.closed_at is null;
    if pair.pair_id is null then return; end if;
    perform part_pair(p_at, p_member, p_membership);
    perform keep_retained(pair.member_id, pair.membership_id);
    perform keep_retained(pair.other_member, pair.other_membership);
    perform enter_statuses(array[p_at, p_at], array[pair.member_id, pair.other_member], array[pair.membership_id, pair.other_membership]);
end$$;

-- Earlier lines of the certificate, by the union that held the membership first and holds it now. `p_version`: the one that they make.
create function hub.record_history(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_custody integer, p_data integer, p_version smallint, p_corrects bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    update memberships m set data_version = m.data_version + 1
     where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union and m.custody_version = p_custody
       and m.data_version = p_data and m.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED')
       and exists (select from holdings g where g.member_id = m.member_id and g.membership_id = m.membership_id and g.custody_version = 1
                      and g.holder_union = p_union);
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    if p_corrects is distinct from (select h.sha256 from histories h where h.member_id = p_member and h.membership_id = p_membership
                                     order by h.version desc limit 1) then
        raise exception 'another version stands' using errcode = 'HB409';
    end if;
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    insert into histories (member_id, membership_id, version, union_id, at, sha256, corrects_sha256)
    values (p_member, p_membership, p_version, p_union, p_at, p_sha, p_corrects);
    return true;
end$$;

-- Months paid: by the holder, or, with `p_agreement`, by the host union that covers the member at that instant. `p_before`: what was paid
-- when it was drafted. What is released shows what was paid: it is recalled first. `p_salt`: the card of before fits no release any more.
create function hub.record_dues(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_agreement uuid, p_before text, p_from text, p_through text,
    p_open uuid, p_open_step smallint, p_salt text, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer; is_covered boolean;
begin
    is_covered := p_agreement is not null and exists (
        select from unnest(coverages_now(p_at, array(select c from coverages c where c.member_id = p_member and c.membership_id = p_membership
                                                        and c.agreement_id = p_agreement and c.host_union = p_union))) n
         where n.is_live);
    update memberships m set data_version = m.data_version + 1, dues_paid_through = p_through, card_salt = p_salt
     where m.member_id = p_member and m.membership_id = p_membership and m.status = 'ACTIVE'
       and m.dues_paid_through = p_before and p_through > p_before
       and m.open_handoff is not distinct from p_open and m.open_step is not distinct from p_open_step
       and case when p_agreement is null then m.holder_union = p_union else is_covered end;
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    insert into dues (member_id, membership_id, sha256, union_id, agreement_id, paid_from, paid_through, at)
    values (p_member, p_membership, p_sha, p_union, p_agreement, p_from, p_through, p_at);
    return true;
end$$;
