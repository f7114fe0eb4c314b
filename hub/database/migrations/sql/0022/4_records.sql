-- An agreement that is suspended ends by the word of the union above the party that is wound up, or goes on with the successor that it has
-- named, once that one has signed over the same text (domain 3.5): in the party's place, with the members whom the agreement covers. Of a
-- dispatch union's those whom the successor has taken over by then; they are covered as before.
create function hub.record_on_suspended(
    p_at timestamptz, p_union uuid, p_agreement uuid, p_step_no smallint, p_act text, p_side text, p_to text,
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
declare v_old uuid; v_step smallint; n integer; v_today date := (p_at at time zone 'Asia/Shanghai')::date;
begin
    if p_side = 'HIGHER' then
        update entrustments e set state = 'TERMINATED', step_no = e.step_no + 1, closed_at = p_at
         where e.agreement_id = p_agreement and e.step_no = p_step_no and e.state = 'SUSPENDED' and v_today <= e.ends_on
           and p_act = 'terminate' and p_to = 'TERMINATED'
           and exists (select from unions w where w.union_id in (e.dispatch_union, e.host_union) and w.parent_union = p_union and w.state <> 'ACTIVE')
        returning e.step_no into v_step;
    else
        -- Nor is the successor wound up before this is in.
        perform 1 from unions s where s.union_id = p_union and s.state = 'ACTIVE' for key share;
        if not found then return false; end if;
        select case p_side when 'DISPATCH' then e.dispatch_union when 'HOST' then e.host_union end into v_old
          from entrustments e where e.agreement_id = p_agreement;
        update entrustments e set state = p_to, step_no = e.step_no + 1, author_union = case e.author_union when v_old then p_union else e.author_union end,
               dispatch_union = case e.dispatch_union when v_old then p_union else e.dispatch_union end,
               host_union = case e.host_union when v_old then p_union else e.host_union end
         where e.agreement_id = p_agreement and e.step_no = p_step_no and e.state = 'SUSPENDED' and v_today <= e.ends_on
           and v_old = case p_side when 'DISPATCH' then e.dispatch_union when 'HOST' then e.host_union end
           and (p_act, p_to) = (case when e.in_force_from > p_at then 'reschedule' else 'resume' end,
                                case when e.in_force_from > p_at then 'SCHEDULED' else 'IN_FORCE' end)
           and exists (select from unions w where w.union_id = v_old and w.successor_union = p_union and w.state <> 'ACTIVE')
        returning e.step_no into v_step;
    end if;
    if v_step is null then return false; end if;
    insert into entrustment_steps (agreement_id, step_no, from_state, act, to_state, side, union_id, at, sha256)
    values (p_agreement, v_step, 'SUSPENDED', p_act, p_to, p_side, p_union, p_at, p_sha);
    if p_side = 'HOST' then
        with carried as (
            update coverages c set host_union = p_union
             where c.agreement_id = p_agreement and c.host_union = v_old and c.state in ('PENDING', 'COVERED') returning 1)
        select count(*) into n from carried;
    elsif p_side = 'DISPATCH' then
        with carried as (
            update coverages c set dispatch_union = p_union, custody_version = m.custody_version
              from memberships m, handoffs h
             where c.agreement_id = p_agreement and c.dispatch_union = v_old and c.state in ('PENDING', 'COVERED')
               and m.member_id = c.member_id and m.membership_id = c.membership_id and m.holder_union = p_union and m.custody_version = c.custody_version + 1
               and h.member_id = c.member_id and h.membership_id = c.membership_id and h.custody_version = c.custody_version and h.state = 'ACCEPTED'
               and h.reason_code = 'EMPLOYER_REORGANISED' and h.to_union = p_union
            returning 1)
        select count(*) into n from carried;
    end if;
    perform record_entrustment_statement(p_at, p_union, p_agreement, p_jti, p_sha, p_typ, p_jws, p_receipt);
    return true;
end$$;

-- As before; but under an agreement in force alone: whoever suspends it waits for this, or this for him.
alter function hub.record_coverage_answer(timestamptz, uuid, uuid, text, uuid[], uuid[], uuid, bytea, text, text, text) rename to answer_coverage;

create function hub.record_coverage_answer(
    p_at timestamptz, p_union uuid, p_agreement uuid, p_to text, p_coverage uuid[], p_member uuid[],
    p_jti uuid, p_sha bytea, p_typ text, p_jws text, p_receipt text)
returns boolean language plpgsql volatile security definer set search_path = hub, pg_temp as $$
begin
    perform 1 from entrustments e where e.agreement_id = p_agreement for share;
    if not exists (select from entrustment_states(p_at, array[p_agreement]) s where s.state = 'IN_FORCE') then return false; end if;
    return answer_coverage(p_at, p_union, p_agreement, p_to, p_coverage, p_member, p_jti, p_sha, p_typ, p_jws, p_receipt);
end$$;
