-- No policy for hub_app on any of these: the holder reads them through functions.
alter table hub.statuses add constraint statuses_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.retentions add constraint retentions_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.retention_steps add constraint retention_steps_of_a_retention
    foreign key (member_id, membership_id, retention_no) references hub.retentions;

do $$
declare t text;
begin
    foreach t in array array['statuses', 'retentions', 'retention_steps'] loop
        execute format('alter table hub.%I enable row level security', t);
        execute format('alter table hub.%I force row level security', t);
        execute format('create policy the_mover_sees_all on hub.%I to hub_mover using (true) with check (true)', t);
    end loop;
end$$;

grant select, insert, update on hub.statuses, hub.retentions to hub_mover;

grant select, insert on hub.retention_steps to hub_mover;

-- What was before: a membership began ACTIVE, or, where a pair was found when it began, as the suspected one; it changed when that pair
-- was settled, or when it was merged into another and its last holding ended.
insert into hub.statuses (member_id, membership_id, status_no, status, during)
select m.member_id, m.membership_id, 1, case when d.pair_id is not null then 'DUPLICATE_SUSPECTED' when m.status = 'DUPLICATE_MERGED' then 'ACTIVE' else m.status end,
       tstzrange(lower(g.during), case when d.pair_id is not null then d.closed_at when m.status = 'DUPLICATE_MERGED' then upper(l.during) end)
  from hub.memberships m
  join hub.holdings g on g.member_id = m.member_id and g.membership_id = m.membership_id and g.custody_version = 1
  join hub.holdings l on l.member_id = m.member_id and l.membership_id = m.membership_id and l.custody_version = m.custody_version
  left join hub.duplicates d on d.member_id = m.member_id and d.membership_id = m.membership_id and d.found_at = lower(g.during);

insert into hub.statuses (member_id, membership_id, status_no, status, during)
select s.member_id, s.membership_id, 2, m.status, tstzrange(upper(s.during), null)
  from hub.statuses s
  join hub.memberships m on m.member_id = s.member_id and m.membership_id = s.membership_id
 where not upper_inf(s.during);
