-- Citus only, between the tables and their guards.

select create_distributed_table('hub.certificates', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.certificate_steps', 'member_id', colocate_with => 'hub.persons');

select create_reference_table('hub.numbering_schemes');
