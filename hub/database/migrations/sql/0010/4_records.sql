-- The end of a membership, for every act that ends one: its open case, told to both sides, its holding, its status. The gate is held.
-- `p_passed`: the last steps of the open case, if there is one; `p_ground`: what both sides are told where it was voided.
create function hub.end_membership(
    p_at timestamptz, p_member uuid, p_membership uuid, p_status text, p_case uuid, p_case_step smallint, p_passed jsonb, p_ground text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer; v_last text := p_passed -> -1 ->> 'to'; v_step smallint := p_case_step + jsonb_array_length(p_passed);
        v_ended timestamptz := (p_passed -> -1 ->> 'at')::timestamptz;
begin
    if p_case is not null then
        update handoffs h set state = v_last, step_no = v_step, is_open = false, deadline = null, then_deadline = null
         where h.member_id = p_member and h.handoff_id = p_case;
        with stepped as (
            insert into steps (member_id, handoff_id, step_no, from_state, act, to_state, side, at)
            select p_member, p_case, p_case_step + s.n, s.step ->> 'from', s.step ->> 'act', s.step ->> 'to', 'HUB', (s.step ->> 'at')::timestamptz
              from jsonb_array_elements(p_passed) with ordinality s (step, n) returning 1)
        select count(*) into n from stepped;
        delete from dockets d where d.member_id = p_member and d.handoff_id = p_case and d.visible_from > v_ended;
        update dockets d set state = v_last, step_no = v_step, deadline = null, then_deadline = null, closed_at = v_ended, ground = p_ground
         where d.member_id = p_member and d.handoff_id = p_case;
        get diagnostics n = row_count;
        if n < 2 then raise exception 'the end of a case did not reach both sides' using errcode = 'HB500'; end if;
        delete from cards k where k.member_id = p_member and k.handoff_id = p_case and k.side = 'RECEIVER';
    end if;
    update memberships m set status = p_status, open_handoff = null, open_step = null, open_duplicate = null
     where m.member_id = p_member and m.membership_id = p_membership;
    update holdings g set during = tstzrange(lower(g.during), p_at)
     where g.member_id = p_member and g.membership_id = p_membership and upper_inf(g.during);
    get diagnostics n = row_count;
    if n <> 1 then raise exception 'the end of a membership did not end its holding' using errcode = 'HB500'; end if;
    -- What goes with a membership ends with it; what became of coverages, placements and certificates follows from its status.
    perform end_retention(p_at, p_member, p_membership);
    perform enter_statuses(array[p_at], array[p_member], array[p_membership]);
end$$;

-- The partner of one of a pair that ends goes on, as itself; the number that both have is its own from now on (A3, domain 3.1).
create function hub.free_partner(p_at timestamptz, p_member uuid, p_pair uuid, p_partner uuid)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_hashes bytea[]; v_membership uuid; n integer;
begin
    update memberships m set open_duplicate = null, status = case when m.status = 'DUPLICATE_SUSPECTED' then 'ACTIVE' else m.status end
     where m.member_id = p_partner and m.open_duplicate = p_pair;
    v_hashes := array(select i.id_hash from person_ids i where i.member_id = p_partner);
    update identity_claims c set member_id = p_partner where c.id_hash = any (v_hashes) and c.member_id = p_member;
    with claimed as (
        insert into identity_claims (id_hash, member_id) select distinct h, p_partner from unnest(v_hashes) h on conflict do nothing returning 1)
    select count(*) into n from claimed;
    if exists (select from identity_claims c where c.id_hash = any (v_hashes) and c.member_id <> p_partner) then
        raise exception 'already claimed' using errcode = 'HB409';
    end if;
    update duplicates d set closed_at = p_at where d.member_id = p_member and d.pair_id = p_pair;
    update duplicates d set closed_at = p_at where d.member_id = p_partner and d.pair_id = p_pair returning d.membership_id into v_membership;
    perform enter_statuses(array[p_at], array[p_partner], array[v_membership]);
end$$;

-- What a statement leaves, whatever it does: itself, and its jti spent.
create function hub.enter_statement(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_member) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
    values (p_member, p_sha, p_membership, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
end$$;

-- Where the end itself says that the certificate was taken back, it has been: as if by an act of its own.
create function hub.collect_with_end(p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_collected_on date, p_salt text, p_sha bytea)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    with collected as (
        insert into certificates (member_id, membership_id, province_code, number, state, issued_on, issuing_union, since, data_version, collected_on)
        select m.member_id, m.membership_id, m.certificate_province, m.certificate_number, 'COLLECTED', m.certificate_issued_on, m.issuing_union, p_at,
               m.data_version + 1, p_collected_on
          from memberships m where m.member_id = p_member and m.membership_id = p_membership and m.certificate_number is not null
        returning province_code, number, data_version),
    stepped as (
        insert into certificate_steps (member_id, membership_id, step_no, province_code, number, from_state, act, to_state, union_id, at, sha256)
        select p_member, p_membership, 2 * c.data_version, c.province_code, c.number, 'VALID', 'collect_certificate', 'COLLECTED', p_union, p_at, p_sha
          from collected c returning 1)
    select count(*) into n from stepped;
    if n <> 1 then raise exception 'there is no certificate to collect' using errcode = 'HB500'; end if;
    update memberships m set data_version = m.data_version + 1, card_salt = p_salt, certificate_province = null, certificate_number = null,
           certificate_issued_on = null, issuing_union = null
     where m.member_id = p_member and m.membership_id = p_membership;
end$$;

-- A membership ends, by its holder's word: withdrawn, deemed withdrawn, expelled, or dead.
create function hub.record_ending(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_version integer, p_from text, p_act text, p_to text, p_ended_on date,
    p_open uuid, p_open_step smallint, p_passed jsonb, p_ground text, p_pair uuid, p_ending_no smallint, p_collected_on date, p_salt text,
    p_expulsion_state text, p_effective_on date, p_judgment bytea, p_opinion bytea, p_decision bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare own memberships; v_partner uuid; v_ended smallint; n integer;
begin
    select d.other_member into v_partner from duplicates d where d.member_id = p_member and d.membership_id = p_membership and d.pair_id = p_pair;
    -- Both gates of a pair, always in one order, so that its two holders never wait for each other.
    perform 1 from memberships m where m.member_id = least(p_member, v_partner) and (m.membership_id = p_membership or m.open_duplicate = p_pair) for update;
    perform 1 from memberships m where m.member_id = greatest(p_member, v_partner) and (m.membership_id = p_membership or m.open_duplicate = p_pair) for update;
    select m.* into own from memberships m
     where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union and m.custody_version = p_version
       and m.status = p_from and m.held_since < p_at and m.open_handoff is not distinct from p_open
       and m.open_step is not distinct from p_open_step and m.open_duplicate is not distinct from p_pair;
    if own.membership_id is null then return false; end if;
    select coalesce(max(e.ending_no), 0) into v_ended from endings e where e.member_id = p_member and e.membership_id = p_membership;
    if p_ending_no <> v_ended + 1 or (p_open is not null and jsonb_array_length(p_passed) = 0) then return false; end if;
    if p_to not in ('WITHDRAWN', 'DEEMED_WITHDRAWN', 'EXPELLED', 'DECEASED') then raise exception 'no end of a membership' using errcode = 'HB500'; end if;
    perform enter_statement(p_at, p_union, p_member, p_membership, p_jti, p_sha, p_typ, p_jws, p_receipt);
    insert into endings (member_id, membership_id, ending_no, from_state, act, to_state, union_id, at, ended_on, sha256, has_certificate, collected_on,
                         expulsion_state, expulsion_step, effective_on, judgment_sha256, opinion_sha256, decision_sha256)
    values (p_member, p_membership, p_ending_no, p_from, p_act, p_to, p_union, p_at, p_ended_on, p_sha, own.certificate_number is not null, p_collected_on,
            p_expulsion_state, case when p_expulsion_state is not null then 1 end, p_effective_on, p_judgment, p_opinion, p_decision);
    if p_expulsion_state is not null then
        insert into expulsion_steps (member_id, membership_id, ending_no, step_no, from_state, act, to_state, side, union_id, at, sha256)
        values (p_member, p_membership, p_ending_no, 1, '-', 'decide', p_expulsion_state, 'HOLDER', p_union, p_at, p_sha);
    end if;
    perform end_membership(p_at, p_member, p_membership, p_to, p_open, p_open_step, p_passed, p_ground);
    if p_collected_on is not null then perform collect_with_end(p_at, p_union, p_member, p_membership, p_collected_on, p_salt, p_sha); end if;
    if p_pair is not null then perform free_partner(p_at, p_member, p_pair, v_partner); end if;
    return true;
end$$;

-- The next step of an expulsion, by compare-and-set on its ending. Gives whether it was the next one.
create function hub.step_expulsion(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_ending_no smallint, p_step smallint, p_from text, p_act text, p_to text,
    p_side text, p_sha bytea)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    update endings e set expulsion_state = p_to, expulsion_step = p_step + 1
     where e.member_id = p_member and e.membership_id = p_membership and e.ending_no = p_ending_no
       and e.expulsion_step = p_step and e.expulsion_state = p_from;
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    insert into expulsion_steps (member_id, membership_id, ending_no, step_no, from_state, act, to_state, side, union_id, at, sha256)
    values (p_member, p_membership, p_ending_no, p_step + 1, p_from, p_act, p_to, p_side, p_union, p_at, p_sha);
    return true;
end$$;

-- An expulsion is filed with the union next above its holder, which sees from now on what a filing shows.
create function hub.record_filing(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_ending_no smallint, p_step smallint, p_from text, p_to text,
    p_filed_on date, p_name_masked text, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_parent uuid; n integer;
begin
    perform 1 from memberships m where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union and m.status = 'EXPELLED' for update;
    if not found then return false; end if;
    select n.parent_union into v_parent from unions n where n.union_id = p_union;
    if not step_expulsion(p_at, p_union, p_member, p_membership, p_ending_no, p_step, p_from, 'file', p_to, 'HOLDER', p_sha) then return false; end if;
    perform enter_statement(p_at, p_union, p_member, p_membership, p_jti, p_sha, p_typ, p_jws, p_receipt);
    update endings e set filed_on = coalesce(e.filed_on, p_filed_on), filing_sha256 = p_sha
     where e.member_id = p_member and e.membership_id = p_membership and e.ending_no = p_ending_no;
    with filed as (
        insert into filings (member_id, membership_id, ending_no, higher_union, union_id, name_masked, effective_on, decided_on, filed_on, filed_at,
                             judgment_sha256, opinion_sha256, decision_sha256, sha256)
        select e.member_id, e.membership_id, e.ending_no, v_parent, p_union, p_name_masked, e.effective_on, e.ended_on, p_filed_on, p_at,
               e.judgment_sha256, e.opinion_sha256, e.decision_sha256, p_sha
          from endings e where e.member_id = p_member and e.membership_id = p_membership and e.ending_no = p_ending_no
        on conflict (member_id, membership_id, ending_no) do update set filed_on = excluded.filed_on, filed_at = excluded.filed_at,
            sha256 = excluded.sha256, mark = null, papers = null, marked_at = null
        returning 1)
    select count(*) into n from filed;
    if n <> 1 then raise exception 'a filing did not reach the union above' using errcode = 'HB500'; end if;
    return true;
end$$;

-- What the union above marks on a filing: that it has read it, or which papers it misses. Nothing else changes.
create function hub.record_filing_mark(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_ending_no smallint, p_step smallint, p_from text, p_act text, p_to text,
    p_mark text, p_papers text, p_filing bytea, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    perform 1 from memberships m where m.member_id = p_member and m.membership_id = p_membership and m.status = 'EXPELLED' for update;
    if not found then return false; end if;
    update filings f set mark = p_mark, papers = p_papers, marked_at = p_at
     where f.member_id = p_member and f.membership_id = p_membership and f.ending_no = p_ending_no and f.higher_union = p_union
       and f.sha256 = p_filing and f.mark is null;
    get diagnostics n = row_count;
    if n = 0 then return false; end if;
    if not step_expulsion(p_at, p_union, p_member, p_membership, p_ending_no, p_step, p_from, p_act, p_to, 'HIGHER', p_sha) then
        raise exception 'overtaken' using errcode = 'HB409';
    end if;
    perform enter_statement(p_at, p_union, p_member, p_membership, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- As before; and what is collected was collected after the latest end, which of an expulsion is a step of its own.
alter function hub.record_certificate(
    timestamptz, uuid, uuid, uuid, integer, integer, uuid, smallint, text, text, text, text, text, text, text, date, text, text, date, text, uuid, bytea,
    text, text, text) rename to step_certificate;

create function hub.record_certificate(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_custody integer, p_data integer, p_open uuid, p_open_step smallint,
    p_act text, p_province text, p_number text, p_from text, p_to text, p_new_province text, p_new_number text, p_new_issued_on date, p_new_issuer text,
    p_reason text, p_collected_on date, p_salt text, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare ended endings;
begin
    if not step_certificate(p_at, p_union, p_member, p_membership, p_custody, p_data, p_open, p_open_step, p_act, p_province, p_number, p_from, p_to,
                            p_new_province, p_new_number, p_new_issued_on, p_new_issuer, p_reason, p_collected_on, p_salt, p_jti, p_sha, p_typ, p_jws,
                            p_receipt) then
        return false;
    end if;
    if p_act <> 'collect_certificate' then return true; end if;
    select e.* into ended from endings e where e.member_id = p_member and e.membership_id = p_membership order by e.ending_no desc limit 1;
    update endings e set collected_on = p_collected_on
     where e.member_id = p_member and e.membership_id = p_membership and e.ending_no = ended.ending_no;
    if ended.expulsion_step is not null and not step_expulsion(
        p_at, p_union, p_member, p_membership, ended.ending_no, ended.expulsion_step, ended.expulsion_state, 'collect', 'COLLECTED', 'HOLDER', p_sha) then
        raise exception 'overtaken' using errcode = 'HB409';
    end if;
    return true;
end$$;

-- The judgment was annulled: the last holder holds again, from now on; between the two nobody did (I2: REVERSAL). A certificate that was
-- collected stays so, and its number is nobody else's.
create function hub.record_reversal(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_version integer, p_ending_no smallint, p_step smallint, p_from text, p_to text,
    p_salt text, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare own memberships; ended endings; people uuid[]; numbers bytea[]; n integer;
begin
    perform 1 from memberships m where m.member_id = p_member and m.membership_id = p_membership for update;
    select m.* into own from memberships m
     where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union and m.custody_version = p_version and m.status = 'EXPELLED';
    if own.membership_id is null then return false; end if;
    select e.* into ended from endings e where e.member_id = p_member and e.membership_id = p_membership and e.ending_no = p_ending_no;
    if p_at <= ended.at then return false; end if;
    numbers := array(select i.id_hash from person_ids i where i.member_id = p_member);
    people := array(select c.member_id from identity_claims c where c.id_hash = any (numbers)) || p_member;
    if exists (select from memberships l where l.member_id = any (people) and l.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED')) then return false; end if;
    if not step_expulsion(p_at, p_union, p_member, p_membership, p_ending_no, p_step, p_from, 'reverse', p_to, 'HOLDER', p_sha) then return false; end if;
    perform enter_statement(p_at, p_union, p_member, p_membership, p_jti, p_sha, p_typ, p_jws, p_receipt);
    insert into endings (member_id, membership_id, ending_no, from_state, act, to_state, union_id, at, sha256, has_certificate)
    values (p_member, p_membership, p_ending_no + 1, 'EXPELLED', 'reverse', 'ACTIVE', p_union, p_at, p_sha, false);
    update memberships m set status = 'ACTIVE', custody_version = m.custody_version + 1, held_since = p_at, held_by_sha256 = p_sha, card_salt = p_salt
     where m.member_id = p_member and m.membership_id = p_membership;
    insert into holdings (member_id, membership_id, custody_version, holder_union, during)
    values (p_member, p_membership, p_version + 1, p_union, tstzrange(p_at, null));
    update persons p set membership_id = p_membership, holder_union = p_union where p.member_id = p_member;
    -- I3: who comes with one of its numbers is known by it again.
    update identity_claims c set member_id = p_member where c.id_hash = any (numbers);
    perform enter_statuses(array[p_at], array[p_member], array[p_membership]);
    return true;
end$$;
