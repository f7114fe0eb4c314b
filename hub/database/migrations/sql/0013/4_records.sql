-- A manifest (domain 4.7): kept among the statements under its batch, with the first of its leaves that is applied, and found there by the
-- later ones. Takes and gives what was applied; where nothing was, nothing is kept. Its jti is good for one text.
create function hub.enter_manifest(
    p_done integer[], p_at timestamptz, p_union uuid, p_batch uuid, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns integer[] language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare n integer;
begin
    if p_done is null or cardinality(p_done) = 0 then return p_done; end if;
    -- A batch is nobody's id.
    if exists (select from persons p where p.member_id = p_batch) then raise exception 'not a batch' using errcode = 'HB409'; end if;
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

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

revoke all on function hub.enter_manifest(integer[], timestamptz, uuid, uuid, uuid, bytea, text, text, text) from public;

grant execute on function hub.enter_manifest(integer[], timestamptz, uuid, uuid, uuid, bytea, text, text, text) to hub_app, hub_mover;

alter function hub.enter_manifest(integer[], timestamptz, uuid, uuid, uuid, bytea, text, text, text) owner to hub_mover;

revoke create on schema hub from hub_mover;
