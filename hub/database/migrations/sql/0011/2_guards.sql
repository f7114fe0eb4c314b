-- No policy for hub_app on any of these: home, host and holder read them through functions.
alter table hub.secondments add constraint secondments_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.secondment_steps add constraint secondment_steps_of_a_secondment
    foreign key (member_id, membership_id, secondment_no) references hub.secondments;

alter table hub.secondment_words add constraint secondment_words_of_a_secondment
    foreign key (member_id, membership_id, secondment_no) references hub.secondments;

-- I10: who is seconded is active. The return comes first, then the retention (A14, A17).
alter table hub.memberships add constraint memberships_seconded_are_not_retained check (not (status = 'RETAINED' and holding_basis = 'SECONDMENT'));

do $$
declare t text;
begin
    foreach t in array array['secondments', 'secondment_steps', 'secondment_words'] loop
        execute format('alter table hub.%I enable row level security', t);
        execute format('alter table hub.%I force row level security', t);
        execute format('create policy the_mover_sees_all on hub.%I to hub_mover using (true) with check (true)', t);
    end loop;
end$$;

grant select, insert, update on hub.secondments to hub_mover;

grant select, insert on hub.secondment_steps, hub.secondment_words to hub_mover;

-- The home union asks for its member under the same name as often as it must.
grant update on hub.matches to hub_mover;
