-- Corrections: the data of a member and of a union change by statements. Each change has its version; its field names are kept.

alter table hub.memberships add column data_version integer not null default 1;

alter table hub.memberships add constraint memberships_data_version_check check (data_version > 0);

-- On what basis, and where employed, a member was when the holding ended: what a correction gives back. Null: held still, or not known.
alter table hub.holdings
    add column holding_basis text,
    add column employer_uscc text,
    add column member_unit text;

create table hub.amendments (
    member_id uuid not null,
    membership_id uuid not null,
    data_version integer not null,                -- the one that it made
    union_id uuid not null references hub.unions,
    at timestamptz not null,
    sha256 bytea not null,
    fields text not null,                         -- names alone
    sealed bytea,                                 -- the person's data that it was bound to: a proof, and a replay, need the exact text. Erasable
    primary key (member_id, membership_id, data_version));

alter table hub.unions add column version integer not null default 1;

alter table hub.unions add constraint unions_version_check check (version > 0);

-- A seal bears the name of its day.
create table hub.union_former_names (
    union_id uuid not null references hub.unions,
    until_at timestamptz not null,
    name text collate "C" not null,
    primary key (union_id, until_at));

create table hub.union_amendments (
    union_id uuid not null references hub.unions,
    version integer not null,                     -- the one that it made
    by_union uuid not null references hub.unions,
    at timestamptz not null,
    sha256 bytea not null,
    fields text not null,
    primary key (union_id, version));
