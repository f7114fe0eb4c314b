-- The holder enters what its group proposes, or drops it. `p_step`: the last step before this one; 0: there was none.
create function hub.record_proposal(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_version integer, p_step smallint, p_from text, p_act text, p_to text,
    p_opinion bytea, p_opinion_on date, p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_last expulsion_proposals; v_open boolean;
begin
    perform 1 from memberships m
      where m.member_id = p_member and m.membership_id = p_membership and m.holder_union = p_union and m.custody_version = p_version
        and m.status in ('ACTIVE', 'RETAINED') and m.held_since < p_at for update;
    if not found then return false; end if;
    select p.* into v_last from expulsion_proposals p
     where p.member_id = p_member and p.membership_id = p_membership order by p.step_no desc limit 1;
    v_open := coalesce(v_last.to_state = 'PROPOSED' and v_last.custody_version = p_version, false);
    if coalesce(v_last.step_no, 0) <> p_step or v_last.at >= p_at or p_act not in ('propose', 'drop') or v_open <> (p_act = 'drop')
       or (v_open and (v_last.opinion_sha256, v_last.opinion_on) is distinct from (p_opinion, p_opinion_on)) then
        return false;
    end if;
    perform enter_statement(p_at, p_union, p_member, p_membership, p_jti, p_sha, p_typ, p_jws, p_receipt);
    insert into expulsion_proposals (member_id, membership_id, step_no, from_state, act, to_state, union_id, custody_version, opinion_sha256, opinion_on,
                                     at, sha256)
    values (p_member, p_membership, p_step + 1, p_from, p_act, p_to, p_union, p_version, p_opinion, p_opinion_on, p_at, p_sha);
    return true;
end$$;

-- As before; and a decision on what is proposed is on that opinion, and closes the proposal.
alter function hub.record_ending(
    timestamptz, uuid, uuid, uuid, integer, text, text, text, date, uuid, smallint, jsonb, text, uuid, smallint, date, text, text, date, bytea, bytea,
    bytea, uuid, bytea, text, text, text) rename to enter_ending;

create function hub.record_ending(
    p_at timestamptz, p_union uuid, p_member uuid, p_membership uuid, p_version integer, p_from text, p_act text, p_to text, p_ended_on date,
    p_open uuid, p_open_step smallint, p_passed jsonb, p_ground text, p_pair uuid, p_ending_no smallint, p_collected_on date, p_salt text,
    p_expulsion_state text, p_effective_on date, p_judgment bytea, p_opinion bytea, p_decision bytea,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_last expulsion_proposals;
begin
    if not enter_ending(p_at, p_union, p_member, p_membership, p_version, p_from, p_act, p_to, p_ended_on, p_open, p_open_step, p_passed, p_ground, p_pair,
                        p_ending_no, p_collected_on, p_salt, p_expulsion_state, p_effective_on, p_judgment, p_opinion, p_decision, p_jti, p_sha, p_typ,
                        p_jws, p_receipt) then
        return false;
    end if;
    if p_to <> 'EXPELLED' then return true; end if;
    select p.* into v_last from expulsion_proposals p
     where p.member_id = p_member and p.membership_id = p_membership order by p.step_no desc limit 1;
    if v_last.to_state is distinct from 'PROPOSED' or v_last.custody_version <> p_version then return true; end if;
    if v_last.opinion_sha256 is distinct from p_opinion or v_last.at >= p_at then
        raise exception 'another opinion is proposed' using errcode = 'HB409';
    end if;
    insert into expulsion_proposals (member_id, membership_id, step_no, from_state, act, to_state, union_id, custody_version, opinion_sha256, opinion_on,
                                     at, sha256)
    values (p_member, p_membership, v_last.step_no + 1, 'PROPOSED', 'decide', p_expulsion_state, p_union, p_version, v_last.opinion_sha256,
            v_last.opinion_on, p_at, p_sha);
    return true;
end$$;
