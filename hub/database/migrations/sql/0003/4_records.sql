-- What an amendment writes; and the acts that it may meet. A release fits only the card of now: its salt is renewed whenever what the
-- card shows is amended. A holding that ends keeps how the member was held, so that a correction can give it back.

-- A release that opens a handoff. `lapsed`: the case that ends first, by its dates or because this release goes elsewhere.
create or replace function hub.record_release(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_version integer[], p_to uuid[], p_reason text[],
    p_out_date date[], p_dues text[], p_valid_until date[], p_deadline timestamptz[], p_overdue_union uuid[], p_overdue_at timestamptz[],
    p_overdue_tentative boolean[], p_lapsed uuid[], p_lapsed_step smallint[], p_passed jsonb[], p_lapsed_ground text[], p_jti uuid[], p_sha bytea[],
    p_typ text[], p_jws text[], p_receipt text[], p_card text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; claims integer; cases integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with cas as (
        update memberships m set open_handoff = u.handoff_id, open_step = 1
          from unnest(p_at, p_union, p_member, p_membership, p_handoff, p_version, p_to, p_reason, p_out_date, p_dues, p_valid_until, p_deadline, p_overdue_union,
                      p_overdue_at, p_overdue_tentative, p_lapsed, p_lapsed_step, p_passed, p_lapsed_ground, p_jti, p_sha, p_typ, p_jws, p_receipt, p_card) with ordinality
                   u (at, union_id, member_id, membership_id, handoff_id, version, to_union, reason, out_date, dues, valid_until, deadline, overdue_union, overdue_at,
                      overdue_tentative, lapsed, lapsed_step, passed, lapsed_ground, jti, sha, typ, jws, receipt, card, ord)
         where m.member_id = u.member_id and m.membership_id = u.membership_id and (prune is null or m.member_id = any (prune))
           and m.holder_union = u.union_id and m.custody_version = u.version and m.status in ('ACTIVE', 'RETAINED') and m.held_since < u.at
           and m.open_handoff is not distinct from u.lapsed and m.open_step is not distinct from u.lapsed_step
           and u.to_union <> u.union_id and (u.lapsed is null or jsonb_array_length(u.passed) > 0)
           and u.card::jsonb ->> 'salt' = m.card_salt
        returning u.*),
    lapsed as (
        update handoffs h set state = c.passed -> -1 ->> 'to', step_no = c.lapsed_step + jsonb_array_length(c.passed), is_open = false,
               deadline = null, then_deadline = null
          from cas c where h.member_id = c.member_id and h.handoff_id = c.lapsed and (prune is null or h.member_id = any (prune))
        returning c.ord),
    lapsed_steps as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
        select c.member_id, c.lapsed, c.lapsed_step + p.n, p.step ->> 'from', p.step ->> 'act', p.step ->> 'to', 'HUB', (p.step ->> 'at')::timestamptz
          from cas c cross join lateral jsonb_array_elements(c.passed) with ordinality p (step, n) where c.lapsed is not null returning 1),
    lapsed_dockets as (
        update dockets d set state = c.passed -> -1 ->> 'to', step_no = c.lapsed_step + jsonb_array_length(c.passed), deadline = null, then_deadline = null,
               closed_at = (c.passed -> -1 ->> 'at')::timestamptz, ground = case when d.side <> 'RECEIVER' then c.lapsed_ground end
          from cas c where d.member_id = c.member_id and d.handoff_id = c.lapsed and (prune is null or d.member_id = any (prune))
           and (d.visible_from is null or d.visible_from <= (c.passed -> -1 ->> 'at')::timestamptz) returning 1),
    lapsed_unseen as (
        delete from dockets d using cas c where d.member_id = c.member_id and d.handoff_id = c.lapsed and (prune is null or d.member_id = any (prune))
           and d.visible_from > (c.passed -> -1 ->> 'at')::timestamptz returning 1),
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
                             release_sha256, out_date, valid_until, dues_paid_through, deadline, opened_at, released_at, overdue_at, overdue_tentative)
        select c.member_id, c.handoff_id, v.union_id, v.side, c.membership_id, 'RELEASED', 1, v.other, c.reason, c.version,
               c.sha, c.out_date, c.valid_until, c.dues, c.deadline, c.at, c.at, c.overdue_at, c.overdue_tentative
          from cas c cross join lateral (values (c.union_id, 'HOLDER', c.to_union), (c.to_union, 'RECEIVER', c.union_id)) v (union_id, side, other)
        returning 1),
    told_later as (
        insert into dockets (member_id, handoff_id, union_id, side, membership_id, state, step_no, counterpart, reason_code, custody_version,
                             release_sha256, request_sha256, out_date, valid_until, deadline, opened_at, requested_at, released_at, overdue_at, overdue_tentative,
                             visible_from, from_union, to_union, in_lieu)
        select c.member_id, c.handoff_id, c.overdue_union, 'HIGHER', c.membership_id, 'RELEASED', 1, c.to_union, c.reason, c.version,
               c.sha, null, c.out_date, c.valid_until, c.deadline, c.at, null, c.at, c.overdue_at, c.overdue_tentative,
               c.overdue_at, c.union_id, c.to_union, false
          from cas c where c.overdue_union is not null and c.overdue_at < c.deadline returning 1),
    carded as (
        insert into cards (member_id, handoff_id, union_id, side, json)
        select c.member_id, c.handoff_id, v.union_id, v.side, c.card
          from cas c cross join lateral (values (c.union_id, 'HOLDER'), (c.to_union, 'RECEIVER')) v (union_id, side) returning 1)
    select coalesce(array_agg(c.ord::integer), '{}'), (select count(*) from spent), (select count(*) from claimed)
      into done, claims, cases from cas c;
    if claims <> cardinality(done) or cases <> cardinality(done) then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return done;
end$$;

-- A release that answers the open request: by the holder, or in its stead by the union above it.
create or replace function hub.record_answer(
    p_at timestamptz[], p_union uuid[], p_side text[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_version integer[], p_step smallint[],
    p_request bytea[], p_passed jsonb[], p_reason text[], p_out_date date[], p_dues text[], p_valid_until date[], p_deadline timestamptz[],
    p_overdue_union uuid[], p_overdue_at timestamptz[], p_overdue_tentative boolean[], p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[],
    p_receipt text[], p_card text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; claims integer; cases integer; copies integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with cas as (
        update memberships m set open_step = u.step_no + jsonb_array_length(u.passed) + 1
          from unnest(p_at, p_union, p_side, p_member, p_membership, p_handoff, p_version, p_step, p_request, p_passed, p_reason, p_out_date, p_dues, p_valid_until,
                      p_deadline, p_overdue_union, p_overdue_at, p_overdue_tentative, p_jti, p_sha, p_typ, p_jws, p_receipt, p_card) with ordinality
                   u (at, union_id, side, member_id, membership_id, handoff_id, version, step_no, request, passed, reason, out_date, dues, valid_until, deadline,
                      overdue_union, overdue_at, overdue_tentative, jti, sha, typ, jws, receipt, card, ord)
          join handoffs h on h.member_id = u.member_id and h.handoff_id = u.handoff_id
         where m.member_id = u.member_id and m.membership_id = u.membership_id and (prune is null or m.member_id = any (prune)) and (prune is null or h.member_id = any (prune))
           and m.open_handoff = u.handoff_id and m.open_step = u.step_no and m.custody_version = u.version and h.custody_version = u.version
           and m.holder_union = h.from_union and m.status in ('ACTIVE', 'RETAINED') and m.held_since < u.at
           and u.union_id = case u.side when 'HOLDER' then h.from_union when 'HIGHER' then h.higher_union end
           and h.request_sha256 = u.request and h.state in ('REQUESTED', 'ESCALATED')
           and case jsonb_array_length(u.passed) when 0 then h.deadline is null or h.deadline > u.at
                when 1 then h.deadline <= u.at and h.then_deadline > u.at else false end
           and u.card::jsonb ->> 'salt' = m.card_salt
        returning u.*, h.state as stored_state, h.from_union, h.to_union, h.higher_union, h.opened_at),
    released as (
        update handoffs h set state = 'RELEASED', step_no = c.step_no + jsonb_array_length(c.passed) + 1, release_sha256 = c.sha, out_date = c.out_date,
               dues_paid_through = c.dues, deadline = c.deadline, then_deadline = null, in_lieu = (c.side = 'HIGHER')
          from cas c where h.member_id = c.member_id and h.handoff_id = c.handoff_id and (prune is null or h.member_id = any (prune)) returning 1),
    passed_steps as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
        select c.member_id, c.handoff_id, c.step_no + p.n, p.step ->> 'from', p.step ->> 'act', p.step ->> 'to', 'HUB', (p.step ->> 'at')::timestamptz
          from cas c cross join lateral jsonb_array_elements(c.passed) with ordinality p (step, n) returning 1),
    stepped as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
        select c.member_id, c.handoff_id, c.step_no + jsonb_array_length(c.passed) + 1, coalesce(c.passed -> -1 ->> 'to', c.stored_state),
               case c.side when 'HIGHER' then 'release_in_lieu' else 'release' end, 'RELEASED', c.side, c.union_id, c.at, c.sha from cas c returning 1),
    stated as (
        insert into statements (member_id, sha256, membership_id, handoff_id, iss, jti, typ, jws, receipt, received_at)
        select c.member_id, c.sha, c.membership_id, c.handoff_id, c.union_id, c.jti, c.typ, c.jws, c.receipt, c.at from cas c returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, member_id) select c.jti, c.union_id, c.sha, c.member_id from cas c on conflict do nothing returning 1),
    docketed as (
        update dockets d set state = 'RELEASED', step_no = c.step_no + jsonb_array_length(c.passed) + 1, release_sha256 = c.sha, out_date = c.out_date,
               valid_until = c.valid_until, dues_paid_through = case when d.side <> 'HIGHER' then c.dues end, deadline = c.deadline, then_deadline = null,
               deadline_tentative = false, then_tentative = false, released_at = c.at, in_lieu = (c.side = 'HIGHER'),
               overdue_at = c.overdue_at, overdue_tentative = coalesce(c.overdue_tentative, false),
               -- A union above that has not yet been told is not told any more, unless as the one above the receiver.
               visible_from = case when d.side <> 'HIGHER' then null when d.visible_from <= c.at then d.visible_from
                                   when d.union_id = c.overdue_union and c.overdue_at < c.deadline then c.overdue_at else 'infinity' end
          from cas c where d.member_id = c.member_id and d.handoff_id = c.handoff_id and (prune is null or d.member_id = any (prune)) returning 1),
    told_later as (
        insert into dockets (member_id, handoff_id, union_id, side, membership_id, state, step_no, counterpart, reason_code, custody_version,
                             release_sha256, request_sha256, out_date, valid_until, deadline, opened_at, requested_at, released_at, overdue_at, overdue_tentative,
                             visible_from, from_union, to_union, in_lieu)
        select c.member_id, c.handoff_id, c.overdue_union, 'HIGHER', c.membership_id, 'RELEASED', c.step_no + jsonb_array_length(c.passed) + 1, c.to_union, c.reason, c.version,
               c.sha, c.request, c.out_date, c.valid_until, c.deadline, c.at, c.opened_at, c.at, c.overdue_at, c.overdue_tentative,
               c.overdue_at, c.from_union, c.to_union, (c.side = 'HIGHER')
          from cas c where c.overdue_union is not null and c.overdue_at < c.deadline and c.overdue_union is distinct from c.higher_union returning 1),
    carded as (
        insert into cards (member_id, handoff_id, union_id, side, json)
        select c.member_id, c.handoff_id, v.union_id, v.side, c.card
          from cas c cross join lateral (values (c.from_union, 'HOLDER'), (c.to_union, 'RECEIVER')) v (union_id, side) returning 1)
    select coalesce(array_agg(c.ord::integer), '{}'), (select count(*) from spent), (select count(*) from released), (select count(*) from docketed)
      into done, claims, cases, copies from cas c;
    if claims <> cardinality(done) then raise exception 'already claimed' using errcode = 'HB409'; end if;
    if cases <> cardinality(done) or copies < 2 * cardinality(done) then raise exception 'an answer did not reach both sides' using errcode = 'HB500'; end if;
    return done;
end$$;

drop function hub.record_acceptance(timestamptz[], uuid[], uuid[], uuid[], uuid[], smallint[], date[], text[], text[], text[],
    uuid[], bytea[], text[], text[], text[]);

-- As before; the holding that ends keeps how the member was held.
create function hub.record_acceptance(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_step smallint[],
    p_in_date date[], p_basis text[], p_employer text[], p_unit text[], p_salt text[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; claims integer; moved integer; opened integer; copies integer;
        prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with cas as (
        update memberships m set holder_union = h.to_union, custody_version = m.custody_version + 1, held_since = u.at, held_by_sha256 = u.sha,
               holding_basis = u.basis, employer_uscc = u.employer, member_unit = u.unit, dues_paid_through = h.dues_paid_through,
               card_salt = u.salt, open_handoff = null, open_step = null
          from unnest(p_at, p_union, p_member, p_membership, p_handoff, p_step, p_in_date, p_basis, p_employer, p_unit, p_salt,
                      p_jti, p_sha, p_typ, p_jws, p_receipt) with ordinality
                   u (at, union_id, member_id, membership_id, handoff_id, step_no, in_date, basis, employer, unit, salt, jti, sha, typ, jws, receipt, ord)
          join handoffs h on h.member_id = u.member_id and h.handoff_id = u.handoff_id
          join memberships o on o.member_id = u.member_id and o.membership_id = u.membership_id
         where m.member_id = u.member_id and m.membership_id = u.membership_id
           and (prune is null or m.member_id = any (prune)) and (prune is null or h.member_id = any (prune)) and (prune is null or o.member_id = any (prune))
           and o.data_version = m.data_version   -- amended meanwhile: what the ended holding keeps would be that of before
           -- Whose facts are older than an amendment: it would be by one who holds no longer.
           and not exists (select from amendments a where a.member_id = m.member_id and a.membership_id = m.membership_id and a.at >= u.at)
           and m.open_handoff = u.handoff_id and m.open_step = u.step_no and m.held_since < u.at
           and h.to_union = u.union_id and h.from_union = m.holder_union and h.custody_version = m.custody_version
           and (h.deadline is null or h.deadline > u.at)
        returning u.*, h.state as from_state, h.from_union, m.custody_version as version,
                  o.holding_basis as old_basis, o.employer_uscc as old_employer, o.member_unit as old_unit),
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
          from cas c where d.member_id = c.member_id and d.handoff_id = c.handoff_id and (prune is null or d.member_id = any (prune))
           and (d.visible_from is null or d.visible_from <= c.at) returning 1),
    unseen as (
        delete from dockets d using cas c where d.member_id = c.member_id and d.handoff_id = c.handoff_id and (prune is null or d.member_id = any (prune))
           and d.visible_from > c.at returning 1),
    person as (
        update persons p set holder_union = c.union_id from cas c where p.member_id = c.member_id and (prune is null or p.member_id = any (prune))
        returning 1),
    held as (     -- close, then open: ordered by data, the interval ends before the next begins
        update holdings g set during = tstzrange(lower(g.during), c.at), holding_basis = c.old_basis, employer_uscc = c.old_employer,
               member_unit = c.old_unit
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
-- A member's data put right, as a whole: what is not amended is given as it was, and the version that it was read at must still be that.
-- `id_no`: where a document given stands (1 is the one shown), `replaces`: in the place of another, `kept_no`: which then stands there.
-- `freed`: the hash of a number that was wrong.
create function hub.record_amendment(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_custody integer[], p_data integer[], p_open uuid[], p_open_step smallint[],
    p_fields text[], p_sealed bytea[], p_name text[], p_sex text[], p_birth_month text[], p_ethnic text[], p_political text[], p_id_type text[],
    p_id_masked text[], p_mobile_masked text[], p_mobile_sealed bytea[], p_residence text[], p_migrant boolean[], p_form text[],
    p_document_type text[], p_document_sealed bytea[], p_document_hash bytea[], p_id_no smallint[], p_replaces boolean[], p_kept_no smallint[],
    p_claims_id boolean[], p_freed bytea[], p_joined_on date[], p_dues text[], p_employer text[], p_unit text[], p_salt text[],
    p_province text[], p_number text[], p_issued_on date[], p_issuer text[], p_claims_number boolean[], p_freed_province text[], p_freed_number text[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; asked integer; got integer; people integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with cas as (
        update memberships m set data_version = m.data_version + 1, joined_on = u.joined_on, dues_paid_through = u.dues, employer_uscc = u.employer,
               member_unit = u.unit, card_salt = u.salt, certificate_province = u.province, certificate_number = u.number,
               certificate_issued_on = u.issued_on, issuing_union = u.issuer
          from unnest(p_at, p_union, p_member, p_membership, p_custody, p_data, p_open, p_open_step, p_fields, p_sealed, p_name, p_sex, p_birth_month,
                      p_ethnic, p_political, p_id_type, p_id_masked, p_mobile_masked, p_mobile_sealed, p_residence, p_migrant, p_form,
                      p_document_type, p_document_sealed, p_document_hash, p_id_no, p_replaces, p_kept_no, p_claims_id, p_freed, p_joined_on, p_dues,
                      p_employer, p_unit, p_salt, p_province, p_number, p_issued_on, p_issuer, p_claims_number, p_freed_province, p_freed_number,
                      p_jti, p_sha, p_typ, p_jws, p_receipt) with ordinality
                   u (at, union_id, member_id, membership_id, custody, data, open, open_step, fields, sealed, name, sex, birth_month,
                      ethnic, political, id_type, id_masked, mobile_masked, mobile_sealed, residence, migrant, form,
                      document_type, document_sealed, document_hash, id_no, replaces, kept_no, claims_id, freed, joined_on, dues,
                      employer, unit, salt, province, number, issued_on, issuer, claims_number, freed_province, freed_number,
                      jti, sha, typ, jws, receipt, ord)
         where m.member_id = u.member_id and m.membership_id = u.membership_id and (prune is null or m.member_id = any (prune))
           and m.holder_union = u.union_id and m.custody_version = u.custody and m.data_version = u.data
           and m.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED')
           and m.open_handoff is not distinct from u.open and m.open_step is not distinct from u.open_step
        returning u.*),
    person as (
        update persons p set name = c.name, sex = c.sex, birth_month = c.birth_month, ethnic_group = c.ethnic, political_status = c.political,
               id_type = c.id_type, id_number_masked = c.id_masked, mobile_masked = c.mobile_masked, mobile_sealed = c.mobile_sealed,
               residence_division_code = c.residence, is_rural_migrant = c.migrant, employment_form = c.form
          from cas c where p.member_id = c.member_id and (prune is null or p.member_id = any (prune)) returning 1),
    kept as (     -- as it stood before this statement
        insert into person_ids (member_id, id_no, id_type, sealed, id_hash, added_at)
        select i.member_id, c.kept_no, i.id_type, i.sealed, i.id_hash, i.added_at
          from cas c join person_ids i on i.member_id = c.member_id and i.id_no = c.id_no where c.kept_no is not null returning 1),
    replaced as (
        update person_ids i set id_type = c.document_type, sealed = c.document_sealed, id_hash = c.document_hash, added_at = c.at
          from cas c where i.member_id = c.member_id and i.id_no = c.id_no and (prune is null or i.member_id = any (prune)) returning 1),
    added as (
        insert into person_ids (member_id, id_no, id_type, sealed, id_hash, added_at)
        select c.member_id, c.id_no, c.document_type, c.document_sealed, c.document_hash, c.at from cas c where c.id_no is not null and not c.replaces returning 1),
    unidentified as (delete from identity_claims i using cas c where i.id_hash = c.freed and i.member_id = c.member_id returning 1),
    identified as (
        insert into identity_claims (id_hash, member_id) select c.document_hash, c.member_id from cas c where c.claims_id on conflict do nothing returning 1),
    unnumbered as (
        delete from certificate_claims n using cas c where n.number = c.freed_number and n.province_code = c.freed_province
           and n.membership_id = c.membership_id returning 1),
    numbered as (
        insert into certificate_claims (province_code, number, member_id, membership_id)
        select c.province, c.number, c.member_id, c.membership_id from cas c where c.claims_number on conflict do nothing returning 1),
    amended as (
        insert into amendments (member_id, membership_id, data_version, union_id, at, sha256, fields, sealed)
        select c.member_id, c.membership_id, c.data + 1, c.union_id, c.at, c.sha, c.fields, c.sealed from cas c returning 1),
    stated as (
        insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
        select c.member_id, c.sha, c.membership_id, c.union_id, c.jti, c.typ, c.jws, c.receipt, c.at from cas c returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, member_id) select c.jti, c.union_id, c.sha, c.member_id from cas c on conflict do nothing returning 1)
    select coalesce(array_agg(c.ord::integer), '{}'), count(*) + count(*) filter (where c.claims_id) + count(*) filter (where c.claims_number),
           (select count(*) from spent) + (select count(*) from identified) + (select count(*) from numbered), (select count(*) from person)
      into done, asked, got, people from cas c;
    if asked <> got then raise exception 'already claimed' using errcode = 'HB409'; end if;
    if people <> cardinality(done) then raise exception 'an amendment did not reach the person' using errcode = 'HB500'; end if;
    return done;
end$$;

-- A union put right by the one above it. Null: not amended. A list takes the place of what is in force today or later: what it leaves out
-- ends today, or never began; what it gives another first day was wrong; what ended before stays as it was.
create function hub.record_union_amendment(
    p_at timestamptz, p_by uuid, p_union uuid, p_version integer, p_fields text, p_today date, p_name text, p_jurisdiction text, p_employers text[],
    p_units text[], p_units_from date[], p_units_until date[], p_contained uuid[], p_contained_from date[], p_contained_until date[],
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare amended integer; claims integer;
begin
    with given as (
        update unions n set version = n.version + 1, name = coalesce(p_name, n.name), jurisdiction_code = coalesce(p_jurisdiction, n.jurisdiction_code)
          from unions b
         where n.union_id = p_union and n.parent_union = p_by and n.version = p_version and n.state <> 'CLOSED' and b.union_id = p_by and b.state = 'ACTIVE'
        returning n.union_id, n.version),
    named as (    -- the name as it stood before this statement
        insert into union_former_names (union_id, until_at, name)
        select o.union_id, p_at, o.name from given g join unions o on o.union_id = g.union_id where o.name <> p_name returning 1),
    listed as (
        select e.employer_uscc, false as is_unit, coalesce(o.from_on, p_today) as from_on, null::date as until_on
          from given g cross join unnest(p_employers) e (employer_uscc)
          left join union_employers o on o.union_id = g.union_id and o.employer_uscc = e.employer_uscc and not o.is_member_unit
           and o.from_on <= p_today and (o.until_on is null or o.until_on > p_today)
        union all
        select e.employer_uscc, true, e.from_on, e.until_on from given g cross join unnest(p_units, p_units_from, p_units_until) e (employer_uscc, from_on, until_on)),
    employers_gone as (
        delete from union_employers e using given g
         where e.union_id = g.union_id and (e.until_on is null or e.until_on > p_today)
           and case when e.is_member_unit then p_units is not null else p_employers is not null end
           and not exists (select from listed l where l.employer_uscc = e.employer_uscc and l.is_unit = e.is_member_unit and l.from_on = e.from_on)
           and (e.from_on >= p_today or exists (select from listed l where l.employer_uscc = e.employer_uscc and l.is_unit = e.is_member_unit)) returning 1),
    employers_ended as (
        update union_employers e set until_on = p_today from given g
         where e.union_id = g.union_id and (e.until_on is null or e.until_on > p_today) and e.from_on < p_today
           and case when e.is_member_unit then p_units is not null else p_employers is not null end
           and not exists (select from listed l where l.employer_uscc = e.employer_uscc and l.is_unit = e.is_member_unit) returning 1),
    employers_begun as (
        insert into union_employers (union_id, employer_uscc, is_member_unit, from_on, until_on)
        select g.union_id, l.employer_uscc, l.is_unit, l.from_on, l.until_on from given g cross join listed l
        on conflict (union_id, employer_uscc, from_on) do update set until_on = excluded.until_on, is_member_unit = excluded.is_member_unit returning 1),
    contained as (
        select u.union_id, u.from_on, u.until_on from given g cross join unnest(p_contained, p_contained_from, p_contained_until) u (union_id, from_on, until_on)),
    contained_gone as (
        delete from union_federations f using given g
         where f.federation_id = g.union_id and p_contained is not null and (f.until_on is null or f.until_on > p_today)
           and not exists (select from contained c where c.union_id = f.union_id and c.from_on = f.from_on)
           and (f.from_on >= p_today or exists (select from contained c where c.union_id = f.union_id)) returning 1),
    contained_ended as (
        update union_federations f set until_on = p_today from given g
         where f.federation_id = g.union_id and p_contained is not null and (f.until_on is null or f.until_on > p_today) and f.from_on < p_today
           and not exists (select from contained c where c.union_id = f.union_id) returning 1),
    contained_begun as (
        insert into union_federations (union_id, federation_id, from_on, until_on)
        select c.union_id, g.union_id, c.from_on, c.until_on from given g cross join contained c
        on conflict (union_id, federation_id, from_on) do update set until_on = excluded.until_on returning 1),
    entered as (
        insert into union_amendments (union_id, version, by_union, at, sha256, fields)
        select g.union_id, g.version, p_by, p_at, p_sha, p_fields from given g returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, about_union) select p_jti, p_by, p_sha, g.union_id from given g on conflict do nothing returning 1),
    stated as (
        insert into union_statements (union_id, sha256, iss, jti, typ, jws, receipt, received_at)
        select g.union_id, p_sha, p_by, p_jti, p_typ, p_jws, p_receipt, p_at from given g returning 1)
    select (select count(*) from given), (select count(*) from spent) into amended, claims;
    if amended <> claims then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return amended = 1;
end$$;
