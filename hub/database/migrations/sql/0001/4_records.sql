-- What an act does, one SQL statement each: the compare-and-set of `memberships` is the gate, everything after it is
-- inserted from the gate's rows. Given back are the ordinals applied; a missing one was overtaken. HB409: a claim (jti,
-- id, number) was taken meanwhile, the whole call is rolled back. HB500: our own bookkeeping does not add up.

create function hub.record_release(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_version integer[], p_to uuid[],
    p_reason text[], p_out_date date[], p_dues text[], p_valid_until date[], p_deadline timestamptz[],
    p_lapsed uuid[], p_lapsed_step smallint[], p_lapsed_at timestamptz[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[], p_card text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; claims integer; cases integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with cas as (
        update memberships m set open_handoff = u.handoff_id, open_step = 1
          from unnest(p_at, p_union, p_member, p_membership, p_handoff, p_version, p_to, p_reason, p_out_date, p_dues, p_valid_until,
                      p_deadline, p_lapsed, p_lapsed_step, p_lapsed_at, p_jti, p_sha, p_typ, p_jws, p_receipt, p_card) with ordinality
                   u (at, union_id, member_id, membership_id, handoff_id, version, to_union, reason, out_date, dues, valid_until,
                      deadline, lapsed, lapsed_step, lapsed_at, jti, sha, typ, jws, receipt, card, ord)
         where m.member_id = u.member_id and m.membership_id = u.membership_id and (prune is null or m.member_id = any (prune))
           and m.holder_union = u.union_id and m.custody_version = u.version and m.status in ('ACTIVE', 'RETAINED') and m.held_since < u.at
           and m.open_handoff is not distinct from u.lapsed and m.open_step is not distinct from u.lapsed_step
           and u.to_union <> u.union_id
        returning u.*),
    lapsed as (
        update handoffs h set state = 'EXPIRED', step_no = c.lapsed_step + 1, is_open = false, deadline = null
          from cas c where h.member_id = c.member_id and h.handoff_id = c.lapsed and (prune is null or h.member_id = any (prune))
        returning c.ord),
    lapsed_steps as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
        select c.member_id, c.lapsed, c.lapsed_step + 1, 'RELEASED', 'expire', 'EXPIRED', 'HUB', c.lapsed_at
          from cas c where c.lapsed is not null returning 1),
    lapsed_dockets as (
        update dockets d set state = 'EXPIRED', step_no = c.lapsed_step + 1, deadline = null, closed_at = c.lapsed_at
          from cas c where d.member_id = c.member_id and d.handoff_id = c.lapsed and (prune is null or d.member_id = any (prune)) returning 1),
    lapsed_cards as (
        delete from cards k using cas c where k.member_id = c.member_id and k.handoff_id = c.lapsed and k.side = 'RECEIVER'
           and (prune is null or k.member_id = any (prune)) returning 1),
    opened as (   -- after `lapsed`, by its data: at most one row may be open at any time
        insert into handoffs (member_id, handoff_id, membership_id, from_union, to_union, reason_code, state, step_no, custody_version,
                              release_sha256, out_date, dues_paid_through, opened_at, deadline, is_open)
        select c.member_id, c.handoff_id, c.membership_id, c.union_id, c.to_union, c.reason, 'RELEASED', 1, c.version,
               c.sha, c.out_date, c.dues, c.at, c.deadline, true
          from cas c left join lapsed l on l.ord = c.ord returning 1),
    claimed as (insert into handoff_claims (handoff_id, member_id) select c.handoff_id, c.member_id from cas c on conflict do nothing returning 1),
    stepped as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
        select c.member_id, c.handoff_id, 1, '-', 'release', 'RELEASED', 'HOLDER', c.union_id, c.at, c.sha from cas c returning 1),
    stated as (
        insert into statements (member_id, sha256, membership_id, handoff_id, iss, jti, typ, jws, receipt, received_at)
        select c.member_id, c.sha, c.membership_id, c.handoff_id, c.union_id, c.jti, c.typ, c.jws, c.receipt, c.at from cas c returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, member_id) select c.jti, c.union_id, c.sha, c.member_id from cas c on conflict do nothing returning 1),
    docketed as (
        insert into dockets (member_id, handoff_id, union_id, side, membership_id, state, step_no, counterpart, reason_code, custody_version,
                             release_sha256, out_date, valid_until, dues_paid_through, deadline, opened_at, released_at)
        select c.member_id, c.handoff_id, v.union_id, v.side, c.membership_id, 'RELEASED', 1, v.other, c.reason, c.version,
               c.sha, c.out_date, c.valid_until, c.dues, c.deadline, c.at, c.at
          from cas c cross join lateral (values (c.union_id, 'HOLDER', c.to_union), (c.to_union, 'RECEIVER', c.union_id)) v (union_id, side, other)
        returning 1),
    carded as (
        insert into cards (member_id, handoff_id, union_id, side, json)
        select c.member_id, c.handoff_id, v.union_id, v.side, c.card
          from cas c cross join lateral (values (c.union_id, 'HOLDER'), (c.to_union, 'RECEIVER')) v (union_id, side) returning 1)
    select coalesce(array_agg(c.ord::integer), '{}'), (select count(*) from spent), (select count(*) from claimed)
      into done, claims, cases from cas c;
    if claims <> cardinality(done) or cases <> cardinality(done) then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return done;
end$$;

create function hub.record_acceptance(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_step smallint[],
    p_in_date date[], p_basis text[], p_employer text[], p_salt text[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; claims integer; moved integer; opened integer; copies integer;
        prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with cas as (
        update memberships m set holder_union = h.to_union, custody_version = m.custody_version + 1, held_since = u.at, held_by_sha256 = u.sha,
               holding_basis = u.basis, employer_uscc = u.employer, member_unit = null, dues_paid_through = h.dues_paid_through,
               card_salt = u.salt, open_handoff = null, open_step = null
          from unnest(p_at, p_union, p_member, p_membership, p_handoff, p_step, p_in_date, p_basis, p_employer, p_salt,
                      p_jti, p_sha, p_typ, p_jws, p_receipt) with ordinality
                   u (at, union_id, member_id, membership_id, handoff_id, step_no, in_date, basis, employer, salt, jti, sha, typ, jws, receipt, ord)
          join handoffs h on h.member_id = u.member_id and h.handoff_id = u.handoff_id
         where m.member_id = u.member_id and m.membership_id = u.membership_id
           and (prune is null or m.member_id = any (prune)) and (prune is null or h.member_id = any (prune))
           and m.open_handoff = u.handoff_id and m.open_step = u.step_no and m.held_since < u.at
           and h.to_union = u.union_id and h.from_union = m.holder_union and h.custody_version = m.custody_version
           and (h.deadline is null or h.deadline > u.at)
        returning u.*, h.state as from_state, h.from_union, m.custody_version as version),
    closed as (
        update handoffs h set state = 'ACCEPTED', step_no = c.step_no + 1, is_open = false, deadline = null
          from cas c where h.member_id = c.member_id and h.handoff_id = c.handoff_id and (prune is null or h.member_id = any (prune)) returning 1),
    stepped as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
        select c.member_id, c.handoff_id, c.step_no + 1, c.from_state, 'accept', 'ACCEPTED', 'RECEIVER', c.union_id, c.at, c.sha from cas c returning 1),
    stated as (
        insert into statements (member_id, sha256, membership_id, handoff_id, iss, jti, typ, jws, receipt, received_at)
        select c.member_id, c.sha, c.membership_id, c.handoff_id, c.union_id, c.jti, c.typ, c.jws, c.receipt, c.at from cas c returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, member_id) select c.jti, c.union_id, c.sha, c.member_id from cas c on conflict do nothing returning 1),
    docketed as (
        update dockets d set state = 'ACCEPTED', step_no = c.step_no + 1, deadline = null, in_date = c.in_date, closed_at = c.at
          from cas c where d.member_id = c.member_id and d.handoff_id = c.handoff_id and (prune is null or d.member_id = any (prune)) returning 1),
    person as (
        update persons p set holder_union = c.union_id from cas c where p.member_id = c.member_id and (prune is null or p.member_id = any (prune))
        returning 1),
    held as (     -- close, then open: ordered by data, the interval ends before the next begins
        update holdings g set during = tstzrange(lower(g.during), c.at)
          from cas c where g.member_id = c.member_id and g.membership_id = c.membership_id and g.custody_version = c.version - 1
           and (prune is null or g.member_id = any (prune))
        returning c.member_id, c.membership_id, c.version, c.union_id, c.at),
    holds as (
        insert into holdings (member_id, membership_id, custody_version, holder_union, during)
        select h.member_id, h.membership_id, h.version, h.union_id, tstzrange(h.at, null) from held h returning 1)
    select coalesce(array_agg(c.ord::integer), '{}'), (select count(*) from spent), (select count(*) from person), (select count(*) from holds),
           (select count(*) from docketed)
      into done, claims, moved, opened, copies from cas c;
    if claims <> cardinality(done) then raise exception 'already claimed' using errcode = 'HB409'; end if;
    if opened <> cardinality(done) or moved <> cardinality(done) or copies < 2 * cardinality(done) then
        raise exception 'an acceptance did not move everything' using errcode = 'HB500';
    end if;
    return done;
end$$;

-- A case that closes without a move: refused, recalled, voided.
create function hub.record_closure(
    p_at timestamptz[], p_union uuid[], p_side text[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_step smallint[],
    p_act text[], p_step_side text[], p_to_state text[], p_ground text[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; claims integer; copies integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with cas as (
        update memberships m set open_handoff = null, open_step = null
          from unnest(p_at, p_union, p_side, p_member, p_membership, p_handoff, p_step, p_act, p_step_side, p_to_state, p_ground,
                      p_jti, p_sha, p_typ, p_jws, p_receipt) with ordinality
                   u (at, union_id, side, member_id, membership_id, handoff_id, step_no, act, step_side, to_state, ground, jti, sha, typ, jws, receipt, ord)
          join handoffs h on h.member_id = u.member_id and h.handoff_id = u.handoff_id
         where m.member_id = u.member_id and m.membership_id = u.membership_id
           and (prune is null or m.member_id = any (prune)) and (prune is null or h.member_id = any (prune))
           and m.open_handoff = u.handoff_id and m.open_step = u.step_no
           and u.union_id = case u.side when 'HOLDER' then h.from_union when 'RECEIVER' then h.to_union end
           and (u.side, u.act, u.step_side) in (('RECEIVER', 'refuse', 'RECEIVER'), ('HOLDER', 'recall', 'HOLDER'), ('RECEIVER', 'void', 'HUB'))
           and (h.deadline is null or h.deadline > u.at)
        returning u.*, h.state as from_state),
    closed as (
        update handoffs h set state = c.to_state, step_no = c.step_no + 1, is_open = false, deadline = null
          from cas c where h.member_id = c.member_id and h.handoff_id = c.handoff_id and (prune is null or h.member_id = any (prune)) returning 1),
    stepped as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
        select c.member_id, c.handoff_id, c.step_no + 1, c.from_state, c.act, c.to_state, c.step_side, c.union_id, c.at, c.sha from cas c returning 1),
    stated as (
        insert into statements (member_id, sha256, membership_id, handoff_id, iss, jti, typ, jws, receipt, received_at)
        select c.member_id, c.sha, c.membership_id, c.handoff_id, c.union_id, c.jti, c.typ, c.jws, c.receipt, c.at from cas c returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, member_id) select c.jti, c.union_id, c.sha, c.member_id from cas c on conflict do nothing returning 1),
    docketed as (
        update dockets d set state = c.to_state, step_no = c.step_no + 1, deadline = null, ground = c.ground, closed_at = c.at
          from cas c where d.member_id = c.member_id and d.handoff_id = c.handoff_id and (prune is null or d.member_id = any (prune)) returning 1),
    carded as (
        delete from cards k using cas c where k.member_id = c.member_id and k.handoff_id = c.handoff_id and k.side = 'RECEIVER'
           and (prune is null or k.member_id = any (prune)) returning 1)
    select coalesce(array_agg(c.ord::integer), '{}'), (select count(*) from spent), (select count(*) from docketed)
      into done, claims, copies from cas c;
    if claims <> cardinality(done) then raise exception 'already claimed' using errcode = 'HB409'; end if;
    if copies < 2 * cardinality(done) then raise exception 'a closure did not reach both sides' using errcode = 'HB500'; end if;
    return done;
end$$;

-- A first holding (A5). The claims are the gate: a person, an id, a number enters once.
create function hub.record_join(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_known boolean[],
    p_name text[], p_sex text[], p_birth_month text[], p_ethnic text[], p_political text[], p_id_type text[], p_id_masked text[],
    p_id_sealed bytea[], p_id_hash bytea[], p_mobile_masked text[], p_mobile_sealed bytea[], p_residence text[], p_migrant boolean[], p_form text[],
    p_basis text[], p_joined_on date[], p_dues text[], p_employer text[], p_unit text[], p_salt text[],
    p_province text[], p_number text[], p_issued_on date[], p_issuer text[], p_card_sealed bytea[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; asked integer; got integer; ids bytea[]; people uuid[];
begin
    select array_agg(c.id_hash), array_agg(c.member_id) into ids, people from identity_claims c where c.id_hash = any (p_id_hash);
    with given as (
        select u.* from unnest(p_at, p_union, p_member, p_membership, p_known, p_name, p_sex, p_birth_month, p_ethnic, p_political, p_id_type,
                               p_id_masked, p_id_sealed, p_id_hash, p_mobile_masked, p_mobile_sealed, p_residence, p_migrant, p_form, p_basis,
                               p_joined_on, p_dues, p_employer, p_unit, p_salt, p_province, p_number, p_issued_on, p_issuer, p_card_sealed,
                               p_jti, p_sha, p_typ, p_jws, p_receipt) with ordinality
               u (at, union_id, member_id, membership_id, known, name, sex, birth_month, ethnic, political, id_type, id_masked, id_sealed, id_hash,
                  mobile_masked, mobile_sealed, residence, migrant, form, basis, joined_on, dues, employer, unit, salt, province, number,
                  issued_on, issuer, card_sealed, jti, sha, typ, jws, receipt, ord)),
    claimed as (insert into membership_claims (membership_id, member_id) select g.membership_id, g.member_id from given g on conflict do nothing returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, member_id) select g.jti, g.union_id, g.sha, g.member_id from given g on conflict do nothing returning 1),
    identified as (
        insert into identity_claims (id_hash, member_id) select g.id_hash, g.member_id from given g where g.id_hash is not null and not g.known
        on conflict do nothing returning 1),
    numbered as (
        insert into certificate_claims (province_code, number, member_id, membership_id)
        select g.province, g.number, g.member_id, g.membership_id from given g where g.number is not null on conflict do nothing returning 1),
    person as (
        insert into persons (member_id, membership_id, holder_union, name, sex, birth_month, ethnic_group, political_status, id_type, id_number_masked,
                             mobile_masked, mobile_sealed, residence_division_code, is_rural_migrant, employment_form)
        select g.member_id, g.membership_id, g.union_id, g.name, g.sex, g.birth_month, g.ethnic, g.political, g.id_type, g.id_masked, g.mobile_masked,
               g.mobile_sealed, g.residence, g.migrant, g.form from given g
        on conflict (member_id) do update set membership_id = excluded.membership_id, holder_union = excluded.holder_union, name = excluded.name, sex = excluded.sex,
               birth_month = excluded.birth_month, ethnic_group = excluded.ethnic_group, political_status = excluded.political_status,
               id_type = excluded.id_type, id_number_masked = excluded.id_number_masked, mobile_masked = excluded.mobile_masked,
               mobile_sealed = excluded.mobile_sealed, residence_division_code = excluded.residence_division_code,
               is_rural_migrant = excluded.is_rural_migrant, employment_form = excluded.employment_form
        returning 1),
    ids as (
        insert into person_ids (member_id, id_no, id_type, sealed, id_hash, added_at)
        select g.member_id, 1, g.id_type, g.id_sealed, g.id_hash, g.at from given g where g.id_hash is not null and not g.known returning 1),
    joined as (
        insert into memberships (member_id, membership_id, holder_union, held_since, held_by_sha256, status, holding_basis, joined_on,
                                 dues_paid_through, employer_uscc, member_unit, card_salt, certificate_province, certificate_number,
                                 certificate_issued_on, issuing_union)
        select g.member_id, g.membership_id, g.union_id, g.at, g.sha, 'ACTIVE', g.basis, g.joined_on, g.dues, g.employer, g.unit, g.salt,
               g.province, g.number, g.issued_on, g.issuer from given g returning 1),
    holds as (
        insert into holdings (member_id, membership_id, custody_version, holder_union, during)
        select g.member_id, g.membership_id, 1, g.union_id, tstzrange(g.at, null) from given g returning 1),
    stated as (
        insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
        select g.member_id, g.sha, g.membership_id, g.union_id, g.jti, g.typ, g.jws, g.receipt, g.at from given g returning 1),
    carded as (
        insert into join_cards (member_id, membership_id, sealed) select g.member_id, g.membership_id, g.card_sealed from given g returning 1)
    select coalesce(array_agg(g.ord::integer), '{}'),
           2 * count(*) + count(*) filter (where g.id_hash is not null and not g.known) + count(g.number) + count(*) filter (where g.known),
           (select count(*) from claimed) + (select count(*) from spent) + (select count(*) from identified) + (select count(*) from numbered)
             + count(*) filter (where g.known and exists (select from unnest(ids, people) i (id_hash, member_id)
                                                            where i.id_hash = g.id_hash and i.member_id = g.member_id))
      into done, asked, got from given g;
    if asked <> got then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return done;
end$$;

create function hub.record_union(
    p_at timestamptz, p_by uuid, p_union uuid, p_uri text, p_uscc text, p_local_code text, p_name text, p_kind text, p_province text,
    p_jurisdiction text, p_established_on date, p_employers text[], p_member_unit boolean[], p_from date[], p_until date[],
    p_federation_of uuid[], p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare entered integer; claims integer;
begin
    with given as (
        insert into unions (union_id, uri, uscc, local_code, name, kind, parent_union, province_code, jurisdiction_code, established_on, registered_at)
        select p_union, p_uri, p_uscc, p_local_code, p_name, p_kind, b.union_id, p_province, p_jurisdiction, p_established_on, p_at
          from unions b where b.union_id = p_by and b.state = 'ACTIVE'
        on conflict do nothing returning union_id),
    spent as (insert into statement_claims (jti, iss, sha256, about_union) select p_jti, p_by, p_sha, g.union_id from given g on conflict do nothing returning 1),
    stated as (
        insert into union_statements (union_id, sha256, iss, jti, typ, jws, receipt, received_at)
        select g.union_id, p_sha, p_by, p_jti, p_typ, p_jws, p_receipt, p_at from given g returning 1),
    organised as (
        insert into union_employers (union_id, employer_uscc, is_member_unit, from_on, until_on)
        select g.union_id, e.employer, e.is_unit, e.from_on, e.until_on
          from given g cross join unnest(p_employers, p_member_unit, p_from, p_until) e (employer, is_unit, from_on, until_on) returning 1),
    federated as (
        insert into union_federations (union_id, federation_id, from_on)
        select f.union_id, g.union_id, p_established_on from given g cross join unnest(p_federation_of) f (union_id) returning 1)
    select (select count(*) from given), (select count(*) from spent) into entered, claims;
    if entered <> claims then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return entered = 1;
end$$;

create function hub.record_key(
    p_at timestamptz, p_by uuid, p_union uuid, p_use text, p_kid text, p_alg text, p_jwk text, p_not_before timestamptz,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare entered integer; claims integer;
begin
    with given as (
        insert into union_keys (union_id, use, kid, alg, jwk, not_before, registered_at, sha256)
        select b.union_id, p_use, p_kid, p_alg, p_jwk, p_not_before, p_at, p_sha
          from unions b where b.union_id = p_union and (b.union_id = p_by or b.parent_union = p_by)
        on conflict do nothing returning union_id),
    spent as (insert into statement_claims (jti, iss, sha256, about_union) select p_jti, p_by, p_sha, g.union_id from given g on conflict do nothing returning 1),
    stated as (
        insert into union_statements (union_id, sha256, iss, jti, typ, jws, receipt, received_at)
        select g.union_id, p_sha, p_by, p_jti, p_typ, p_jws, p_receipt, p_at from given g returning 1)
    select (select count(*) from given), (select count(*) from spent) into entered, claims;
    if entered <> claims then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return entered = 1;
end$$;

-- A key's end: retired (p_retired_at) or revoked (p_reason, p_invalid_from). The row stays.
create function hub.record_key_end(
    p_at timestamptz, p_by uuid, p_union uuid, p_use text, p_kid text, p_retired_at timestamptz, p_reason text, p_invalid_from timestamptz,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare ended integer; claims integer;
begin
    with given as (
        update union_keys k set retired_at = coalesce(p_retired_at, k.retired_at), revoked_at = case when p_retired_at is null then p_at else k.revoked_at end,
               reason = coalesce(p_reason, k.reason), invalid_from = coalesce(p_invalid_from, k.invalid_from)
          from unions b
         where b.union_id = p_union and (b.union_id = p_by or b.parent_union = p_by)
           and k.union_id = b.union_id and k.use = p_use and k.kid = p_kid and k.revoked_at is null
           and (p_retired_at is null or k.retired_at is null)
        returning k.union_id),
    spent as (insert into statement_claims (jti, iss, sha256, about_union) select p_jti, p_by, p_sha, g.union_id from given g on conflict do nothing returning 1),
    stated as (
        insert into union_statements (union_id, sha256, iss, jti, typ, jws, receipt, received_at)
        select g.union_id, p_sha, p_by, p_jti, p_typ, p_jws, p_receipt, p_at from given g returning 1)
    select (select count(*) from given), (select count(*) from spent) into ended, claims;
    if ended <> claims then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return ended = 1;
end$$;

-- One use of a client assertion. Forgets, in passing, those that have run out.
create function hub.record_login(p_now timestamptz, p_iss uuid, p_jti text, p_expires_at timestamptz)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare used integer;
begin
    delete from assertion_claims a where a.expires_at < least(p_now, clock_timestamp()) - interval '1 day';
    insert into assertion_claims (jti, iss, expires_at) values (p_jti, p_iss, p_expires_at) on conflict do nothing;
    get diagnostics used = row_count;
    return used = 1;
end$$;

create function hub.record_disclosure(p_union uuid, p_at timestamptz, p_id uuid, p_kind text, p_membership uuid, p_purpose text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    insert into disclosures (union_id, at, disclosure_id, kind, membership_id, purpose)
    values (p_union, p_at, p_id, p_kind, p_membership, p_purpose);
end$$;

-- A11: the full number, for the holder alone, and only together with its entry in the log.
create function hub.reveal_id_number(p_test_clock boolean, p_union uuid, p_membership uuid, p_id uuid, p_purpose text)
returns table (member_id uuid, id_type text, sealed bytea)
language plpgsql volatile security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_member uuid;
begin
    select m.member_id into v_member from membership_claims c join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id
     where c.membership_id = p_membership and m.holder_union = p_union;
    if v_member is null then return; end if;
    insert into disclosures (union_id, at, disclosure_id, kind, membership_id, purpose)
    values (p_union, hub_now(p_test_clock), p_id, 'ID_NUMBER', p_membership, p_purpose);
    return query select v_member, p.id_type, i.sealed from persons p left join person_ids i on i.member_id = p.member_id and i.id_no = 1
                  where p.member_id = v_member;
end$$;
