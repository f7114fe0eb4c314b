alter table hub.amendments add constraint amendments_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.amendments enable row level security;

alter table hub.amendments force row level security;

-- No policy for hub_app: read_amendments tells the holder the names of fields, and nobody what was sealed.
create policy the_mover_sees_all on hub.amendments to hub_mover using (true) with check (true);

grant select, insert on hub.amendments to hub_mover;

grant select on hub.union_former_names, hub.union_amendments to hub_app;

grant select, insert on hub.union_former_names, hub.union_amendments to hub_mover;

-- What was wrong is put right in its place: the statements keep what was said, and the claims are free for whom they belong to.
grant update on hub.person_ids, hub.unions to hub_mover;

grant delete on hub.identity_claims, hub.certificate_claims to hub_mover;

grant update, delete on hub.union_employers, hub.union_federations to hub_mover;
