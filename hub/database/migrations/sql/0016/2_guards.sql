alter table hub.histories add constraint histories_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.histories add constraint histories_of_a_statement foreign key (member_id, sha256) references hub.statements;

alter table hub.dues add constraint dues_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.dues add constraint dues_of_a_statement foreign key (member_id, sha256) references hub.statements;

-- No policy for hub_app on either: the holder reads them through functions, and nobody else does.
do $$
declare t text;
begin
    foreach t in array array['histories', 'dues'] loop
        execute format('alter table hub.%I enable row level security', t);
        execute format('alter table hub.%I force row level security', t);
        execute format('create policy the_mover_sees_all on hub.%I to hub_mover using (true) with check (true)', t);
    end loop;
end$$;

grant select, insert on hub.histories, hub.dues to hub_mover;
