-- Citus only, between the tables and their guards.

select create_distributed_table('hub.matches', 'union_id', colocate_with => 'none');
