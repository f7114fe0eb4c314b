-- Citus only, between the tables and their guards.

select create_distributed_table('hub.entrustments', 'agreement_id', colocate_with => 'none');

select create_distributed_table(t::regclass, 'agreement_id', colocate_with => 'hub.entrustments')
  from unnest(array['hub.entrustment_steps', 'hub.entrustment_documents']) t;

select create_distributed_table('hub.coverages', 'member_id', colocate_with => 'hub.persons');

select create_distributed_table('hub.care_records', 'member_id', colocate_with => 'hub.persons');
