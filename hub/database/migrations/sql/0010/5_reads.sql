-- How a membership ended, for its last holder, with what is still to be done: a certificate that was declared void is not collected.
create function hub.read_endings(p_memberships uuid[])
returns table (membership_id uuid, ending_no smallint, act text, to_state text, at timestamptz, ended_on date, sha256 bytea, has_certificate boolean,
               collected_on date, expulsion_state text, filed_on date, higher_union uuid, mark text, papers text, marked_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select e.membership_id, e.ending_no, e.act, e.to_state, e.at, e.ended_on, e.sha256,
           e.has_certificate and (e.collected_on is not null or m.certificate_number is not null), e.collected_on, e.expulsion_state,
           e.filed_on, f.higher_union, f.mark, f.papers, f.marked_at
      from memberships m
      join endings e on e.member_id = m.member_id and e.membership_id = m.membership_id
      left join filings f on f.member_id = e.member_id and f.membership_id = e.membership_id and f.ending_no = e.ending_no
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by e.membership_id, e.ending_no;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('facts_for_ending', 'facts_for_filing', 'end_membership', 'free_partner', 'enter_statement', 'record_ending',
                                  'step_expulsion', 'record_filing', 'record_filing_mark', 'record_reversal', 'read_endings', 'collect_with_end', 'record_certificate',
                                  'facts_for_certificate') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
    -- Parts of the functions above, no doors of their own.
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace
                and p.proname in ('end_membership', 'free_partner', 'enter_statement', 'step_expulsion', 'collect_with_end', 'step_certificate') loop
        execute format('revoke all on function %s from hub_app', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
