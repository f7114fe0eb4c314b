-- An act on a certificate. The gate is the membership's row: of two acts at once the second finds other data than it was drafted on.
-- `p_from`: '-' where there is none yet. `p_new_…`: the one that is issued. A lost one that is found is the valid one again.
create function hub.record_certificate(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_custody integer, p_data integer, p_open uuid, p_open_step smallint,
    p_act text, p_province text, p_number text, p_from text, p_to text, p_new_province text, p_new_number text, p_new_issued_on date, p_new_issuer text,
    p_reason text, p_collected_on date, p_salt text, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare held memberships; kept certificates; n integer; is_current boolean; v_step integer := 2 * (p_data + 1);
begin
    select m.* into held from memberships m where m.member_id = p_member and m.membership_id = p_membership for update;
    if held.membership_id is null or held.holder_union <> p_union or held.custody_version <> p_custody or held.data_version <> p_data
       or held.open_handoff is distinct from p_open or held.open_step is distinct from p_open_step then
        return false;
    end if;
    is_current := held.certificate_number is not null and held.certificate_number = p_number and held.certificate_province = p_province;
    select c.* into kept from certificates c
     where c.member_id = p_member and c.membership_id = p_membership and c.province_code = p_province and c.number = p_number;
    if p_from <> (case when is_current then 'VALID' else coalesce(kept.state, '-') end) then return false; end if;
    -- Never a second valid one (I15).
    if (p_to = 'VALID' or p_new_number is not null) and not is_current and held.certificate_number is not null then return false; end if;
    if p_from = '-' and (p_number is distinct from p_new_number or p_province is distinct from p_new_province) then return false; end if;
    if not (case when p_act = 'collect_certificate' then held.status in ('WITHDRAWN', 'DEEMED_WITHDRAWN', 'EXPELLED')
                when p_to = 'VOIDED' then true
                when p_new_number is not null then held.status in ('ACTIVE', 'RETAINED') else held.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED') end) then
        return false;
    end if;

    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    if p_new_number is not null then
        insert into certificate_claims (province_code, number, member_id, membership_id) values (p_new_province, p_new_number, p_member, p_membership)
        on conflict do nothing;
        get diagnostics n = row_count;
        if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    end if;

    if p_from = 'VALID' then
        insert into certificates (member_id, membership_id, province_code, number, state, issued_on, issuing_union, since, data_version, reason,
                                  replaced_by_province, replaced_by_number, collected_on)
        values (p_member, p_membership, p_province, p_number, p_to, held.certificate_issued_on, held.issuing_union, p_at, p_data + 1, p_reason,
                p_new_province, p_new_number, p_collected_on);
    elsif p_from <> '-' and p_to = 'VALID' then
        delete from certificates c where c.member_id = p_member and c.membership_id = p_membership and c.province_code = p_province and c.number = p_number;
    elsif p_from <> '-' then
        update certificates c set state = p_to, since = p_at, data_version = p_data + 1, reason = coalesce(p_reason, c.reason),
               replaced_by_province = coalesce(p_new_province, c.replaced_by_province), replaced_by_number = coalesce(p_new_number, c.replaced_by_number)
         where c.member_id = p_member and c.membership_id = p_membership and c.province_code = p_province and c.number = p_number;
    end if;

    update memberships m set data_version = p_data + 1, card_salt = p_salt,
           certificate_province = case when p_new_number is not null then p_new_province when p_to = 'VALID' then kept.province_code
                                       when is_current then null else m.certificate_province end,
           certificate_number = case when p_new_number is not null then p_new_number when p_to = 'VALID' then kept.number
                                     when is_current then null else m.certificate_number end,
           certificate_issued_on = case when p_new_number is not null then p_new_issued_on when p_to = 'VALID' then kept.issued_on
                                        when is_current then null else m.certificate_issued_on end,
           issuing_union = case when p_new_number is not null then p_new_issuer when p_to = 'VALID' then kept.issuing_union
                                when is_current then null else m.issuing_union end
     where m.member_id = p_member and m.membership_id = p_membership;

    insert into certificate_steps (member_id, membership_id, step_no, province_code, number, from_state, act, to_state, union_id, at, sha256)
    values (p_member, p_membership, v_step, p_province, p_number, p_from, p_act, p_to, p_union, p_at, p_sha);
    if p_new_number is not null and p_from <> '-' then
        insert into certificate_steps (member_id, membership_id, step_no, province_code, number, from_state, act, to_state, union_id, at, sha256)
        values (p_member, p_membership, v_step + 1, p_new_province, p_new_number, '-', p_act, 'VALID', p_union, p_at, p_sha);
    end if;
    insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    return true;
end$$;

-- A province's word on its numbers, by its own federation.
create function hub.record_numbering_scheme(
    p_at timestamptz, p_union uuid, p_province text, p_pattern text, p_check text, p_from_on date,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    if not exists (select from unions u where u.union_id = p_union and u.kind = 'PROVINCIAL_FEDERATION' and u.province_code = p_province and u.state = 'ACTIVE') then
        return false;
    end if;
    insert into statement_claims (jti, iss, sha256, about_union) values (p_jti, p_union, p_sha, p_union) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into numbering_schemes (province_code, from_on, at, pattern, check_rule, by_union, sha256)
    values (p_province, p_from_on, p_at, p_pattern, p_check, p_union, p_sha);
    insert into union_statements (union_id, sha256, iss, jti, typ, jws, receipt, received_at)
    values (p_union, p_sha, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    return true;
end$$;

-- As before; and NOT_VALID where everything fits a live membership, but the certificate given was its own once and is good no more (NX-7).
create or replace function hub.record_match(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_match uuid, p_target uuid, p_province text, p_number text, p_id_hash bytea,
    p_name text, p_birth_month text, p_minutes integer, p_union_max integer, p_target_max integer)
returns table (signer hub.signer, employers text[], is_limited boolean)
language plpgsql volatile security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_signer signer; v_member uuid; v_membership uuid; v_limited boolean; v_frozen boolean := false; v_not_valid boolean := false; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    v_signer := (signers_of(v_now, array[p_union], array[p_login_kid], array[null::text], array[null::text], array[null::uuid]))[1];
    if v_signer.uri is null or not v_signer.login_in_force then
        return query select v_signer, '{}'::text[], false;
        return;
    end if;
    v_limited := (select count(*) from matches x where x.union_id = p_union and x.drafted_at > v_now - interval '1 day' and x.drafted_at <= v_now)
                     >= p_union_max
              or (select count(*) from matches x where x.target = p_target and x.drafted_at > v_now - interval '1 day' and x.drafted_at <= v_now)
                     >= p_target_max;
    if not v_limited then
        v_member := coalesce((select c.member_id from certificate_claims c where c.number = p_number and c.province_code = p_province),
                             (select i.member_id from identity_claims i where i.id_hash = p_id_hash));
        select m.membership_id into v_membership
          from memberships m join persons p on p.member_id = m.member_id
         where m.member_id = v_member and m.status in ('ACTIVE', 'RETAINED') and p.name = p_name and p.birth_month = p_birth_month
           and (p_number is null or (m.certificate_number = p_number and m.certificate_province = p_province));
        v_frozen := exists (
            select from memberships m join persons p on p.member_id = m.member_id
             where m.member_id = v_member and m.status = 'DUPLICATE_SUSPECTED' and p.name = p_name and p.birth_month = p_birth_month
               and m.certificate_number = p_number and m.certificate_province = p_province);
        v_not_valid := v_membership is null and exists (
            select from memberships m
              join persons p on p.member_id = m.member_id
              join certificates k on k.member_id = m.member_id and k.membership_id = m.membership_id
             where m.member_id = v_member and m.status in ('ACTIVE', 'RETAINED') and p.name = p_name and p.birth_month = p_birth_month
               and k.number = p_number and k.province_code = p_province);
        insert into matches (union_id, match_id, drafted_at, expires_at, outcome, target, member_id, membership_id)
        values (p_union, p_match, v_now, v_now + make_interval(mins => p_minutes),
                case when v_membership is not null then 'ONE' when v_frozen then 'FROZEN' when v_not_valid then 'NOT_VALID'
                     when p_number is null and p_id_hash is null and p_name is null then 'MISSING' else 'NONE' end,
                p_target, case when v_membership is not null then v_member end, v_membership);
    end if;
    return query
    select v_signer, array(select e.employer_uscc from union_employers e where e.union_id = p_union and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)), v_limited;
end$$;
