-- Retention (A17–A21), and what a membership's status was at any time: the head count and the electoral roll of a day read it.

-- Every status that a membership has had, half-open and without a gap, by receipt. `enter_statuses` writes it.
create table hub.statuses (
    member_id uuid not null,
    membership_id uuid not null,
    status_no smallint not null,
    status text not null,
    during tstzrange not null,
    primary key (member_id, membership_id, status_no),
    constraint statuses_are_half_open check (not isempty(during) and lower_inc(during) and not upper_inc(during)),
    constraint statuses_never_overlap exclude using gist (member_id with =, membership_id with =, during with &&)) with (fillfactor = 90);

-- A retention, from its entry to its end. `prior_basis`: on what basis the member was held before.
create table hub.retentions (
    member_id uuid not null,
    membership_id uuid not null,
    retention_no smallint not null,
    state text not null,
    step_no smallint not null,
    reason text not null check (reason in ('RETIREMENT', 'UNEMPLOYMENT', 'MILITARY_SERVICE')),
    retained_on date not null,
    restored_on date,
    prior_basis text not null,
    sha256 bytea not null,                        -- the statement that entered it
    primary key (member_id, membership_id, retention_no),
    constraint retentions_are_restored_on_a_day check ((state = 'RESTORED') = (restored_on is not null)),
    constraint retentions_of_retirement_last check (state <> 'RESTORED' or reason <> 'RETIREMENT'));

create unique index retentions_one_open on hub.retentions (member_id, membership_id) where state = 'RECORDED';

create table hub.retention_steps (
    member_id uuid not null,
    membership_id uuid not null,
    retention_no smallint not null,
    step_no smallint not null,
    machine text not null default 'retention' check (machine = 'retention'),
    from_state text not null,
    act text not null,
    to_state text not null,
    side text not null,
    union_id uuid references hub.unions,          -- null where the membership ended, and the retention with it
    at timestamptz not null,
    reason text not null,                         -- that of the retention from then on
    sha256 bytea,
    primary key (member_id, membership_id, retention_no, step_no),
    constraint retention_steps_are_legal foreign key (machine, from_state, act, to_state) references hub.legal_steps);
