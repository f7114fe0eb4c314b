-- Entrustment (A9). An agreement is no member's: it has a shard of its own. Whom it covers stands on the member's shard, and
-- names the custody under which it began: that it ends when the member moves is seen in custody itself, and asks for no write.

-- The state is the one recorded; what dates have made of it since is computed (`entrustment_states`).
create table hub.entrustments (
    agreement_id uuid primary key check (agreement_id <> '00000000-0000-0000-0000-000000000000'),
    dispatch_union uuid not null references hub.unions,
    host_union uuid not null references hub.unions,
    author_union uuid not null,                   -- of the text as it stands: one of the two
    agreement_no text not null,
    starts_on date not null,
    ends_on date not null,
    sha256 bytea not null,                        -- of the text: what both unions sign
    document text not null,                       -- in its RFC 8785 form
    purpose text,                                 -- for which the host union may read sex and birth month, if the rights clause names one
    supersedes uuid,
    roster_version integer not null default 0,
    state text not null,
    step_no smallint not null,
    dispatch_signed_at timestamptz,
    host_signed_at timestamptz,
    in_force_from timestamptz,                    -- max(start, second signature)
    closed_at timestamptz,
    proposed_at timestamptz not null,
    constraint entrustments_are_between_two_unions check (dispatch_union <> host_union and author_union in (dispatch_union, host_union)),
    constraint entrustments_end_after_they_start check (ends_on >= starts_on),
    constraint entrustments_in_force_are_signed_by_both
        check (in_force_from is null or (dispatch_signed_at is not null and host_signed_at is not null
               and in_force_from >= dispatch_signed_at and in_force_from >= host_signed_at)),
    constraint entrustments_are_in_force_from
        check ((in_force_from is null) = (state in ('DRAFT', 'SIGNED_BY_ONE', 'WITHDRAWN', 'LAPSED'))));

create index entrustments_by_dispatch_union on hub.entrustments (dispatch_union, agreement_id);

create index entrustments_by_host_union on hub.entrustments (host_union, agreement_id);

create table hub.entrustment_steps (
    agreement_id uuid not null,
    step_no smallint not null,
    machine text not null default 'entrustment',
    from_state text not null,
    act text not null,
    to_state text not null,
    side text not null,
    union_id uuid references hub.unions,
    at timestamptz not null,
    sha256 bytea,
    primary key (agreement_id, step_no),
    constraint entrustment_steps_are_legal foreign key (machine, from_state, act, to_state) references hub.legal_steps);

-- Whatever a statement bound by its hash, each text that was proposed and each change of the roster: kept, as what was signed is.
create table hub.entrustment_documents (
    agreement_id uuid not null,
    sha256 bytea not null,
    document text not null,
    at timestamptz not null,
    primary key (agreement_id, sha256));

create table hub.coverages (
    member_id uuid not null,
    coverage_id uuid not null,
    membership_id uuid not null,
    agreement_id uuid not null,
    dispatch_union uuid not null references hub.unions,
    host_union uuid not null references hub.unions,
    custody_version integer not null,             -- of the holding in which it began
    host_post text not null,
    dispatch_from date not null,
    dispatch_to date not null,
    coverage_from date not null,
    coverage_to date not null,
    state text not null check (state in ('PENDING', 'COVERED', 'DECLINED', 'ENDED')),
    end_reason text,
    added_at timestamptz not null,
    covered_at timestamptz,
    ended_at timestamptz,
    primary key (member_id, coverage_id),
    constraint coverages_lie_within_the_dispatch
        check (dispatch_from <= coverage_from and coverage_from <= coverage_to and coverage_to <= dispatch_to),
    constraint coverages_that_ended_say_why check ((state in ('DECLINED', 'ENDED')) = (end_reason is not null)),
    constraint coverages_one_at_a_time
        exclude using gist (member_id with =, daterange(coverage_from, coverage_to, '[]') with &&) where (state in ('PENDING', 'COVERED')))
    with (fillfactor = 90);

create index coverages_by_agreement on hub.coverages (agreement_id, coverage_id);

-- Activities and rights cases, by code, day and hash.
create table hub.care_records (
    member_id uuid not null,
    record_id uuid not null,
    membership_id uuid not null,
    union_id uuid not null references hub.unions,
    agreement_id uuid,
    act text not null check (act in ('record_activity', 'record_rights_case')),
    kind text not null,
    occurred_on date not null,
    evidence_sha256 bytea,
    at timestamptz not null,
    sha256 bytea not null,
    primary key (member_id, record_id));

alter table hub.disclosures drop constraint disclosures_kind_check;

alter table hub.disclosures add constraint disclosures_kind_check check (kind in ('ID_NUMBER', 'ALREADY_MEMBER', 'DUPLICATE', 'ENTRUSTED'));
