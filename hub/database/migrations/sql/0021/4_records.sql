-- A release for an employer's closure may retain the member too (A19): for every record of a release, as its last sentence, over those that
-- it has recorded. The retention stays, whatever becomes of the release. The card of before fits no other release.
create function hub.retain_released(
    p_at timestamptz[], p_union uuid[], p_side text, p_member uuid[], p_membership uuid[], p_handoff uuid[], p_sha bytea[], p_retains jsonb[],
    p_done integer[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare i integer; v_no smallint; v_basis text; n integer;
begin
    foreach i in array p_done loop
        continue when p_retains[i] is null;
        select m.holding_basis into v_basis from memberships m where m.member_id = p_member[i] and m.membership_id = p_membership[i];
        update memberships m set status = 'RETAINED', data_version = m.data_version + 1, card_salt = p_retains[i] ->> 'salt',
               holding_basis = case m.holding_basis when 'PLACEMENT' then 'RESIDENCE_RETENTION' else m.holding_basis end
          from handoffs h
         where m.member_id = p_member[i] and m.membership_id = p_membership[i] and m.status = 'ACTIVE' and m.holding_basis <> 'SECONDMENT'
           and h.member_id = m.member_id and h.handoff_id = m.open_handoff and h.handoff_id = p_handoff[i] and h.reason_code = 'EMPLOYER_CLOSURE';
        get diagnostics n = row_count;
        if n <> 1 then raise exception 'not as the facts had it' using errcode = 'HB409'; end if;
        select coalesce(max(r.retention_no), 0) + 1 into v_no
          from retentions r where r.member_id = p_member[i] and r.membership_id = p_membership[i];
        insert into retentions (member_id, membership_id, retention_no, state, step_no, reason, retained_on, prior_basis, sha256)
        values (p_member[i], p_membership[i], v_no, 'RECORDED', 1, p_retains[i] ->> 'reason', (p_retains[i] ->> 'retained_on')::date, v_basis,
                p_sha[i]);
        insert into retention_steps (member_id, membership_id, retention_no, step_no, from_state, act, to_state, side, union_id, at, reason, sha256)
        values (p_member[i], p_membership[i], v_no, 1, '-', 'record', 'RECORDED', p_side, p_union[i], p_at[i], p_retains[i] ->> 'reason', p_sha[i]);
        perform enter_statuses(array[p_at[i]], array[p_member[i]], array[p_membership[i]]);
    end loop;
end$$;

-- As before; and who is retained by it.
alter function hub.record_release(
    timestamptz[], uuid[], uuid[], uuid[], uuid[], integer[], uuid[], text[], date[], text[], date[], timestamptz[], uuid[], timestamptz[],
    boolean[], uuid[], smallint[], jsonb[], text[], uuid[], bytea[], text[], text[], text[], text[], jsonb[]) rename to release_membership;

create function hub.record_release(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_version integer[], p_to uuid[], p_reason text[],
    p_out_date date[], p_dues text[], p_valid_until date[], p_deadline timestamptz[], p_overdue_union uuid[], p_overdue_at timestamptz[],
    p_overdue_tentative boolean[], p_lapsed uuid[], p_lapsed_step smallint[], p_passed jsonb[], p_lapsed_ground text[], p_jti uuid[], p_sha bytea[],
    p_typ text[], p_jws text[], p_receipt text[], p_card text[], p_terms jsonb[], p_retains jsonb[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[];
begin
    done := release_membership(p_at, p_union, p_member, p_membership, p_handoff, p_version, p_to, p_reason, p_out_date, p_dues, p_valid_until, p_deadline,
                               p_overdue_union, p_overdue_at, p_overdue_tentative, p_lapsed, p_lapsed_step, p_passed, p_lapsed_ground, p_jti, p_sha,
                               p_typ, p_jws, p_receipt, p_card, p_terms);
    perform retain_released(p_at, p_union, 'HOLDER', p_member, p_membership, p_handoff, p_sha, p_retains, done);
    return done;
end$$;

alter function hub.record_pushed_in_lieu(
    timestamptz, uuid, uuid, uuid, uuid, integer, uuid, text, date, text, date, timestamptz, uuid, timestamptz, boolean, uuid, smallint, jsonb,
    text, uuid, bytea, text, text, text, text, jsonb) rename to push_in_lieu;

create function hub.record_pushed_in_lieu(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_handoff uuid, p_version integer, p_to uuid, p_reason text,
    p_out_date date, p_dues text, p_valid_until date, p_deadline timestamptz, p_overdue_union uuid, p_overdue_at timestamptz,
    p_overdue_tentative boolean, p_lapsed uuid, p_lapsed_step smallint, p_passed jsonb, p_lapsed_ground text, p_jti uuid, p_sha bytea,
    p_typ text, p_jws text, p_receipt text, p_card text, p_terms jsonb, p_retains jsonb)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    if not push_in_lieu(p_at, p_union, p_member, p_membership, p_handoff, p_version, p_to, p_reason, p_out_date, p_dues, p_valid_until, p_deadline,
                        p_overdue_union, p_overdue_at, p_overdue_tentative, p_lapsed, p_lapsed_step, p_passed, p_lapsed_ground, p_jti, p_sha, p_typ,
                        p_jws, p_receipt, p_card, p_terms) then
        return false;
    end if;
    perform retain_released(array[p_at], array[p_union], 'HIGHER', array[p_member], array[p_membership], array[p_handoff], array[p_sha],
                            array[p_retains], array[1]);
    return true;
end$$;

-- The restoration of one who is placed by it with the union of an area that has retained him (A13, A19): as any restoration; and the employer
-- is the one awaited. Organised since the facts were read: they are to be read again.
create function hub.record_placing(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_custody integer, p_data integer, p_open uuid, p_open_step smallint,
    p_retention smallint, p_step smallint, p_act text, p_to_state text, p_reason text, p_retained_on date, p_restored_on date,
    p_status text, p_basis text, p_prior_basis text, p_salt text, p_case uuid, p_passed jsonb, p_ground text, p_ground_told text, p_ground_articles text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text, p_employer text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    -- Nor is the union wound up before this is in.
    perform 1 from unions n where n.union_id = p_union and n.state = 'ACTIVE' for key share;
    if not found then return false; end if;
    if p_act <> 'restore' or p_basis <> 'PLACEMENT' or union_of_employer(p_employer, (p_at at time zone 'Asia/Shanghai')::date) is not null then
        return false;
    end if;
    update memberships m set employer_uscc = p_employer, member_unit = null
      from unions h
     where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union and m.custody_version = p_custody
       and m.data_version = p_data and m.status = 'RETAINED' and m.holding_basis <> 'CUSTODIAL' and h.union_id = m.holder_union
       and h.kind in ('TOWNSHIP_SUBDISTRICT_UNION', 'VILLAGE_COMMUNITY_UNION', 'DEVELOPMENT_ZONE_UNION', 'COUNTY_FEDERATION');
    get diagnostics n = row_count;
    if n <> 1 then return false; end if;
    if not record_retention(p_at, p_union, p_member, p_membership, p_custody, p_data, p_open, p_open_step, p_retention, p_step, p_act, p_to_state,
                            p_reason, p_retained_on, p_restored_on, p_status, p_basis, p_prior_basis, p_salt, p_case, p_passed, p_ground,
                            p_ground_told, p_ground_articles, p_jti, p_sha, p_typ, p_jws, p_receipt) then
        raise exception 'not as the facts had it' using errcode = 'HB409';
    end if;
    return true;
end$$;
