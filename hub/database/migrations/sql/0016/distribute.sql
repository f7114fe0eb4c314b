-- Citus only, between the tables and their guards.

select create_distributed_table('hub.histories', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.dues', 'member_id', colocate_with => 'hub.persons');
