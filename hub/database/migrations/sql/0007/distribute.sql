-- Citus only, between the tables and their guards.

select create_distributed_table('hub.statuses', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.retentions', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.retention_steps', 'member_id', colocate_with => 'hub.persons');
