alter table hub.duplicates add constraint duplicates_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.duplicates enable row level security;

alter table hub.duplicates force row level security;

-- No policy for hub_app: the two holders read it through a function that enters each reading in the log.
create policy the_mover_sees_all on hub.duplicates to hub_mover using (true) with check (true);

grant select, insert, update on hub.duplicates to hub_mover;

-- A merge may hand the ID number on to the one that goes on.
grant update on hub.identity_claims to hub_mover;
