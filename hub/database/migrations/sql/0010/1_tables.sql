-- How memberships end (A22, A23), and the one way back: an expulsion whose judgment was annulled.

-- A step at which a membership ended, or was in force again. `expulsion_…` and what follows it: of an expulsion alone.
-- The papers of a court stand here by their hashes, and no word of them.
create table hub.endings (
    member_id uuid not null,
    membership_id uuid not null,
    ending_no smallint not null,
    machine text not null default 'membership' check (machine = 'membership'),
    from_state text not null,
    act text not null,
    to_state text not null,
    union_id uuid not null references hub.unions, -- the last holder, who signed it
    at timestamptz not null,
    ended_on date,                                -- the legal date; null where it is a way back
    sha256 bytea not null,
    has_certificate boolean not null,             -- whether there was one to collect
    collected_on date,
    expulsion_state text,
    expulsion_step smallint,
    effective_on date,
    judgment_sha256 bytea,
    opinion_sha256 bytea,                         -- null where there is no group, as the minutes say
    decision_sha256 bytea,
    filed_on date,
    filing_sha256 bytea,                          -- the latest statement that filed it
    primary key (member_id, membership_id, ending_no),
    constraint endings_end_on_a_day check ((act = 'reverse') = (ended_on is null)),
    constraint endings_by_expulsion_are_decided check ((to_state = 'EXPELLED') = (expulsion_state is not null)
        and (to_state <> 'EXPELLED' or (judgment_sha256 is not null and decision_sha256 is not null and effective_on <= ended_on))),
    -- I13
    constraint endings_are_filed_once_decided check (filed_on is null or (to_state = 'EXPELLED' and filed_on >= ended_on)),
    constraint endings_are_collected_once_filed check (collected_on is null or to_state <> 'EXPELLED'
        or (filed_on is not null and collected_on >= filed_on)));

create table hub.expulsion_steps (
    member_id uuid not null,
    membership_id uuid not null,
    ending_no smallint not null,
    step_no smallint not null,
    machine text not null default 'expulsion' check (machine = 'expulsion'),
    from_state text not null,
    act text not null,
    to_state text not null,
    side text not null,
    union_id uuid not null references hub.unions,
    at timestamptz not null,
    sha256 bytea not null,
    primary key (member_id, membership_id, ending_no, step_no),
    constraint expulsion_steps_are_legal foreign key (machine, from_state, act, to_state) references hub.legal_steps);

-- What the union above is shown of an expulsion: from the filing on, and nothing else of the person.
create table hub.filings (
    member_id uuid not null,
    membership_id uuid not null,
    ending_no smallint not null,
    higher_union uuid not null references hub.unions,
    union_id uuid not null references hub.unions, -- which filed it
    name_masked text not null,
    effective_on date not null,
    decided_on date not null,
    filed_on date not null,
    filed_at timestamptz not null,
    judgment_sha256 bytea not null,
    opinion_sha256 bytea,
    decision_sha256 bytea not null,
    sha256 bytea not null,                        -- the filing
    mark text check (mark in ('ACKNOWLEDGED', 'RETURNED_FOR_PAPERS')),
    papers text,                                  -- what was missed
    marked_at timestamptz,
    primary key (member_id, membership_id, ending_no),
    constraint filings_are_marked_whole check ((mark is null) = (marked_at is null)));

create index filings_page on hub.filings (higher_union, filed_at, membership_id);

-- What has ended, merged or not, holds nothing open.
alter table hub.memberships drop constraint memberships_merged_have_nothing_open;

alter table hub.memberships add constraint memberships_ended_have_nothing_open
    check (status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED') or (open_handoff is null and open_duplicate is null));
