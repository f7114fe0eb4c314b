-- Two memberships of one person (A3). The later one stands still until both holders have said which of them goes on. It has a
-- person's row of its own, since data belong to a holder, and its ID number is claimed by the other one.

-- The open pair: every act that forms or settles one compares-and-sets this on both rows.
alter table hub.memberships add column open_duplicate uuid;

alter table hub.memberships add constraint memberships_merged_have_nothing_open
    check (status <> 'DUPLICATE_MERGED' or (open_handoff is null and open_duplicate is null));

-- A suspected one bars a third of the same person as a live one does.
drop index hub.memberships_one_live;

create unique index memberships_one_live on hub.memberships (member_id) where status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED');

-- A row for each of the two, on its own shard. `said_…`: what its holder has signed, good while it still holds.
create table hub.duplicates (
    member_id uuid not null,
    membership_id uuid not null,
    pair_id uuid not null,
    other_member uuid not null,
    other_membership uuid not null,
    found_at timestamptz not null,
    said_by uuid references hub.unions,
    said_sha256 bytea,                            -- the document of the merge: it names both holders, so that a move makes it void
    decide_from timestamptz,                      -- P02 from the first word: then the union above the holder of the one that goes on may decide
    higher_union uuid references hub.unions,      -- that union, of the row that is said to go on; and whom it is about, for it
    name_masked text,
    closed_at timestamptz,
    primary key (member_id, membership_id, pair_id),
    constraint duplicates_are_two check (membership_id <> other_membership),
    constraint duplicates_are_said_whole check ((said_by is null) = (said_sha256 is null)));

create unique index duplicates_one_open on hub.duplicates (member_id, membership_id) where closed_at is null;

-- Whom a merge hands on to the one that goes on.
create index identity_claims_by_member on hub.identity_claims (member_id);

create index duplicates_by_higher on hub.duplicates (higher_union, decide_from) where closed_at is null;

-- Of who presents a certificate that belongs to a suspected one.
alter table hub.matches drop constraint matches_outcome_check;

alter table hub.matches add constraint matches_outcome_check check (outcome in ('ONE', 'NONE', 'MISSING', 'FROZEN'));

-- The reading of where the other one is.
alter table hub.disclosures drop constraint disclosures_kind_check;

alter table hub.disclosures add constraint disclosures_kind_check check (kind in ('ID_NUMBER', 'ALREADY_MEMBER', 'DUPLICATE'));
