-- Citus only, between the tables and their guards.

select create_reference_table('hub.policy_parameters');

select create_reference_table('hub.policies');

select create_reference_table('hub.policy_values');
