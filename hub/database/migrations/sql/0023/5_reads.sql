-- What the last holder has still to file (A23, I13), for the first time or with papers: by the day of the decision, the earliest first.
-- `p_on` and what follows it: after whom the page begins; null: from the start. The columns are those of `read_endings`.
create function hub.read_overdue_filings(p_on date, p_membership uuid, p_ending_no smallint, p_limit integer)
returns table (membership_id uuid, ending_no smallint, act text, to_state text, at timestamptz, ended_on date, sha256 bytea, has_certificate boolean,
               collected_on date, expulsion_state text, filed_on date, higher_union uuid, mark text, papers text, marked_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_acting uuid := nullif(current_setting('hub.acting', true), '')::uuid;
begin
    return query
    with due as (
        (select e.member_id, e.membership_id, e.ending_no
           from endings e
          where e.union_id = v_acting and e.expulsion_state = 'DECIDED'
            and (p_on is null or (e.ended_on, e.membership_id, e.ending_no) > (p_on, p_membership, p_ending_no))
          order by e.ended_on, e.membership_id, e.ending_no limit p_limit)
        union all
        (select f.member_id, f.membership_id, f.ending_no
           from filings f
           join endings e on e.member_id = f.member_id and e.membership_id = f.membership_id and e.ending_no = f.ending_no
          where f.union_id = v_acting and f.mark = 'RETURNED_FOR_PAPERS' and e.expulsion_state <> 'REVERSED'
            and (p_on is null or (f.decided_on, f.membership_id, f.ending_no) > (p_on, p_membership, p_ending_no))
          order by f.decided_on, f.membership_id, f.ending_no limit p_limit))
    select e.membership_id, e.ending_no, e.act, e.to_state, e.at, e.ended_on, e.sha256,
           e.has_certificate and (e.collected_on is not null or m.certificate_number is not null), e.collected_on, e.expulsion_state,
           e.filed_on, f.higher_union, f.mark, f.papers, f.marked_at
      from due d
      join endings e on e.member_id = d.member_id and e.membership_id = d.membership_id and e.ending_no = d.ending_no
      join memberships m on m.member_id = e.member_id and m.membership_id = e.membership_id and m.holder_union = v_acting
      left join filings f on f.member_id = e.member_id and f.membership_id = e.membership_id and f.ending_no = e.ending_no
     order by e.ended_on, e.membership_id, e.ending_no limit p_limit;
end$$;

-- What is proposed of these members and not decided yet, for their holder.
create function hub.read_expulsion_proposals(p_memberships uuid[])
returns table (membership_id uuid, at timestamptz, sha256 bytea, opinion_sha256 bytea, opinion_on date)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select p.membership_id, p.at, p.sha256, p.opinion_sha256, p.opinion_on
      from memberships m
      join expulsion_proposals p on p.member_id = m.member_id and p.membership_id = m.membership_id
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
       and m.status in ('ACTIVE', 'RETAINED') and p.to_state = 'PROPOSED' and p.custody_version = m.custody_version
       and not exists (select from expulsion_proposals x where x.member_id = p.member_id and x.membership_id = p.membership_id and x.step_no > p.step_no);
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace
                and p.proname in ('read_overdue_filings', 'read_expulsion_proposals', 'facts_for_proposal', 'record_proposal', 'record_ending') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
    -- A part of the others, no door of its own.
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.proname = 'enter_ending' loop
        execute format('revoke all on function %s from hub_app', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
