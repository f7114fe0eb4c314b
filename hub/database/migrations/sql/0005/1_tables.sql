-- The head count (A16): who held whom, and with what status, is in `holdings` and `statuses`; what those don't say is kept here.

-- Migrant workers who are counted where they work, not by their holder: its county is neither that of their work nor that of their
-- residence. Half-open, by receipt, as holdings are; `enter_unassigned` writes it.
create table hub.unassigned (
    member_id uuid not null,
    membership_id uuid not null,
    since timestamptz not null,
    holder_union uuid not null references hub.unions,
    county text not null check (county ~ '^[0-9]{6}$'),
    during tstzrange not null,
    primary key (member_id, membership_id, since),
    constraint unassigned_is_half_open check (not isempty(during) and lower_inc(during) and not upper_inc(during)),
    constraint unassigned_never_overlaps exclude using gist (member_id with =, membership_id with =, during with &&));

create index unassigned_by_county on hub.unassigned (county);

create index unassigned_by_holder on hub.unassigned (holder_union);

create index holdings_by_holder on hub.holdings (holder_union);
