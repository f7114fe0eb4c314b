-- Earlier lines of a member's certificate (A25), and dues (NX-6). What they say stands in their statements: here is which of them counts.

-- A history as the first holder signed it. A correction is a new version, and names the statement before it.
create table hub.histories (
    member_id uuid not null,
    membership_id uuid not null,
    version smallint not null check (version > 0),
    union_id uuid not null references hub.unions,
    at timestamptz not null,
    sha256 bytea not null,
    corrects_sha256 bytea,
    primary key (member_id, membership_id, version),
    constraint histories_that_follow_name_the_one_before check ((version = 1) = (corrects_sha256 is null)));

-- Months paid, by the holder or by the union that collects for it under an agreement.
create table hub.dues (
    member_id uuid not null,
    membership_id uuid not null,
    sha256 bytea not null,
    union_id uuid not null references hub.unions,
    agreement_id uuid,
    paid_from text not null,
    paid_through text not null,
    at timestamptz not null,
    primary key (member_id, membership_id, sha256),
    constraint dues_go_forward check (paid_through >= paid_from));
