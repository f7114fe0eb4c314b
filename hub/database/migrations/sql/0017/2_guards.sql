-- One constraint per statement, for Citus.
alter table hub.memberships add constraint memberships_are_held_by_a_standing_union foreign key (live_holder) references hub.unions (stands);

alter table hub.handoffs add constraint handoffs_open_go_to_an_active_union foreign key (open_to) references hub.unions (receives);

alter table hub.entrustments add constraint entrustments_bind_an_active_dispatch_union foreign key (bound_dispatch) references hub.unions (receives);

alter table hub.entrustments add constraint entrustments_bind_an_active_host_union foreign key (bound_host) references hub.unions (receives);
