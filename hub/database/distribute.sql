-- Citus only, run by the superuser between phase (a) and phase (c) of the first migration (it is skipped where the extension
-- is absent). Nothing else differs between plain PostgreSQL and Citus.

select create_reference_table('hub.unions');

select create_reference_table('hub.union_employers');

select create_reference_table('hub.union_federations');

select create_reference_table('hub.union_keys');

select create_reference_table('hub.union_statements');

select create_reference_table('hub.legal_steps');

select create_reference_table('hub.clock');

select create_reference_table('hub.installation');

select create_distributed_table('hub.persons', 'member_id');

select create_distributed_table(t::regclass, 'member_id', colocate_with => 'hub.persons')
  from unnest(array['hub.person_ids', 'hub.memberships', 'hub.holdings', 'hub.handoffs', 'hub.steps', 'hub.statements', 'hub.join_cards',
                    'hub.dockets', 'hub.cards']) t;

select create_distributed_table('hub.membership_claims', 'membership_id', colocate_with => 'none');

select create_distributed_table('hub.handoff_claims', 'handoff_id', colocate_with => 'none');

select create_distributed_table('hub.identity_claims', 'id_hash', colocate_with => 'none');

select create_distributed_table('hub.certificate_claims', 'number', colocate_with => 'none');

select create_distributed_table('hub.statement_claims', 'jti', colocate_with => 'none');

select create_distributed_table('hub.assertion_claims', 'jti', colocate_with => 'none');

select create_distributed_table('hub.disclosures', 'union_id', colocate_with => 'none');

alter role hub_app set citus.propagate_set_commands = 'local';

-- Workers are entered as the current user, which inside the functions is the mover. pg_hba: from the coordinator only.
alter role hub_mover login;
