alter table hub.expulsion_proposals add constraint expulsion_proposals_of_a_membership
    foreign key (member_id, membership_id) references hub.memberships;

alter table hub.expulsion_proposals add constraint expulsion_proposals_of_a_statement
    foreign key (member_id, sha256) references hub.statements;

alter table hub.expulsion_proposals add constraint expulsion_proposals_are_legal
    foreign key (machine, from_state, act, to_state) references hub.legal_steps;

-- No policy for hub_app: the holder reads them through functions, and nobody else does.
alter table hub.expulsion_proposals enable row level security;

alter table hub.expulsion_proposals force row level security;

create policy the_mover_sees_all on hub.expulsion_proposals to hub_mover using (true) with check (true);

grant select, insert on hub.expulsion_proposals to hub_mover;
