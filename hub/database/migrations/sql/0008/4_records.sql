-- What every act on an agreement writes besides: its step, its statement (kept with those of members, under the agreement's id), its claim.
create function hub.record_entrustment_statement(
    p_at timestamptz, p_union uuid, p_agreement uuid, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare claims integer;
begin
    with stated as (
        insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
        select p_agreement, p_sha, p_agreement, p_union, p_jti, p_typ, p_jws, p_receipt, p_at returning 1),
    spent as (
        insert into statement_claims (jti, iss, sha256, member_id) select p_jti, p_union, p_sha, p_agreement on conflict do nothing returning 1)
    select count(*) into claims from spent;
    if claims <> 1 then raise exception 'jti already used' using errcode = 'HB409'; end if;
end$$;

-- What a statement binds by its hash. The same text may come twice: it is kept once.
create function hub.keep_entrustment_document(p_at timestamptz, p_agreement uuid, p_sha bytea, p_document text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare kept integer;
begin
    with made as (
        insert into entrustment_documents (agreement_id, sha256, document, at) select p_agreement, p_sha, p_document, p_at
        on conflict do nothing returning 1)
    select count(*) into kept from made;
end$$;

-- A text is put before the other union: a new agreement (p_step_no 0), or another text in the place of one not yet signed by both.
create function hub.record_entrustment(
    p_at timestamptz, p_union uuid, p_agreement uuid, p_step_no smallint, p_from text, p_side text, p_dispatch uuid, p_host uuid, p_no text,
    p_starts date, p_ends date, p_document_sha bytea, p_document text, p_purpose text, p_supersedes uuid,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_step smallint;
begin
    if p_step_no = 0 then
        insert into entrustments (agreement_id, dispatch_union, host_union, author_union, agreement_no, starts_on, ends_on, sha256, document, purpose,
                                  supersedes, state, step_no, proposed_at)
        select p_agreement, p_dispatch, p_host, p_union, p_no, p_starts, p_ends, p_document_sha, p_document, p_purpose, p_supersedes, 'DRAFT', 1, p_at
         where p_union in (p_dispatch, p_host)
        on conflict do nothing returning step_no into v_step;
    else
        -- The signature that stood under the other text is dropped with it.
        update entrustments e
           set author_union = p_union, agreement_no = p_no, starts_on = p_starts, ends_on = p_ends, sha256 = p_document_sha, document = p_document,
               purpose = p_purpose, supersedes = p_supersedes, state = 'DRAFT', step_no = e.step_no + 1, dispatch_signed_at = null, host_signed_at = null
         where e.agreement_id = p_agreement and e.step_no = p_step_no and e.state = p_from and p_union in (e.dispatch_union, e.host_union)
           and e.dispatch_union = p_dispatch and e.host_union = p_host
        returning e.step_no into v_step;
    end if;
    if v_step is null then return false; end if;
    insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
    select p_agreement, v_step, p_from, 'propose', 'DRAFT', p_side, p_union, p_at, p_sha returning step_no into v_step;
    perform keep_entrustment_document(p_at, p_agreement, p_document_sha, p_document);
    perform record_entrustment_statement(p_at, p_union, p_agreement, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- Coverages that have ended by custody, agreement or date are closed as they are met, dated when they ended.
create function hub.close_ended_coverages(p_at timestamptz, p_members uuid[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare ended coverage_now[]; prune uuid[] := case when cardinality(p_members) <= 32 then p_members end;
begin
    ended := coverages_now(p_at, array(select c from coverages c join unnest(p_members) p (member_id) on p.member_id = c.member_id
                                        where c.state in ('PENDING', 'COVERED')));
    update coverages c set state = 'ENDED', end_reason = n.end_reason, ended_at = n.ended_at
      from unnest(ended) n
     where c.member_id = n.member_id and c.coverage_id = n.coverage_id and n.state = 'ENDED' and c.state in ('PENDING', 'COVERED')
       and (prune is null or c.member_id = any (prune));
end$$;

-- Members come under an agreement. The holding that each begins in must be the dispatch union's own, and its latest.
create function hub.enter_coverages(
    p_at timestamptz, p_agreement uuid, p_state text, p_coverage uuid[], p_member uuid[], p_membership uuid[], p_version integer[], p_post text[],
    p_dispatch_from date[], p_dispatch_to date[], p_from date[], p_to date[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare entered integer; v_dispatch uuid; v_host uuid; v_starts date; v_ends date; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    select e.dispatch_union, e.host_union, e.starts_on, e.ends_on into v_dispatch, v_host, v_starts, v_ends
      from entrustments e where e.agreement_id = p_agreement;
    with made as (
        insert into coverages (member_id, coverage_id, membership_id, agreement_id, dispatch_union, host_union, custody_version, host_post,
                               dispatch_from, dispatch_to, coverage_from, coverage_to, state, added_at, covered_at)
        select m.member_id, u.coverage, m.membership_id, p_agreement, v_dispatch, v_host, m.custody_version, u.post,
               u.d_from, u.d_to, u.c_from, u.c_to, p_state, p_at, case when p_state = 'COVERED' then p_at end
          from unnest(p_coverage, p_member, p_membership, p_version, p_post, p_dispatch_from, p_dispatch_to, p_from, p_to)
                   u (coverage, member_id, membership_id, version, post, d_from, d_to, c_from, c_to)
          join memberships m on m.member_id = u.member_id and m.membership_id = u.membership_id
         where m.holder_union = v_dispatch and m.custody_version = u.version and m.status = 'ACTIVE' and u.c_from >= v_starts and u.c_to <= v_ends
           and (prune is null or m.member_id = any (prune))
        returning 1)
    select count(*) into entered from made;
    if entered <> cardinality(p_coverage) then raise exception 'custody has moved' using errcode = 'HB409'; end if;
end$$;

-- A new version takes the place of an agreement of the same two unions from the day on which it is in force. Whom the old one covered it goes on
-- to cover, unless its own roster has them.
create function hub.supersede_entrustment(p_at timestamptz, p_new uuid, p_old uuid, p_old_step smallint, p_from timestamptz, p_sha bytea, p_listed uuid[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_new entrustments; v_old entrustments; v_step smallint; covered coverage_now[]; v_day date := (p_from at time zone 'Asia/Shanghai')::date;
begin
    select e.* into v_new from entrustments e where e.agreement_id = p_new;
    select e.* into v_old from entrustments e where e.agreement_id = p_old and e.step_no = p_old_step and e.dispatch_union = v_new.dispatch_union
       and e.host_union = v_new.host_union;
    covered := coverages_now(p_at, array(select c from coverages c where c.agreement_id = p_old and c.state in ('PENDING', 'COVERED')));
    update entrustments e set state = 'SUPERSEDED', closed_at = p_from, step_no = e.step_no + case when e.state = 'SCHEDULED' then 2 else 1 end
     where e.agreement_id = p_old and e.step_no = v_old.step_no returning e.step_no into v_step;
    if v_step is null then raise exception 'the old one has moved on' using errcode = 'HB409'; end if;
    if v_old.state = 'SCHEDULED' then
        insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, at)
        select p_old, v_step - 1, 'SCHEDULED', 'start', 'IN_FORCE', 'HUB', v_old.in_force_from returning step_no into p_old_step;
    end if;
    insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
    select p_old, v_step, 'IN_FORCE', 'supersede', 'SUPERSEDED', 'HUB', null::uuid, p_from, p_sha returning step_no into p_old_step;
    update coverages c
       set state = case when n.state = 'COVERED' and c.coverage_from < v_day and p_from > p_at then c.state else 'ENDED' end,
           end_reason = case when n.state = 'COVERED' and c.coverage_from < v_day and p_from > p_at then null else coalesce(n.end_reason, 'AGREEMENT_ENDED') end,
           ended_at = case when n.state = 'COVERED' and c.coverage_from < v_day and p_from > p_at then null else coalesce(n.ended_at, p_from) end,
           coverage_to = case when c.coverage_from < v_day then least(c.coverage_to, v_day - 1) else c.coverage_to end
      from unnest(covered) n
     where c.member_id = n.member_id and c.coverage_id = n.coverage_id and c.agreement_id = p_old;
    if v_new.starts_on <= v_old.ends_on + 1 then
        with carried as (
            insert into coverages (member_id, coverage_id, membership_id, agreement_id, dispatch_union, host_union, custody_version, host_post,
                                   dispatch_from, dispatch_to, coverage_from, coverage_to, state, added_at, covered_at)
            select c.member_id, md5(p_new::text || c.coverage_id::text)::uuid, c.membership_id, p_new, c.dispatch_union, c.host_union, c.custody_version,
               c.host_post, c.dispatch_from, c.dispatch_to, greatest(v_new.starts_on, c.dispatch_from), least(c.dispatch_to, v_new.ends_on),
               'COVERED', p_at, p_at
          from coverages c join unnest(covered) n on n.member_id = c.member_id and n.coverage_id = c.coverage_id
         where c.agreement_id = p_old and n.state = 'COVERED' and not c.membership_id = any (p_listed)
           and greatest(v_new.starts_on, c.dispatch_from) <= least(c.dispatch_to, v_new.ends_on)
            returning 1)
        select count(*) into v_step from carried;
    end if;
end$$;

-- One of the two unions signs, withdraws or terminates. With the second signature the members of the roster are covered, and what it supersedes ends.
create function hub.record_entrustment_act(
    p_at timestamptz, p_union uuid, p_agreement uuid, p_step_no smallint, p_from text, p_act text, p_side text, p_to text, p_in_force_from timestamptz,
    p_closed_at timestamptz, p_old uuid, p_old_step smallint, p_coverage uuid[], p_member uuid[], p_membership uuid[], p_version integer[],
    p_post text[], p_dispatch_from date[], p_dispatch_to date[], p_covered_from date[], p_covered_to date[],
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_step smallint; v_started timestamptz; v_stored text; v_start_on date := (p_in_force_from at time zone 'Asia/Shanghai')::date;
begin
    select e.state, e.in_force_from into v_stored, v_started from entrustments e where e.agreement_id = p_agreement and e.step_no = p_step_no;
    update entrustments e
       set state = p_to, step_no = e.step_no + case when v_stored <> p_from then 2 else 1 end,
           dispatch_signed_at = case when p_act in ('sign', 'schedule') and p_side = 'DISPATCH' then p_at else e.dispatch_signed_at end,
           host_signed_at = case when p_act in ('sign', 'schedule') and p_side = 'HOST' then p_at else e.host_signed_at end,
           in_force_from = coalesce(p_in_force_from, e.in_force_from), closed_at = coalesce(p_closed_at, e.closed_at)
     where e.agreement_id = p_agreement and e.step_no = p_step_no and p_union in (e.dispatch_union, e.host_union)
    returning e.step_no into v_step;
    if v_step is null then return false; end if;
    if v_stored <> p_from then
        -- What the date has made of it is recorded first, dated as it was.
        insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, at)
        select p_agreement, v_step - 1, v_stored, 'start', p_from, 'HUB', v_started returning step_no into p_step_no;
    end if;
    insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
    select p_agreement, v_step, p_from, p_act, p_to, p_side, p_union, p_at, p_sha returning step_no into p_step_no;
    perform record_entrustment_statement(p_at, p_union, p_agreement, p_jti, p_sha, p_typ, p_jws, p_receipt);
    if p_old is not null then perform supersede_entrustment(p_at, p_agreement, p_old, p_old_step, p_in_force_from, p_sha, p_membership); end if;
    if cardinality(p_coverage) > 0 then
        perform close_ended_coverages(p_at, p_member);
        perform enter_coverages(p_at, p_agreement, 'COVERED', p_coverage, p_member, p_membership, p_version, p_post, p_dispatch_from, p_dispatch_to,
                                p_covered_from, p_covered_to);
    end if;
    return true;
end$$;

-- The dispatch union changes the roster: who is taken off is covered no more at once, who is put on waits for the host union's word.
create function hub.record_roster(
    p_at timestamptz, p_union uuid, p_agreement uuid, p_step_no smallint, p_version integer, p_roster_sha bytea, p_document text,
    p_removed uuid[], p_removed_member uuid[], p_reason text[],
    p_coverage uuid[], p_member uuid[], p_membership uuid[], p_custody integer[], p_post text[], p_dispatch_from date[], p_dispatch_to date[],
    p_covered_from date[], p_covered_to date[], p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_version integer; removed integer; prune uuid[] := case when cardinality(p_removed_member) <= 32 then p_removed_member end;
begin
    update entrustments e set roster_version = e.roster_version + 1
     where e.agreement_id = p_agreement and e.step_no = p_step_no and e.roster_version = p_version and e.dispatch_union = p_union
    returning e.roster_version into v_version;
    if v_version is null then return false; end if;
    perform keep_entrustment_document(p_at, p_agreement, p_roster_sha, p_document);
    with ended as (
        update coverages c set state = 'ENDED', end_reason = u.reason, ended_at = p_at
          from unnest(p_removed, p_removed_member, p_reason) u (coverage, member_id, reason)
         where c.member_id = u.member_id and c.coverage_id = u.coverage and c.agreement_id = p_agreement and c.state in ('PENDING', 'COVERED')
           and (prune is null or c.member_id = any (prune))
        returning 1)
    select count(*) into removed from ended;
    if removed <> cardinality(p_removed) then raise exception 'the roster has changed' using errcode = 'HB409'; end if;
    if cardinality(p_coverage) > 0 then
        perform close_ended_coverages(p_at, p_member);
        perform enter_coverages(p_at, p_agreement, 'PENDING', p_coverage, p_member, p_membership, p_custody, p_post, p_dispatch_from, p_dispatch_to,
                                p_covered_from, p_covered_to);
    end if;
    perform record_entrustment_statement(p_at, p_union, p_agreement, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- The host union's word on members who were put on the roster.
create function hub.record_coverage_answer(
    p_at timestamptz, p_union uuid, p_agreement uuid, p_to text, p_coverage uuid[], p_member uuid[],
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare answered integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    if not exists (select from entrustments e where e.agreement_id = p_agreement and e.host_union = p_union) then return false; end if;
    with said as (
        update coverages c
           set state = p_to, end_reason = case when p_to = 'DECLINED' then 'DECLINED' end, covered_at = case when p_to = 'COVERED' then p_at end,
               ended_at = case when p_to = 'DECLINED' then p_at end
          from unnest(p_coverage, p_member) u (coverage, member_id)
         where c.member_id = u.member_id and c.coverage_id = u.coverage and c.agreement_id = p_agreement and c.host_union = p_union and c.state = 'PENDING'
           and (prune is null or c.member_id = any (prune))
        returning 1)
    select count(*) into answered from said;
    if answered <> cardinality(p_coverage) then raise exception 'the roster has changed' using errcode = 'HB409'; end if;
    perform record_entrustment_statement(p_at, p_union, p_agreement, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- A record about a member: by the holder, or by the host union of a coverage that is live as it is written.
create function hub.record_care(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_agreement uuid, p_record uuid, p_act text, p_kind text, p_on date, p_evidence bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_member uuid; claims integer;
begin
    if p_agreement is null then
        select m.member_id into v_member from memberships m where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union;
    else
        select n.member_id into v_member
          from unnest(coverages_now(p_at, array(select c from coverages c where c.member_id = p_member and c.membership_id = p_membership
                                                   and c.agreement_id = p_agreement and c.host_union = p_union))) n
         where n.is_live limit 1;
    end if;
    if v_member is null then return false; end if;
    with stated as (
        insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
        select p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at returning 1),
    entered as (
        insert into care_records (member_id, record_id, membership_id, union_id, agreement_id, act, kind, occurred_on, evidence_sha256, at, sha256)
        select p_member, p_record, p_membership, p_union, p_agreement, p_act, p_kind, p_on, p_evidence, p_at, p_sha returning 1),
    spent as (
        insert into statement_claims (jti, iss, sha256, member_id) select p_jti, p_union, p_sha, p_member on conflict do nothing returning 1)
    select count(*) into claims from spent;
    if claims <> 1 then raise exception 'jti already used' using errcode = 'HB409'; end if;
    return true;
end$$;
