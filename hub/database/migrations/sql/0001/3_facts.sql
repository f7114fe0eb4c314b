-- What the rules need, one call per act, arrays in, one row per item out. Owned by hub_mover; each begins with the acting
-- union and tells it nothing of a person whom it has no tie to. `prune` gives Citus the shards of a small call and is
-- folded away on a large one, where re-probing the array per row would be quadratic. The `facts_for_…` are `stable`, so that one
-- snapshot answers everything: an act recorded meanwhile by another process is seen with its jti and its effect, or with neither.

create function hub.hub_now(p_test_clock boolean) returns timestamptz
language plpgsql volatile set search_path = hub, pg_temp as $$
declare t timestamptz;
begin
    if p_test_clock then
        select c.set_to + (clock_timestamp() - c.set_at) into t from clock c;
    end if;
    return coalesce(t, clock_timestamp());
end$$;

-- Every transaction of hub_app that reads lists begins with this. SET takes no bind and set_config is not sent to Citus workers.
create function hub.hub_begin(p_union uuid, p_login_kid text, p_test_clock boolean)
returns table (now timestamptz, login_in_force boolean)
language plpgsql volatile set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    execute format('set local hub.acting = %L', p_union);
    return query
        select n.t, exists (select from union_keys k where k.union_id = p_union and k.use = 'LOGIN' and k.kid = p_login_kid
                               and (k.retired_at is null or k.retired_at > n.t) and k.revoked_at is null)
          from (select hub_now(p_test_clock) as t) n;
end$$;

create type hub.signer as (
    now timestamptz, login_in_force boolean,
    uri text, name text, kind text, state text,
    key_alg text, key_jwk text, key_not_before timestamptz, key_retired_at timestamptz, key_revoked_at timestamptz,
    earlier_sha256 bytea, earlier_receipt text);

-- The acting unions, the keys that their statements name, and earlier uses of their (iss, jti).
create function hub.signers_of(p_now timestamptz, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[])
returns hub.signer[] language plpgsql stable security definer set search_path = hub, pg_temp as $$
declare earlier statement_claims[];
begin
    earlier := array(
        select c from unnest(p_union, p_jti) u (union_id, jti) join statement_claims c on c.jti = u.jti and c.iss = u.union_id);
    return array(
        select row (p_now,
                    exists (select from union_keys l where l.union_id = u.union_id and l.use = 'LOGIN' and l.kid = u.login_kid
                               and (l.retired_at is null or l.retired_at > p_now) and l.revoked_at is null),
                    a.uri, a.name, a.kind, a.state, k.alg, k.jwk, k.not_before, k.retired_at, k.revoked_at, e.sha256,
                    case when e.member_id is not null
                         then (select s.receipt from statements s where s.member_id = e.member_id and s.sha256 = e.sha256)
                         when e.about_union is not null
                         then (select s.receipt from union_statements s where s.union_id = e.about_union and s.sha256 = e.sha256) end)::signer
          from unnest(p_union, p_login_kid, p_iss, p_kid, p_jti) with ordinality u (union_id, login_kid, iss, kid, jti, ord)
          left join unions a on a.union_id = u.union_id
          left join unions i on i.uri = u.iss
          left join union_keys k on k.union_id = i.union_id and k.use = 'SIGNING' and k.kid = u.kid
          left join unnest(earlier) e on e.jti = u.jti and e.iss = u.union_id
         order by u.ord);
end$$;

create type hub.release_case as (
    ord integer, tie text, member_id uuid, custody_version integer, held_since timestamptz, held_by_sha256 bytea,
    status text, joined_on date, dues_paid_through text, employer_uscc text, card_salt text, certificate_province text,
    certificate_number text, issuing_union text, member_name text, sex text, birth_month text,
    open_handoff uuid, open_state text, open_step smallint, open_deadline timestamptz);

create function hub.facts_for_release(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_handoff uuid[], p_receiver text[])
returns table (
    ord bigint, signer hub.signer, membership hub.release_case, handoff_taken boolean,
    receiver_union uuid, receiver_kind text, receiver_state text, receiver_employers text[])
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; cases release_case[]; ids uuid[]; members uuid[]; prune uuid[]; taken uuid[]; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    signers := signers_of(v_now, p_union, p_login_kid, p_iss, p_kid, p_jti);
    select array_agg(c.membership_id), array_agg(c.member_id) into ids, members from membership_claims c where c.membership_id = any (p_membership);
    taken := array(select h.handoff_id from handoff_claims h where h.handoff_id = any (p_handoff));
    prune := case when cardinality(members) <= 32 then members end;
    -- Nothing of the person but for the holder; to those whom 5.3 (a) names (the ex-holder, the receiver of an open release), that there is one.
    cases := array(
        select row (u.ord, 'HOLDER', m.member_id, m.custody_version, m.held_since, m.held_by_sha256, m.status, m.joined_on, m.dues_paid_through,
                    m.employer_uscc, m.card_salt, m.certificate_province, m.certificate_number, m.issuing_union, p.name, p.sex, p.birth_month,
                    m.open_handoff, o.state, m.open_step, o.deadline)::release_case
          from unnest(p_union, p_membership) with ordinality u (union_id, membership_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union = u.union_id
          join persons p on p.member_id = m.member_id
          left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
         where prune is null or m.member_id = any (prune));
    if cardinality(cases) < cardinality(p_union) then
        cases := cases || array(
            select row (u.ord, 'PARTY', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                        null)::release_case
              from unnest(p_union, p_membership) with ordinality u (union_id, membership_id, ord)
              join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
              join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union <> u.union_id
             where (prune is null or m.member_id = any (prune))
               and (exists (select from holdings g where g.member_id = m.member_id and g.membership_id = m.membership_id and g.holder_union = u.union_id)
                 or exists (select from dockets d where d.member_id = m.member_id and d.handoff_id = m.open_handoff and d.union_id = u.union_id
                               and d.side = 'RECEIVER' and d.state = 'RELEASED' and (d.deadline is null or d.deadline > v_now))));
    end if;
    return query
    select u.ord, signers[u.ord], c, coalesce(u.handoff_id = any (taken), false), r.union_id, r.kind, r.state,
           array(select e.employer_uscc from union_employers e where e.union_id = r.union_id and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today))
      from unnest(p_handoff, p_receiver) with ordinality u (handoff_id, receiver, ord)
      left join unnest(cases) c on c.ord = u.ord
      left join unions r on r.uri = u.receiver;
end$$;

create type hub.open_case as (
    ord integer, member_id uuid, side text, state text, step_no smallint, reason_code text, case_version integer, release_sha256 bytea,
    out_date date, dues_paid_through text, deadline timestamptz, counterpart uuid, valid_until date, requested_at timestamptz, released_at timestamptz, receiver_kind text, receiver_state text,
    custody_version integer, held_since timestamptz, status text, open_handoff uuid, employer_uscc text);

-- For acceptance, refusal, recall: the case as the acting union's docket has it, and the membership's gate.
create function hub.facts_for_case(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_handoff uuid[])
returns table (ord bigint, signer hub.signer, holds boolean, handoff hub.open_case)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; cases open_case[]; ids uuid[]; members uuid[]; held integer[]; prune uuid[]; v_now timestamptz := hub_now(p_test_clock);
begin
    signers := signers_of(v_now, p_union, p_login_kid, p_iss, p_kid, p_jti);
    select array_agg(c.membership_id), array_agg(c.member_id) into ids, members from membership_claims c where c.membership_id = any (p_membership);
    prune := case when cardinality(members) <= 32 then members end;
    -- A15 asks of a federation alone whether it holds.
    if exists (select from unnest(signers) s where s.kind in ('REGIONAL_FEDERATION', 'SECTORAL_FEDERATION')) then
        held := array(
            select u.ord::integer from unnest(p_union, p_membership) with ordinality u (union_id, membership_id, ord)
              join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
              join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union = u.union_id
             where prune is null or m.member_id = any (prune));
    end if;
    cases := array(
        select row (u.ord, d.member_id, d.side, d.state, d.step_no, d.reason_code, d.custody_version, d.release_sha256, d.out_date,
                    d.dues_paid_through, d.deadline, d.counterpart, d.valid_until, d.requested_at, d.released_at, r.kind, r.state, m.custody_version, m.held_since, m.status, m.open_handoff,
                    m.employer_uscc)::open_case
          from unnest(p_union, p_membership, p_handoff) with ordinality u (union_id, membership_id, handoff_id, ord)
          join unnest(ids, members) c (membership_id, member_id) on c.membership_id = u.membership_id
          join dockets d on d.member_id = c.member_id and d.handoff_id = u.handoff_id and d.union_id = u.union_id and d.membership_id = u.membership_id
          join memberships m on m.member_id = d.member_id and m.membership_id = d.membership_id
          left join unions r on r.union_id = case d.side when 'RECEIVER' then d.union_id else d.counterpart end
         where prune is null or d.member_id = any (prune));
    return query
    select u.ord, signers[u.ord], coalesce(u.ord = any (held), false), c
      from unnest(p_union) with ordinality u (union_id, ord) left join unnest(cases) c on c.ord = u.ord;
end$$;

create function hub.facts_for_join(
    p_test_clock boolean, p_union uuid[], p_login_kid text[], p_iss text[], p_kid text[], p_jti uuid[],
    p_membership uuid[], p_id_hash bytea[], p_employer text[], p_province text[], p_number text[])
returns table (
    ord bigint, signer hub.signer, membership_taken boolean, known_person uuid, live_membership uuid, certificate_taken boolean,
    employers text[], employer_union_uri text, employer_union_name text, hits_today bigint)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare signers signer[]; taken uuid[]; hashes bytea[]; people uuid[]; live uuid[]; live_memberships uuid[]; numbers text[]; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    signers := signers_of(v_now, p_union, p_login_kid, p_iss, p_kid, p_jti);
    taken := array(select c.membership_id from membership_claims c where c.membership_id = any (p_membership));
    select array_agg(i.id_hash), array_agg(i.member_id) into hashes, people from identity_claims i where i.id_hash = any (p_id_hash);
    select array_agg(m.member_id), array_agg(m.membership_id) into live, live_memberships
      from memberships m where m.member_id = any (people) and m.status in ('ACTIVE', 'RETAINED');
    numbers := array(select c.province_code || '/' || c.number from certificate_claims c where c.number = any (p_number));
    return query
    select u.ord, signers[u.ord], coalesce(u.membership_id = any (taken), false), i.member_id, l.membership_id,
           coalesce(u.province || '/' || u.number = any (numbers), false),
           array(select e.employer_uscc from union_employers e where e.union_id = u.union_id and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today)),
           o.uri, o.name,
           (select count(*) from disclosures s where s.union_id = u.union_id and s.kind = 'ALREADY_MEMBER'
               and s.at > v_now - interval '1 day' and s.at <= v_now)
      from unnest(p_union, p_membership, p_id_hash, p_employer, p_province, p_number) with ordinality
               u (union_id, membership_id, id_hash, employer, province, number, ord)
      -- Who is no union learns of nobody.
      left join unnest(hashes, people) i (id_hash, member_id) on i.id_hash = u.id_hash and (signers[u.ord]).uri is not null
      left join unnest(live, live_memberships) l (member_id, membership_id) on l.member_id = i.member_id
      left join lateral (
           select n.uri, n.name from union_employers e join unions n on n.union_id = e.union_id
            where e.employer_uscc = u.employer and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today) and n.state = 'ACTIVE'
            order by e.is_member_unit, n.uri limit 1) o on true;
end$$;

-- For acts on unions and keys: the signer, the union it is about, the key that it names, the unions that it lists.
create function hub.facts_for_union(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid,
    p_about text, p_use text, p_about_kid text, p_listed text[])
returns table (
    signer hub.signer, about_union uuid, is_self boolean, is_next_higher boolean,
    key_registered boolean, key_revoked boolean, key_retired_at timestamptz, listed uuid[], listed_found text[])
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select (signers_of(hub_now(p_test_clock), array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1],
           b.union_id, coalesce(b.union_id = p_union, false), coalesce(b.parent_union = p_union, false),
           k.kid is not null, coalesce(k.revoked_at is not null, false), k.retired_at,
           array(select n.union_id from unions n where n.uri = any (p_listed) order by n.uri),
           array(select n.uri from unions n where n.uri = any (p_listed) order by n.uri)
      from (select 1) one
      left join unions b on b.uri = p_about
      left join union_keys k on k.union_id = b.union_id and k.use = p_use and k.kid = p_about_kid;
end$$;

create function hub.facts_for_login(p_test_clock boolean, p_uri text, p_kid text)
returns table (union_id uuid, alg text, jwk text, not_before timestamptz, retired_at timestamptz, revoked_at timestamptz, now timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select k.union_id, k.alg, k.jwk, k.not_before, k.retired_at, k.revoked_at, n.t
      from (select hub_now(p_test_clock) as t) n
      left join unions u on u.uri = p_uri
      left join union_keys k on k.union_id = u.union_id and k.use = 'LOGIN' and k.kid = p_kid;
end$$;
