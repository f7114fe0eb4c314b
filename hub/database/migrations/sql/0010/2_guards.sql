alter table hub.endings add constraint endings_of_a_membership foreign key (member_id, membership_id) references hub.memberships;

alter table hub.endings add constraint endings_are_legal foreign key (machine, from_state, act, to_state) references hub.legal_steps;

alter table hub.expulsion_steps add constraint expulsion_steps_of_an_ending
    foreign key (member_id, membership_id, ending_no) references hub.endings;

alter table hub.filings add constraint filings_of_an_ending foreign key (member_id, membership_id, ending_no) references hub.endings;

-- The last holder reads endings through a function; the union above reads filings, and nothing of whom they are about.
do $$
declare t text;
begin
    foreach t in array array['endings', 'expulsion_steps', 'filings'] loop
        execute format('alter table hub.%I enable row level security', t);
        execute format('alter table hub.%I force row level security', t);
        execute format('create policy the_mover_sees_all on hub.%I to hub_mover using (true) with check (true)', t);
    end loop;
end$$;

create policy filings_are_seen_by_the_union_above on hub.filings for select to hub_app
    using (higher_union = nullif(current_setting('hub.acting', true), '')::uuid);

grant select on hub.filings to hub_app;

grant select, insert, update on hub.endings, hub.filings to hub_mover;

grant select, insert on hub.expulsion_steps to hub_mover;
