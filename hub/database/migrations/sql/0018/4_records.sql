-- A manifest (domain 4.7): kept among the statements under its batch, with the first of its leaves that is applied, and found there by the
-- later ones. Takes and gives what was applied; where nothing was, nothing is kept. Its jti is good for one text.
create function hub.enter_manifest(
    p_done integer[], p_at timestamptz, p_union uuid, p_batch uuid, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    if p_done is null or cardinality(p_done) = 0 then return p_done; end if;
    insert into statement_claims (jti, iss, sha256, member_id) values (p_jti, p_union, p_sha, p_batch) on conflict do nothing;
    get diagnostics n = row_count;
    if n = 1 then
        insert into statements (member_id, sha256, membership_id, iss, jti, typ, jws, receipt, received_at)
        values (p_batch, p_sha, p_batch, p_union, p_jti, p_typ, p_jws, p_receipt, p_at);
    elsif not exists (select from statement_claims c where c.jti = p_jti and c.iss = p_union and c.sha256 = p_sha and c.member_id = p_batch) then
        raise exception 'jti already used' using errcode = 'HB409';
    end if;
    return p_done;
end$$;

-- Who takes a union's place (A3, HUB-P09) goes on with the secondments of those whom it takes over, as their home or as their host. Gives the
-- acceptances that are none of this.
create function hub.succeed_seconded(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_sha bytea[], p_done integer[])
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare i integer; m memberships; h handoffs; s secondments; v_state text; v_today date; v_left integer[] := '{}';
begin
    if not exists (select from unnest(p_member, p_membership, p_handoff) u (member_id, membership_id, handoff_id)
                     join handoffs x on x.member_id = u.member_id and x.handoff_id = u.handoff_id and x.reason_code = 'EMPLOYER_REORGANISED'
                     join secondments y on y.member_id = u.member_id and y.membership_id = u.membership_id
                      and y.state in ('RECORDED', 'OFFERED', 'AT_HOST', 'RETURN_DUE')) then
        return p_done;
    end if;
    foreach i in array p_done loop
        select x.* into h from handoffs x where x.member_id = p_member[i] and x.handoff_id = p_handoff[i];
        if h.reason_code <> 'EMPLOYER_REORGANISED' then
            v_left := v_left || i;
            continue;
        end if;
        select x.* into m from memberships x where x.member_id = p_member[i] and x.membership_id = p_membership[i];
        select x.* into s from secondments x where x.member_id = m.member_id and x.membership_id = m.membership_id
           and x.state in ('RECORDED', 'OFFERED', 'AT_HOST', 'RETURN_DUE');
        v_today := (p_at[i] at time zone 'Asia/Shanghai')::date;
        if s.state in ('AT_HOST', 'RETURN_DUE') and s.host_version = m.custody_version - 1 then
            if m.holding_basis <> 'SECONDMENT' or h.to_union = s.home_union then raise exception 'a seconded member is taken over as such' using errcode = 'HB409'; end if;
            v_state := secondment_state(s, s.host_version, m.status, false, v_today);
            update secondments x set host_union = h.to_union, host_version = m.custody_version
             where x.member_id = s.member_id and x.membership_id = s.membership_id and x.secondment_no = s.secondment_no;
            perform step_secondment(p_at[i], s.member_id, s.membership_id, s.secondment_no, v_state, 'succeed', v_state, 'RECEIVER', p_union[i], p_sha[i]);
        elsif m.holding_basis = 'SECONDMENT' then
            raise exception 'no secondment lasts' using errcode = 'HB409';
        elsif s.state in ('RECORDED', 'OFFERED') and s.home_union = h.from_union and h.to_union is distinct from s.host_union
              and secondment_state(s, m.custody_version - 1, m.status, false, v_today) = 'RECORDED' then
            if s.state = 'OFFERED' then
                perform step_secondment(p_at[i], s.member_id, s.membership_id, s.secondment_no, 'OFFERED', 'fall_back', 'RECORDED', 'HUB', null, null);
            end if;
            update secondments x set home_union = h.to_union, home_version = m.custody_version
             where x.member_id = s.member_id and x.membership_id = s.membership_id and x.secondment_no = s.secondment_no;
            perform step_secondment(p_at[i], s.member_id, s.membership_id, s.secondment_no, 'RECORDED', 'succeed', 'RECORDED', 'RECEIVER', p_union[i], p_sha[i]);
        end if;
    end loop;
    return v_left;
end$$;

-- As before; but a host that is wound up lets its successor have the seconded too.
create or replace function hub.release_seconded(p_at timestamptz[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_sha bytea[], p_done integer[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare i integer; m memberships; h handoffs; s secondments; v_terms jsonb; v_stated text; v_no smallint; v_today date;
begin
    if not exists (select from unnest(p_member, p_handoff) u (member_id, handoff_id)
                     join handoffs x on x.member_id = u.member_id and x.handoff_id = u.handoff_id
                     join memberships y on y.member_id = x.member_id and y.membership_id = x.membership_id
                    where x.reason_code in ('SECONDMENT', 'SECONDMENT_RETURN') or y.holding_basis = 'SECONDMENT') then return; end if;
    foreach i in array p_done loop
        select x.* into h from handoffs x where x.member_id = p_member[i] and x.handoff_id = p_handoff[i];
        select x.* into m from memberships x where x.member_id = p_member[i] and x.membership_id = p_membership[i];
        select x.* into s from secondments x where x.member_id = m.member_id and x.membership_id = m.membership_id
           and x.state in ('RECORDED', 'OFFERED', 'AT_HOST', 'RETURN_DUE');
        v_today := (p_at[i] at time zone 'Asia/Shanghai')::date;
        if m.holding_basis = 'SECONDMENT' or h.reason_code = 'SECONDMENT_RETURN' then
            if h.reason_code = 'EMPLOYER_REORGANISED' and h.to_union is distinct from s.home_union
               and exists (select from unions n where n.union_id = h.from_union and n.state = 'WINDING_UP' and n.successor_union = h.to_union) then
                continue;   -- with all whom a host that is wound up holds
            end if;
            if h.reason_code <> 'SECONDMENT_RETURN' or s.state not in ('AT_HOST', 'RETURN_DUE') or s.host_version <> m.custody_version
               or h.to_union is distinct from s.home_union then
                raise exception 'a seconded member goes home' using errcode = 'HB409';
            end if;
        elsif h.reason_code = 'SECONDMENT' then
            select d.terms -> 'secondment', coalesce(d.terms ->> 'new_employer_uscc', d.terms ->> 'host_employer_uscc') into v_terms, v_stated
              from dockets d where d.member_id = h.member_id and d.handoff_id = h.handoff_id and d.side = 'HOLDER';
            if v_terms ->> 'starts_on' is null or v_terms ->> 'ends_on' is null then raise exception 'an offer has its term' using errcode = 'HB500'; end if;
            if s.secondment_no is not null and secondment_state(s, m.custody_version, m.status, false, v_today) = 'RECORDED' then
                if s.state = 'OFFERED' then
                    perform step_secondment(p_at[i], s.member_id, s.membership_id, s.secondment_no, 'OFFERED', 'fall_back', 'RECORDED', 'HUB', null, null);
                end if;
                v_no := s.secondment_no;
            else
                v_no := enter_secondment(p_at[i], m.member_id, m.membership_id, h.from_union, h.to_union, v_stated, (v_terms ->> 'starts_on')::date,
                                         (v_terms ->> 'ends_on')::date, m.custody_version, p_sha[i]);
            end if;
            -- The release states the agreed term as it is now.
            update secondments x set host_union = h.to_union, host_employer_uscc = coalesce(v_stated, x.host_employer_uscc),
                   starts_on = (v_terms ->> 'starts_on')::date, ends_on = (v_terms ->> 'ends_on')::date, offer = h.handoff_id
             where x.member_id = m.member_id and x.membership_id = m.membership_id and x.secondment_no = v_no;
            perform step_secondment(p_at[i], m.member_id, m.membership_id, v_no, 'RECORDED', 'offer', 'OFFERED', 'HOME', h.from_union, p_sha[i]);
        end if;
    end loop;
end$$;

-- As before, after those whom a successor has taken over.
create or replace function hub.accept_seconded(
    p_at timestamptz[], p_union uuid[], p_member uuid[], p_membership uuid[], p_handoff uuid[], p_sha bytea[], p_done integer[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare i integer; m memberships; h handoffs; s secondments; v_today date;
begin
    p_done := succeed_seconded(p_at, p_union, p_member, p_membership, p_handoff, p_sha, p_done);
    if not exists (select from unnest(p_member, p_membership) u (member_id, membership_id)
                     join secondments x on x.member_id = u.member_id and x.membership_id = u.membership_id
                      and x.state in ('OFFERED', 'AT_HOST', 'RETURN_DUE')) then
        if exists (select from unnest(p_member, p_membership) u (member_id, membership_id)
                     join memberships y on y.member_id = u.member_id and y.membership_id = u.membership_id
                    where y.holding_basis = 'SECONDMENT') then
            raise exception 'no secondment is offered' using errcode = 'HB409';
        end if;
        return;
    end if;
    foreach i in array p_done loop
        select x.* into h from handoffs x where x.member_id = p_member[i] and x.handoff_id = p_handoff[i];
        select x.* into m from memberships x where x.member_id = p_member[i] and x.membership_id = p_membership[i];
        select x.* into s from secondments x where x.member_id = m.member_id and x.membership_id = m.membership_id
           and x.state in ('OFFERED', 'AT_HOST', 'RETURN_DUE');
        v_today := (p_at[i] at time zone 'Asia/Shanghai')::date;
        if (h.reason_code = 'SECONDMENT') <> (m.holding_basis = 'SECONDMENT') then
            raise exception 'the basis is not that of the reason' using errcode = 'HB409';
        elsif h.reason_code = 'SECONDMENT' then
            if s.state is distinct from 'OFFERED' or s.offer <> h.handoff_id then raise exception 'not what was offered' using errcode = 'HB409'; end if;
            update secondments x set host_version = m.custody_version
             where x.member_id = m.member_id and x.membership_id = m.membership_id and x.secondment_no = s.secondment_no;
            perform step_secondment(p_at[i], m.member_id, m.membership_id, s.secondment_no, 'OFFERED', 'accept', 'AT_HOST', 'RECEIVER', p_union[i], p_sha[i]);
        elsif s.state in ('AT_HOST', 'RETURN_DUE') and s.host_version = m.custody_version - 1 then
            if h.reason_code <> 'SECONDMENT_RETURN' or h.to_union <> s.home_union then
                raise exception 'a seconded member goes home' using errcode = 'HB409';
            end if;
            perform step_secondment(p_at[i], m.member_id, m.membership_id, s.secondment_no,
                                    secondment_state(s, s.host_version, m.status, false, v_today), 'return', 'RETURNED', 'RECEIVER', p_union[i], p_sha[i]);
        elsif h.reason_code = 'SECONDMENT_RETURN' then
            raise exception 'nobody returns who was not seconded' using errcode = 'HB409';
        end if;
    end loop;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

revoke all on function hub.succeed_seconded(timestamptz[], uuid[], uuid[], uuid[], uuid[], bytea[], integer[]) from public;

grant execute on function hub.succeed_seconded(timestamptz[], uuid[], uuid[], uuid[], uuid[], bytea[], integer[]) to hub_mover;

alter function hub.succeed_seconded(timestamptz[], uuid[], uuid[], uuid[], uuid[], bytea[], integer[]) owner to hub_mover;

revoke all on function hub.enter_manifest(integer[], timestamptz, uuid, uuid, uuid, bytea, text, text, text) from public;

grant execute on function hub.enter_manifest(integer[], timestamptz, uuid, uuid, uuid, bytea, text, text, text) to hub_app, hub_mover;

alter function hub.enter_manifest(integer[], timestamptz, uuid, uuid, uuid, bytea, text, text, text) owner to hub_mover;

revoke create on schema hub from hub_mover;
