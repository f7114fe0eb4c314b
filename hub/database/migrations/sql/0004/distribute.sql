-- Citus only, between the tables and their guards.

select create_distributed_table('hub.duplicates', 'member_id', colocate_with => 'hub.persons');
