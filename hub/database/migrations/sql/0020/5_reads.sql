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

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

revoke all on function hub.read_overdue_filings(date, uuid, smallint, integer) from public;

grant execute on function hub.read_overdue_filings(date, uuid, smallint, integer) to hub_app, hub_mover;

alter function hub.read_overdue_filings(date, uuid, smallint, integer) owner to hub_mover;

revoke create on schema hub from hub_mover;
