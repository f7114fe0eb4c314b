-- Citus only, between the tables and their guards.

select create_distributed_table('hub.expulsion_proposals', 'member_id', colocate_with => 'hub.persons');
