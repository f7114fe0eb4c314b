-- A second membership of a person: held, and standing still. The gate is the live one's row; its number stays claimed by that one.
create function hub.record_suspected(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_pair uuid[], p_other_member uuid[], p_other_membership uuid[],
    p_disclosure uuid[],
    p_name text[], p_sex text[], p_birth_month text[], p_ethnic text[], p_political text[], p_id_type text[], p_id_masked text[],
    p_id_sealed bytea[], p_id_hash bytea[], p_mobile_masked text[], p_mobile_sealed bytea[], p_residence text[], p_migrant boolean[], p_form text[],
    p_basis text[], p_joined_on date[], p_dues text[], p_employer text[], p_unit text[], p_salt text[],
    p_province text[], p_number text[], p_issued_on date[], p_issuer text[], p_card_sealed bytea[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; asked integer; got integer; ids bytea[]; people uuid[];
        prune uuid[] := case when cardinality(p_other_member) <= 32 then p_other_member end;
begin
    select array_agg(c.id_hash), array_agg(c.member_id) into ids, people from identity_claims c where c.id_hash = any (p_id_hash);
    with cas as (
        update memberships m set open_duplicate = u.pair_id
          from unnest(p_at, p_union, p_member, p_membership, p_pair, p_other_member, p_other_membership, p_disclosure, p_name, p_sex, p_birth_month,
                      p_ethnic, p_political, p_id_type, p_id_masked, p_id_sealed, p_id_hash, p_mobile_masked, p_mobile_sealed, p_residence, p_migrant,
                      p_form, p_basis, p_joined_on, p_dues, p_employer, p_unit, p_salt, p_province, p_number, p_issued_on, p_issuer, p_card_sealed,
                      p_jti, p_sha, p_typ, p_jws, p_receipt) with ordinality
                   u (at, union_id, member_id, membership_id, pair_id, other_member, other_membership, disclosure_id, name, sex, birth_month,
                      ethnic, political, id_type, id_masked, id_sealed, id_hash, mobile_masked, mobile_sealed, residence, migrant,
                      form, basis, joined_on, dues, employer, unit, salt, province, number, issued_on, issuer, card_sealed,
                      jti, sha, typ, jws, receipt, ord)
          join unnest(ids, people) i (id_hash, member_id) on i.id_hash = u.id_hash and i.member_id = u.other_member
         where m.member_id = u.other_member and m.membership_id = u.other_membership and (prune is null or m.member_id = any (prune))
           and m.status in ('ACTIVE', 'RETAINED') and m.open_duplicate is null and u.union_id is not null
        returning u.*),
    claimed as (insert into membership_claims (membership_id, member_id) select g.membership_id, g.member_id from cas g on conflict do nothing returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, member_id) select g.jti, g.union_id, g.sha, g.member_id from cas g on conflict do nothing returning 1),
    numbered as (
        insert into certificate_claims (province_code, number, member_id, membership_id)
        select g.province, g.number, g.member_id, g.membership_id from cas g where g.number is not null on conflict do nothing returning 1),
    person as (
        insert into persons (member_id, membership_id, holder_union, name, sex, birth_month, ethnic_group, political_status, id_type, id_number_masked,
                             mobile_masked, mobile_sealed, residence_division_code, is_rural_migrant, employment_form)
        select g.member_id, g.membership_id, g.union_id, g.name, g.sex, g.birth_month, g.ethnic, g.political, g.id_type, g.id_masked, g.mobile_masked,
               g.mobile_sealed, g.residence, g.migrant, g.form from cas g returning 1),
    numbers as (
        insert into person_ids (member_id, id_no, id_type, sealed, id_hash, added_at)
        select g.member_id, 1, g.id_type, g.id_sealed, g.id_hash, g.at from cas g returning 1),
    entered as (
        insert into memberships (member_id, membership_id, holder_union, held_since, held_by_sha256, status, holding_basis, joined_on,
                                 dues_paid_through, employer_uscc, member_unit, card_salt, certificate_province, certificate_number,
                                 certificate_issued_on, issuing_union, open_duplicate)
        select g.member_id, g.membership_id, g.union_id, g.at, g.sha, 'DUPLICATE_SUSPECTED', g.basis, g.joined_on, g.dues, g.employer, g.unit, g.salt,
               g.province, g.number, g.issued_on, g.issuer, g.pair_id from cas g returning 1),
    holds as (
        insert into holdings (member_id, membership_id, custody_version, holder_union, during)
        select g.member_id, g.membership_id, 1, g.union_id, tstzrange(g.at, null) from cas g returning 1),
    paired as (
        insert into duplicates (member_id, membership_id, pair_id, other_member, other_membership, found_at)
        select v.member_id, v.membership_id, g.pair_id, v.other_member, v.other_membership, g.at
          from cas g cross join lateral (values (g.member_id, g.membership_id, g.other_member, g.other_membership),
                                                (g.other_member, g.other_membership, g.member_id, g.membership_id))
                                        v (member_id, membership_id, other_member, other_membership) returning 1),
    stated as (
        insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
        select g.member_id, g.sha, g.membership_id, g.union_id, g.jti, g.typ, g.jws, g.receipt, g.at from cas g returning 1),
    carded as (
        insert into join_cards (member_id, membership_id, sealed) select g.member_id, g.membership_id, g.card_sealed from cas g returning 1),
    logged as (   -- who imports learns that the person is a member elsewhere, as who drafts a join does
        insert into disclosures (union_id, at, disclosure_id, kind, membership_id)
        select g.union_id, g.at, g.disclosure_id, 'ALREADY_MEMBER', g.other_membership from cas g returning 1)
    select coalesce(array_agg(g.ord::integer), '{}'), 2 * count(*) + count(g.number),
           (select count(*) from claimed) + (select count(*) from spent) + (select count(*) from numbered)
      into done, asked, got from cas g;
    if asked <> got then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return done;
end$$;

-- What settles a pair, within an act: one goes on, with the earlier day of joining; the other ends, its holding and its open case with it.
create function hub.settle_pair(
    p_at timestamptz, p_pair uuid, p_survivor hub.memberships, p_loser hub.memberships, p_joined_on date,
    p_case uuid, p_case_step smallint, p_passed jsonb, p_ground text, p_ground_told text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer; v_hashes bytea[]; v_last text := p_passed -> -1 ->> 'to'; v_step smallint := p_case_step + jsonb_array_length(p_passed);
        v_ended timestamptz := (p_passed -> -1 ->> 'at')::timestamptz;
begin
    if p_case is not null then
        update handoffs h set state = v_last, step_no = v_step, is_open = false, deadline = null, then_deadline = null
         where h.member_id = p_loser.member_id and h.handoff_id = p_case;
        with stepped as (
            insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
            select p_loser.member_id, p_case, p_case_step + s.n, s.step ->> 'from', s.step ->> 'act', s.step ->> 'to', 'HUB', (s.step ->> 'at')::timestamptz
              from jsonb_array_elements(p_passed) with ordinality s (step, n) returning 1)
        select count(*) into n from stepped;
        delete from dockets d where d.member_id = p_loser.member_id and d.handoff_id = p_case and d.visible_from > v_ended;
        update dockets d set state = v_last, step_no = v_step, deadline = null, then_deadline = null, closed_at = v_ended,
               ground = case when d.side = 'HOLDER' then p_ground else p_ground_told end
         where d.member_id = p_loser.member_id and d.handoff_id = p_case;
        get diagnostics n = row_count;
        if n < 2 then raise exception 'the end of a case did not reach both sides' using errcode = 'HB500'; end if;
        delete from cards k where k.member_id = p_loser.member_id and k.handoff_id = p_case and k.side = 'RECEIVER';
    end if;
    update memberships m set status = 'DUPLICATE_MERGED', open_handoff = null, open_step = null, open_duplicate = null
     where m.member_id = p_loser.member_id and m.membership_id = p_loser.membership_id;
    update holdings g set during = tstzrange(lower(g.during), p_at)
     where g.member_id = p_loser.member_id and g.membership_id = p_loser.membership_id and g.custody_version = p_loser.custody_version;
    get diagnostics n = row_count;
    if n <> 1 then raise exception 'a merge did not end the holding' using errcode = 'HB500'; end if;
    -- Every number of either is the survivor's now: who comes with one of them is known.
    v_hashes := array(select i.id_hash from person_ids i where i.member_id in (p_loser.member_id, p_survivor.member_id)
                      union select c.id_hash from identity_claims c where c.member_id = p_loser.member_id);  -- of whom it had taken in
    update identity_claims c set member_id = p_survivor.member_id where c.id_hash = any (v_hashes) and c.member_id = p_loser.member_id;
    with claimed as (
        insert into identity_claims (id_hash, member_id) select distinct h, p_survivor.member_id from unnest(v_hashes) h on conflict do nothing returning 1)
    select count(*) into n from claimed;
    -- A number that was corrected away meanwhile may be another person's by now (I3).
    if exists (select from identity_claims c where c.id_hash = any (v_hashes) and c.member_id <> p_survivor.member_id)
       or not exists (select from person_ids a join person_ids b on b.id_hash = a.id_hash
                       where a.member_id = p_survivor.member_id and b.member_id = p_loser.member_id) then
        raise exception 'already claimed' using errcode = 'HB409';
    end if;
    update memberships m set joined_on = p_joined_on, status = case when m.status = 'DUPLICATE_SUSPECTED' then 'ACTIVE' else m.status end, open_duplicate = null
     where m.member_id = p_survivor.member_id and m.membership_id = p_survivor.membership_id;
    update duplicates d set closed_at = p_at
     where d.member_id = p_survivor.member_id and d.membership_id = p_survivor.membership_id and d.pair_id = p_pair;
    update duplicates d set closed_at = p_at where d.member_id = p_loser.member_id and d.membership_id = p_loser.membership_id and d.pair_id = p_pair;
end$$;

-- One holder's word on a pair. With the other's over the same document (`p_merge_sha`), or where one union holds both, it is settled.
create function hub.record_merge(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_pair uuid, p_other_member uuid, p_other_membership uuid,
    p_other_holder uuid, p_survives boolean, p_joined_on date, p_merge_sha bytea, p_completes boolean,
    p_decide_from timestamptz, p_higher uuid, p_name_masked text,
    p_case uuid, p_case_step smallint, p_passed jsonb, p_ground text, p_ground_told text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare own memberships; other memberships; survivor memberships; loser memberships; v_said bytea; n integer;
begin
    -- Both gates, always in one order, so that two holders never wait for each other.
    perform 1 from memberships m where m.member_id = least(p_member, p_other_member) and m.membership_id in (p_membership, p_other_membership) for update;
    perform 1 from memberships m where m.member_id = greatest(p_member, p_other_member) and m.membership_id in (p_membership, p_other_membership) for update;
    select m.* into own from memberships m
     where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union and m.open_duplicate = p_pair;
    select m.* into other from memberships m
     where m.member_id = p_other_member and m.membership_id = p_other_membership and m.holder_union = p_other_holder and m.open_duplicate = p_pair;
    if own.membership_id is null or other.membership_id is null or own.membership_id = other.membership_id then return false; end if;
    if least(own.joined_on, other.joined_on) <> p_joined_on then return false; end if;
    select d.said_sha256 into v_said from duplicates d
     where d.member_id = p_other_member and d.membership_id = p_other_membership and d.pair_id = p_pair and d.said_by = p_other_holder;
    if p_completes <> (p_other_holder = p_union or coalesce(v_said = p_merge_sha, false)) then return false; end if;
    if p_survives then survivor := own; loser := other; else survivor := other; loser := own; end if;
    if p_completes and (loser.open_handoff is distinct from p_case or loser.open_step is distinct from p_case_step
                        or p_at <= loser.held_since or (p_case is not null and jsonb_array_length(p_passed) = 0)) then
        return false;
    end if;
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    update duplicates d set said_by = p_union, said_sha256 = p_merge_sha, decide_from = coalesce(p_decide_from, d.decide_from)
     where d.member_id = p_member and d.membership_id = p_membership and d.pair_id = p_pair;
    update duplicates d set decide_from = coalesce(p_decide_from, d.decide_from)
     where d.member_id = p_other_member and d.membership_id = p_other_membership and d.pair_id = p_pair;
    update duplicates d set higher_union = p_higher, name_masked = p_name_masked
     where d.member_id = survivor.member_id and d.membership_id = survivor.membership_id and d.pair_id = p_pair;
    if p_completes then
        perform settle_pair(p_at, p_pair, survivor, loser, p_joined_on, p_case, p_case_step, p_passed, p_ground, p_ground_told);
    end if;
    return true;
end$$;

-- Where the holders have not become one in time: the union above the holder of the one that goes on, over a document that one of
-- the two holders has signed.
create function hub.record_decision(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_pair uuid, p_other_member uuid, p_other_membership uuid,
    p_holder uuid, p_other_holder uuid, p_joined_on date, p_merge_sha bytea,
    p_case uuid, p_case_step smallint, p_passed jsonb, p_ground text, p_ground_told text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare survivor memberships; loser memberships; said duplicates; other_said duplicates; n integer;
begin
    perform 1 from memberships m where m.member_id = least(p_member, p_other_member) and m.membership_id in (p_membership, p_other_membership) for update;
    perform 1 from memberships m where m.member_id = greatest(p_member, p_other_member) and m.membership_id in (p_membership, p_other_membership) for update;
    select m.* into survivor from memberships m
     where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_holder and m.open_duplicate = p_pair;
    select m.* into loser from memberships m
     where m.member_id = p_other_member and m.membership_id = p_other_membership and m.holder_union = p_other_holder and m.open_duplicate = p_pair;
    if survivor.membership_id is null or loser.membership_id is null or survivor.membership_id = loser.membership_id then return false; end if;
    if decider_of(p_holder, p_other_holder) is distinct from p_union then return false; end if;
    if least(survivor.joined_on, loser.joined_on) <> p_joined_on then return false; end if;
    select d.* into said from duplicates d where d.member_id = p_member and d.membership_id = p_membership and d.pair_id = p_pair;
    select d.* into other_said from duplicates d where d.member_id = p_other_member and d.membership_id = p_other_membership and d.pair_id = p_pair;
    if coalesce(said.decide_from > p_at, true) then return false; end if;
    if not (coalesce(said.said_by = p_holder and said.said_sha256 = p_merge_sha, false)
            or coalesce(other_said.said_by = p_other_holder and other_said.said_sha256 = p_merge_sha, false)) then
        return false;
    end if;
    if loser.open_handoff is distinct from p_case or loser.open_step is distinct from p_case_step
       or p_at <= loser.held_since or (p_case is not null and jsonb_array_length(p_passed) = 0) then
        return false;
    end if;
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    perform settle_pair(p_at, p_pair, survivor, loser, p_joined_on, p_case, p_case_step, p_passed, p_ground, p_ground_told);
    return true;
end$$;

-- As before; and FROZEN where everything fits a membership that stands still as a suspected duplicate (A3): the signed request is told so.
create or replace function hub.record_match(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_match uuid, p_target uuid, p_province text, p_number text, p_id_hash bytea,
    p_name text, p_birth_month text, p_minutes integer, p_union_max integer, p_target_max integer)
returns table (signer hub.signer, employers text[], is_limited boolean)
language plpgsql volatile security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_signer signer; v_member uuid; v_membership uuid; v_limited boolean; v_frozen boolean := false; v_now timestamptz := hub_now(p_test_clock);
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
        insert into matches (union_id, match_id, drafted_at, expires_at, outcome, target, member_id, membership_id)
        values (p_union, p_match, v_now, v_now + make_interval(mins => p_minutes),
                case when v_membership is not null then 'ONE' when v_frozen then 'FROZEN'
                     when p_number is null and p_id_hash is null and p_name is null then 'MISSING' else 'NONE' end,
                p_target, case when v_membership is not null then v_member end, v_membership);
    end if;
    return query
    select v_signer, array(select e.employer_uscc from union_employers e where e.union_id = p_union and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)), v_limited;
end$$;
