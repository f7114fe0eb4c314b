-- Citus only, between the tables and their guards.

select create_distributed_table('hub.amendments', 'member_id', colocate_with => 'hub.persons');

select create_reference_table('hub.union_former_names');

select create_reference_table('hub.union_amendments');
