alter table hub.certificates add constraint certificates_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.certificate_steps add constraint certificate_steps_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.certificates enable row level security;

alter table hub.certificates force row level security;

alter table hub.certificate_steps enable row level security;

alter table hub.certificate_steps force row level security;

-- No policy for hub_app: read_certificates tells the holder, and nobody else.
create policy the_mover_sees_all on hub.certificates to hub_mover using (true) with check (true);

create policy the_mover_sees_all on hub.certificate_steps to hub_mover using (true) with check (true);

-- A certificate that is found again is the valid one: its row here goes, its steps stay.
grant select, insert, update, delete on hub.certificates to hub_mover;

grant select, insert on hub.certificate_steps to hub_mover;

grant select on hub.numbering_schemes to hub_app;

grant select, insert on hub.numbering_schemes to hub_mover;
