-- As before; and by who has asked for a member whom a union outside the hub holds, with that union's paper (A25).
create or replace function hub.enter_answer(
    p_at timestamptz[], p_union uuid[], p_side text[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_version integer[], p_step smallint[],
    p_request bytea[], p_passed jsonb[], p_reason text[], p_out_date date[], p_dues text[], p_valid_until date[], p_deadline timestamptz[],
    p_overdue_union uuid[], p_overdue_at timestamptz[], p_overdue_tentative boolean[], p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[],
    p_receipt text[], p_card text[], p_terms jsonb[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; claims integer; cases integer; copies integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    with cas as (
        update memberships m set open_step = u.step_no + jsonb_array_length(u.passed) + 1
          from unnest(p_at, p_union, p_side, p_member, p_membership, p_handoff, p_version, p_step, p_request, p_passed, p_reason, p_out_date, p_dues, p_valid_until,
                      p_deadline, p_overdue_union, p_overdue_at, p_overdue_tentative, p_jti, p_sha, p_typ, p_jws, p_receipt, p_card, p_terms) with ordinality
                   u (at, union_id, side, member_id, membership_id, handoff_id, version, step_no, request, passed, reason, out_date, dues, valid_until, deadline,
                      overdue_union, overdue_at, overdue_tentative, jti, sha, typ, jws, receipt, card, terms, ord)
          join handoffs h on h.member_id = u.member_id and h.handoff_id = u.handoff_id
         where m.member_id = u.member_id and m.membership_id = u.membership_id and (prune is null or m.member_id = any (prune)) and (prune is null or h.member_id = any (prune))
           and m.open_handoff = u.handoff_id and m.open_step = u.step_no and m.custody_version = u.version and h.custody_version = u.version
           and m.holder_union = h.from_union and m.status in ('ACTIVE', 'RETAINED') and m.held_since < u.at
           and u.union_id = case u.side when 'HOLDER' then h.from_union when 'HIGHER' then h.higher_union
                              when 'RECEIVER' then (select h.to_union from unions w where w.union_id = h.from_union and w.kind = 'EXTERNAL') end
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
               case c.side when 'HIGHER' then 'release_in_lieu' when 'RECEIVER' then 'release_for_external' else 'release' end, 'RELEASED', c.side, c.union_id, c.at, c.sha from cas c returning 1),
    stated as (
        insert into statements (member_id, sha256, membership_id, handoff_id, iss, jti, typ, jws, receipt, received_at)
        select c.member_id, c.sha, c.membership_id, c.handoff_id, c.union_id, c.jti, c.typ, c.jws, c.receipt, c.at from cas c returning 1),
    spent as (insert into statement_claims (jti, iss, sha256, member_id) select c.jti, c.union_id, c.sha, c.member_id from cas c on conflict do nothing returning 1),
    docketed as (
        update dockets d set state = 'RELEASED', step_no = c.step_no + jsonb_array_length(c.passed) + 1, release_sha256 = c.sha, out_date = c.out_date,
               valid_until = c.valid_until, dues_paid_through = case when d.side <> 'HIGHER' then c.dues end,
               terms = case when d.side <> 'HIGHER' then c.terms end, deadline = c.deadline, then_deadline = null,
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

-- As before; and to a union outside the hub, by the word of the union that lets the member go, with the other's paper (A25).
create or replace function hub.move_membership(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_step smallint[],
    p_in_date date[], p_basis text[], p_employer text[], p_unit text[], p_salt text[],
    p_jti uuid[], p_sha bytea[], p_typ text[], p_jws text[], p_receipt text[], p_status_after text[], p_unorganised text[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare done integer[]; organised text[]; claims integer; moved integer; opened integer; copies integer;
        prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    organised := array(
        select x.employer from unnest(p_unorganised, p_at) x (employer, at)
         where exists (select from union_employers e join unions n on n.union_id = e.union_id
                        where e.employer_uscc = x.employer and n.state = 'ACTIVE' and e.from_on <= (x.at at time zone 'Asia/Shanghai')::date
                          and (e.until_on is null or e.until_on > (x.at at time zone 'Asia/Shanghai')::date)));
    with cas as (
        update memberships m set holder_union = h.to_union, custody_version = m.custody_version + 1, held_since = u.at, held_by_sha256 = u.sha,
               holding_basis = u.basis, employer_uscc = u.employer, member_unit = u.unit, dues_paid_through = h.dues_paid_through,
               card_salt = u.salt, status = coalesce(u.status_after, m.status), open_handoff = null, open_step = null
          from unnest(p_at, p_union, p_member, p_membership, p_handoff, p_step, p_in_date, p_basis, p_employer, p_unit, p_salt,
                      p_jti, p_sha, p_typ, p_jws, p_receipt, p_status_after, p_unorganised) with ordinality
                   u (at, union_id, member_id, membership_id, handoff_id, step_no, in_date, basis, employer, unit, salt, jti, sha, typ, jws, receipt, status_after, unorganised, ord)
          join handoffs h on h.member_id = u.member_id and h.handoff_id = u.handoff_id
          join memberships o on o.member_id = u.member_id and o.membership_id = u.membership_id
         where m.member_id = u.member_id and m.membership_id = u.membership_id
           and (prune is null or m.member_id = any (prune)) and (prune is null or h.member_id = any (prune)) and (prune is null or o.member_id = any (prune))
           and o.data_version = m.data_version   -- amended meanwhile: what the ended holding keeps would be that of before
           -- Whose facts are older than an amendment: it would be by one who holds no longer.
           and not exists (select from amendments a where a.member_id = m.member_id and a.membership_id = m.membership_id and a.at >= u.at)
           and m.open_handoff = u.handoff_id and m.open_step = u.step_no and m.held_since < u.at
           and h.from_union = m.holder_union and h.custody_version = m.custody_version
           -- By the word of the receiver. Of one outside the hub the releasing union has the paper (A25).
           and u.union_id = (select case w.kind when 'EXTERNAL' then h.from_union else h.to_union end from unions w where w.union_id = h.to_union)
           and (h.deadline is null or h.deadline > u.at)
           and (u.status_after is null or (m.status in ('ACTIVE', 'RETAINED') and u.status_after in ('ACTIVE', 'RETAINED')))
           -- Organised since the facts were read: they are to be read again (A13).
           and not coalesce(u.unorganised = any (organised), false)
        returning u.*, h.state as from_state, h.to_union, m.custody_version as version,
                  o.holding_basis as old_basis, o.employer_uscc as old_employer, o.member_unit as old_unit),
    closed as (
        update handoffs h set state = 'ACCEPTED', step_no = c.step_no + 1, is_open = false, deadline = null
          from cas c where h.member_id = c.member_id and h.handoff_id = c.handoff_id and (prune is null or h.member_id = any (prune)) returning 1),
    stepped as (
        insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
        select c.member_id, c.handoff_id, c.step_no + 1, c.from_state, v.act, 'ACCEPTED', v.side, c.union_id, c.at, c.sha
          from cas c join (values (true, 'accept', 'RECEIVER'), (false, 'accept_for_external', 'HOLDER')) v (by_receiver, act, side)
            on v.by_receiver = (c.union_id = c.to_union) returning 1),
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
        update persons p set holder_union = c.to_union from cas c where p.member_id = c.member_id and (prune is null or p.member_id = any (prune))
        returning 1),
    held as (     -- close, then open: ordered by data, the interval ends before the next begins
        update holdings g set during = tstzrange(lower(g.during), c.at), holding_basis = c.old_basis, employer_uscc = c.old_employer,
               member_unit = c.old_unit
          from cas c where g.member_id = c.member_id and g.membership_id = c.membership_id and g.custody_version = c.version - 1
           and (prune is null or g.member_id = any (prune))
        returning c.member_id, c.membership_id, c.version, c.to_union, c.at),
    holds as (
        insert into holdings (member_id, membership_id, custody_version, holder_union, during)
        select h.member_id, h.membership_id, h.version, h.to_union, tstzrange(h.at, null) from held h returning 1)
    select coalesce(array_agg(c.ord::integer), '{}'), (select count(*) from spent), (select count(*) from person), (select count(*) from holds),
           (select count(*) from docketed)
      into done, claims, moved, opened, copies from cas c;
    if claims <> cardinality(done) then raise exception 'already claimed' using errcode = 'HB409'; end if;
    if opened <> cardinality(done) or moved <> cardinality(done) or copies < 2 * cardinality(done) then
        raise exception 'an acceptance did not move everything' using errcode = 'HB500';
    end if;
    perform enter_unassigned(p_at, p_member, p_membership);
    return done;
end$$;

-- As before; what stands for a union outside the hub has no key, so that nobody acts as it.
create or replace function hub.record_key(
    p_at timestamptz, p_by uuid, p_union uuid, p_use text, p_kid text, p_alg text, p_jwk text, p_not_before timestamptz,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare entered integer; claims integer;
begin
    with given as (
        insert into union_keys (union_id, use, kid, alg, jwk, not_before, registered_at, sha256)
        select b.union_id, p_use, p_kid, p_alg, p_jwk, p_not_before, p_at, p_sha
          from unions b where b.union_id = p_union and (b.union_id = p_by or b.parent_union = p_by) and b.kind <> 'EXTERNAL'
        on conflict do nothing returning union_id),
    spent as (insert into statement_claims (jti, iss, sha256, about_union) select p_jti, p_by, p_sha, g.union_id from given g on conflict do nothing returning 1),
    stated as (
        insert into union_statements (union_id, sha256, iss, jti, typ, jws, receipt, received_at)
        select g.union_id, p_sha, p_by, p_jti, p_typ, p_jws, p_receipt, p_at from given g returning 1)
    select (select count(*) from given), (select count(*) from spent) into entered, claims;
    if entered <> claims then raise exception 'already claimed' using errcode = 'HB409'; end if;
    return entered = 1;
end$$;
