-- Citus only, between the tables and their guards.

select create_distributed_table('hub.endings', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.expulsion_steps', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.filings', 'member_id', colocate_with => 'hub.persons');
