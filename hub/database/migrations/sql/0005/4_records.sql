-- Which key signed a statement, by its header.
create function hub.kid_of(p_jws text)
returns text language plpgsql immutable set search_path = hub, pg_temp as $$
declare header text := translate(split_part(p_jws, '.', 1), '-_', '+/');
begin
    return convert_from(decode(header || repeat('=', (4 - length(header) % 4) % 4), 'base64'), 'UTF8')::json ->> 'kid';
end$$;

-- I17: the keys that signed these statements are in force, and stay so until the transaction has ended. An act calls it first, in the
-- same call as its record: whoever ends one of the keys waits for it, or it for him, and then asks for its facts again.
create function hub.hold_keys(p_at timestamptz[], p_union uuid[], p_jws text[])
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare kids text[] := array(select kid_of(u.jws) from unnest(p_jws) with ordinality u (jws, ord) order by u.ord); in_force integer;
begin
    -- One after the other, in one order, so that two calls never wait for each other.
    perform 1 from unnest(p_union, kids) u (union_id, kid)
       join union_keys k on k.union_id = u.union_id and k.use = 'SIGNING' and k.kid = u.kid
      order by k.union_id, k.kid for share of k;
    select count(*) into in_force from unnest(p_at, p_union, kids) u (at, union_id, kid)
      join union_keys k on k.union_id = u.union_id and k.use = 'SIGNING' and k.kid = u.kid
     where k.revoked_at is null and (k.retired_at is null or k.retired_at > u.at);
    if in_force <> cardinality(p_jws) then raise exception 'a key has ended meanwhile' using errcode = 'HB409'; end if;
    return true;
end$$;

-- Its end: nobody records by this key from here to the end of the transaction, so that what was recorded was received before it.
create function hub.hold_key_to_end_it(p_uri text, p_use text, p_kid text)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    perform 1 from union_keys k join unions n on n.union_id = k.union_id where n.uri = p_uri and k.use = p_use and k.kid = p_kid for update of k;
end$$;

-- A pair that no number holds together any more was never one person: both go on, each as itself, and each number is its own (A3).
create function hub.dissolve_pair(p_at timestamptz, p_member uuid, p_membership uuid)
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare pair duplicates; claimed integer;
begin
    select d.* into pair from duplicates d where d.member_id = p_member and d.membership_id = p_membership and d.closed_at is null;
    if pair.pair_id is null or exists (select from person_ids a join person_ids b on b.id_hash = a.id_hash
                                        where a.member_id = pair.member_id and b.member_id = pair.other_member) then
        return;
    end if;
    update memberships m set open_duplicate = null, status = case when m.status = 'DUPLICATE_SUSPECTED' then 'ACTIVE' else m.status end
     where m.member_id in (pair.member_id, pair.other_member) and m.membership_id in (pair.membership_id, pair.other_membership)
       and m.open_duplicate = pair.pair_id;
    -- What the suspected one had could not be claimed as long as the other one had it.
    with claims as (
        insert into identity_claims (id_hash, member_id)
        select i.id_hash, i.member_id from person_ids i where i.member_id in (pair.member_id, pair.other_member) and i.id_hash is not null
        on conflict do nothing returning 1)
    select count(*) into claimed from claims;
    select count(*) into claimed from person_ids i join identity_claims c on c.id_hash = i.id_hash
     where i.member_id in (pair.member_id, pair.other_member) and c.member_id <> i.member_id;
    if claimed > 0 then raise exception 'already claimed' using errcode = 'HB409'; end if;
    update duplicates d set closed_at = p_at where d.member_id = pair.member_id and d.membership_id = pair.membership_id and d.pair_id = pair.pair_id;
    update duplicates d set closed_at = p_at where d.member_id = pair.other_member and d.membership_id = pair.other_membership and d.pair_id = pair.pair_id;
end$$;

-- Who is counted elsewhere from now on (A16): for every act that moves a membership, changes its status, or where its person works or lives.
-- A dispatched worker is counted by who holds him, and so is one whose place of work is not known.
create function hub.enter_unassigned(p_at timestamptz[], p_member uuid[], p_membership uuid[])
returns void language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer; prune uuid[] := case when cardinality(p_member) <= 32 then p_member end;
begin
    -- Nearly nobody is one: the others cost one look.
    if not exists (select from unnest(p_member) u (member_id) join persons p on p.member_id = u.member_id where p.is_rural_migrant)
       and not exists (select from unnest(p_member) u (member_id) join unassigned x on x.member_id = u.member_id where upper_inf(x.during)) then
        return;
    end if;
    with stands as (
        select u.at, m.member_id, m.membership_id, m.holder_union,
               case when m.status = 'ACTIVE' and p.is_rural_migrant and m.holding_basis not in ('DISPATCH_UNION', 'DISPATCH_HOST_JOINED')
                         and w.county <> h.county and left(p.residence_division_code, 6) is distinct from h.county then w.county end as county
          from unnest(p_at, p_member, p_membership) u (at, member_id, membership_id)
          join memberships m on m.member_id = u.member_id and m.membership_id = u.membership_id
          join persons p on p.member_id = m.member_id
          join unions n on n.union_id = m.holder_union
         cross join lateral (select substring(m.employer_uscc from 3 for 6) as county) w
         cross join lateral (select substring(coalesce(n.uscc, n.local_code) from 3 for 6) as county) h),
    stood as (
        select x.member_id, x.membership_id, x.since, x.holder_union, x.county, s.at
          from stands s join unassigned x on x.member_id = s.member_id and x.membership_id = s.membership_id and upper_inf(x.during)),
    ended as (
        update unassigned x set during = tstzrange(lower(x.during), greatest(d.at, lower(x.during) + interval '1 microsecond'))
          from stood d left join stands s on s.member_id = d.member_id and s.membership_id = d.membership_id
                                         and s.holder_union = d.holder_union and s.county = d.county
         where x.member_id = d.member_id and x.membership_id = d.membership_id and x.since = d.since and s.county is null
           and (prune is null or x.member_id = any (prune))
        returning x.member_id, x.membership_id, upper(x.during) as at),
    begun as (     -- close, then open: ordered by data
        insert into unassigned (member_id, membership_id, since, holder_union, county, during)
        select s.member_id, s.membership_id, greatest(s.at, e.at), s.holder_union, s.county, tstzrange(greatest(s.at, e.at), null)
          from stands s
          left join ended e on e.member_id = s.member_id and e.membership_id = s.membership_id
         where s.county is not null
           and not exists (select from stood d where d.member_id = s.member_id and d.membership_id = s.membership_id
                              and d.holder_union = s.holder_union and d.county = s.county)
        returning 1)
    select count(*) into n from begun;
end$$;

-- A member's data put right, as a whole: what is not amended is given as it was, and the version that it was read at must still be that.
-- `id_no`: where a document given stands (1 is the one shown), `replaces`: in the place of another, `kept_no`: which then stands there.
-- `freed`: the hash of a number that was wrong: with it a pair may turn out to be two persons.
create or replace function hub.record_amendment(
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
    perform dissolve_pair(u.at, u.member_id, u.membership_id)
       from unnest(p_at, p_member, p_membership, p_freed) with ordinality u (at, member_id, membership_id, freed, ord)
      where u.freed is not null and u.ord = any (done);
    perform enter_unassigned(p_at, p_member, p_membership);
    return done;
end$$;

-- What was before, as it is known now.
do $$
declare members uuid[]; memberships uuid[]; begun timestamptz[];
begin
    select array_agg(m.member_id), array_agg(m.membership_id), array_agg(m.held_since) into members, memberships, begun
      from hub.memberships m join hub.persons p on p.member_id = m.member_id where m.status = 'ACTIVE' and p.is_rural_migrant;
    if members is not null then perform hub.enter_unassigned(begun, members, memberships); end if;
end$$;
