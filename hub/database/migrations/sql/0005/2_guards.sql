alter table hub.unassigned add constraint unassigned_is_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.unassigned enable row level security;

alter table hub.unassigned force row level security;

-- No policy for hub_app: figures alone leave it, by a function.
create policy the_mover_sees_all on hub.unassigned to hub_mover using (true) with check (true);

grant select, insert, update on hub.unassigned to hub_mover;
