-- Phase (c): foreign keys to member data (one constraint per statement, for Citus), grants and row-level security.
-- hub_app has SELECT on what its one equality policy shows it, and EXECUTE on the functions. Nothing else.

alter table hub.memberships add constraint memberships_of_a_person foreign key (member_id) references hub.persons;

alter table hub.person_ids add constraint person_ids_of_a_person foreign key (member_id) references hub.persons;

alter table hub.holdings add constraint holdings_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.handoffs add constraint handoffs_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.steps add constraint steps_of_a_handoff foreign key (member_id, handoff_id) references hub.handoffs;

alter table hub.dockets add constraint dockets_of_a_handoff foreign key (member_id, handoff_id) references hub.handoffs;

revoke all on schema public from public;

-- The doctor and /readyz ask which revision the database stands at.
grant usage on schema public to hub_app;

grant select on public.alembic_version to hub_app;

grant usage on schema hub to hub_app, hub_mover;

grant select on hub.unions, hub.union_employers, hub.union_federations, hub.union_keys, hub.union_statements, hub.legal_steps, hub.clock, hub.installation to hub_app, hub_mover;

grant select on hub.persons, hub.memberships, hub.dockets, hub.cards, hub.statements, hub.disclosures to hub_app;

grant insert on hub.unions, hub.union_employers, hub.union_federations, hub.union_statements to hub_mover;

grant insert, update on hub.union_keys to hub_mover;

grant select, insert, update on hub.persons, hub.memberships, hub.holdings, hub.handoffs, hub.dockets to hub_mover;

grant select, insert on hub.person_ids, hub.steps, hub.statements, hub.join_cards, hub.membership_claims, hub.handoff_claims,
    hub.identity_claims, hub.certificate_claims, hub.statement_claims, hub.disclosures to hub_mover;

grant select, insert, delete on hub.cards, hub.assertion_claims to hub_mover;

alter table hub.persons enable row level security;

alter table hub.persons force row level security;

create policy persons_are_seen_by_their_holder on hub.persons for select to hub_app
    using (holder_union = nullif(current_setting('hub.acting', true), '')::uuid);

alter table hub.memberships enable row level security;

alter table hub.memberships force row level security;

create policy memberships_are_seen_by_their_holder on hub.memberships for select to hub_app
    using (holder_union = nullif(current_setting('hub.acting', true), '')::uuid);

alter table hub.dockets enable row level security;

alter table hub.dockets force row level security;

create policy dockets_are_seen_by_their_union on hub.dockets for select to hub_app
    using (union_id = nullif(current_setting('hub.acting', true), '')::uuid);

alter table hub.cards enable row level security;

alter table hub.cards force row level security;

create policy cards_are_seen_by_those_they_are_for on hub.cards for select to hub_app
    using (union_id = nullif(current_setting('hub.acting', true), '')::uuid);

alter table hub.statements enable row level security;

alter table hub.statements force row level security;

create policy statements_are_seen_by_their_signer on hub.statements for select to hub_app
    using (iss = nullif(current_setting('hub.acting', true), '')::uuid);

alter table hub.disclosures enable row level security;

alter table hub.disclosures force row level security;

create policy disclosures_are_seen_by_the_reader on hub.disclosures for select to hub_app
    using (union_id = nullif(current_setting('hub.acting', true), '')::uuid);

-- The rest of the member data: no policy for hub_app, so no row, whatever it may be granted one day.
do $$
declare t text;
begin
    foreach t in array array['person_ids', 'holdings', 'handoffs', 'steps', 'join_cards', 'membership_claims', 'handoff_claims',
                             'identity_claims', 'certificate_claims', 'statement_claims', 'assertion_claims'] loop
        execute format('alter table hub.%I enable row level security', t);
        execute format('alter table hub.%I force row level security', t);
    end loop;
    foreach t in array array['persons', 'memberships', 'dockets', 'cards', 'statements', 'disclosures', 'person_ids', 'holdings', 'handoffs',
                             'steps', 'join_cards', 'membership_claims', 'handoff_claims', 'identity_claims', 'certificate_claims',
                             'statement_claims', 'assertion_claims'] loop
        -- For the mover its functions are the guard: each begins with the acting union.
        execute format('create policy the_mover_sees_all on hub.%I to hub_mover using (true) with check (true)', t);
    end loop;
end$$;
