-- Citus only, between the tables and their guards.

select create_distributed_table('hub.secondments', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.secondment_steps', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.secondment_words', 'member_id', colocate_with => 'hub.persons');
