alter table hub.coverages add constraint coverages_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.care_records add constraint care_records_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

-- No policy for hub_app: what either party sees changes with the day and with custody, so functions that compute both show it.
do $$
declare t text;
begin
    foreach t in array array['entrustments', 'entrustment_steps', 'entrustment_documents', 'coverages', 'care_records'] loop
        execute format('alter table hub.%I enable row level security', t);
        execute format('alter table hub.%I force row level security', t);
        execute format('create policy the_mover_sees_all on hub.%I to hub_mover using (true) with check (true)', t);
    end loop;
end$$;

grant select, insert, update on hub.entrustments, hub.coverages to hub_mover;

grant select, insert on hub.entrustment_steps, hub.entrustment_documents, hub.care_records to hub_mover;
