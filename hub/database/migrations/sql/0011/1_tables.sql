-- Secondment and return (A14). What dates make of one is computed (`secondment_state`), never stored.

-- A secondment, from its entry on. Of one that was offered without an entry the release is the entry.
create table hub.secondments (
    member_id uuid not null,
    membership_id uuid not null,
    secondment_no smallint not null,
    state text not null,
    step_no smallint not null,
    home_union uuid not null references hub.unions,
    host_union uuid references hub.unions,        -- null where the host has no union: then nothing is to be offered
    host_employer_uscc text,
    starts_on date not null,
    ends_on date not null,
    ended_early_on date,
    home_version integer not null,                -- of custody, when it was entered: once that has moved without it, it is over
    host_version integer,                         -- of custody, while the host holds
    offer uuid,                                   -- the handoff by which it was offered last
    primary key (member_id, membership_id, secondment_no),
    constraint secondments_end_after_they_start check (ends_on >= starts_on),
    constraint secondments_are_between_two_unions check (host_union <> home_union)) with (fillfactor = 85);

create unique index secondments_one_open on hub.secondments (member_id, membership_id) where state in ('RECORDED', 'OFFERED', 'AT_HOST', 'RETURN_DUE');

create index secondments_by_home on hub.secondments (home_union, membership_id, secondment_no);

create index secondments_by_host on hub.secondments (host_union, membership_id, secondment_no);

create table hub.secondment_steps (
    member_id uuid not null,
    membership_id uuid not null,
    secondment_no smallint not null,
    step_no smallint not null,
    machine text not null default 'secondment' check (machine = 'secondment'),
    from_state text not null,
    act text not null,
    to_state text not null,
    side text not null,
    union_id uuid references hub.unions,          -- null where a date, or the end of the membership, made the step
    at timestamptz not null,
    ends_on date not null,                        -- the term from then on
    sha256 bytea,
    primary key (member_id, membership_id, secondment_no, step_no),
    constraint secondment_steps_are_legal foreign key (machine, from_state, act, to_state) references hub.legal_steps);

-- What one of the two unions has signed: it counts with the other's over the same document, and changes nothing before.
create table hub.secondment_words (
    member_id uuid not null,
    membership_id uuid not null,
    secondment_no smallint not null,
    act text not null check (act in ('extend', 'convert')),
    document bytea not null,
    union_id uuid not null references hub.unions,
    at timestamptz not null,
    sha256 bytea not null,
    primary key (member_id, membership_id, secondment_no, act, document, union_id));
