-- The certificate (N2–N6, NX-7). The one that is valid stands in hub.memberships, where there is room for one alone (I15); here stand
-- the others that a member had, and what became of each. A number that was ever given out stays claimed.

create table hub.certificates (
    member_id uuid not null,
    membership_id uuid not null,
    province_code text not null,
    number text not null,
    state text not null check (state in ('LOST', 'SUPERSEDED', 'COLLECTED', 'VOIDED')),
    issued_on date,
    issuing_union text,
    since timestamptz not null,                   -- since when it is in this state
    data_version integer not null,                -- of the member's data, which the act that ended it made
    reason text,                                  -- why another one was issued
    replaced_by_province text,
    replaced_by_number text,
    collected_on date,
    primary key (member_id, membership_id, province_code, number),
    constraint certificates_are_replaced_whole check ((replaced_by_province is null) = (replaced_by_number is null)),
    constraint certificates_are_replaced_by_another
        check (replaced_by_number <> number or replaced_by_province <> province_code));

create table hub.certificate_steps (
    member_id uuid not null,
    membership_id uuid not null,
    step_no integer not null,
    machine text not null default 'certificate' check (machine = 'certificate'),
    province_code text not null,
    number text not null,
    from_state text not null,
    act text not null,
    to_state text not null,
    union_id uuid not null references hub.unions,
    at timestamptz not null,
    sha256 bytea not null,
    primary key (member_id, membership_id, step_no),
    constraint certificate_steps_are_legal foreign key (machine, from_state, act, to_state) references hub.legal_steps);

-- How a province numbers what is issued in it, from a day on. The last word received for that day counts.
create table hub.numbering_schemes (
    province_code text not null,
    from_on date not null,
    at timestamptz not null,
    pattern text not null,
    check_rule text,
    by_union uuid not null references hub.unions,
    sha256 bytea not null,
    primary key (province_code, from_on, at));

-- Of who presents a certificate that was this member's and is good no more (NX-7).
alter table hub.matches drop constraint matches_outcome_check;

alter table hub.matches add constraint matches_outcome_check check (outcome in ('ONE', 'NONE', 'MISSING', 'FROZEN', 'NOT_VALID'));
