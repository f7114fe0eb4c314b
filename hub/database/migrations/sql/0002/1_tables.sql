-- The pull: a handoff may begin with a request, and a request may go up to the union above the holder.
-- `deadline` ends the state in which a case stands, `then_deadline` the one after it (REQUESTED: P02, then P14), so that
-- where it stands is read off the dates, and nothing waits for a job.

alter table hub.handoffs
    add column request_sha256 bytea,
    add column objection_sha256 bytea,
    add column then_deadline timestamptz,
    add column higher_union uuid,                 -- who may release in lieu, or dismiss, once it is escalated
    add column in_lieu boolean not null default false;

alter table hub.handoffs add constraint handoffs_higher_union foreign key (higher_union) references hub.unions;

alter table hub.dockets
    add column request_sha256 bytea,
    add column objection_sha256 bytea,
    add column then_deadline timestamptz,
    add column deadline_tentative boolean not null default false,
    add column then_tentative boolean not null default false,
    add column overdue_at timestamptz,            -- P03: from then on the union above the receiver is told
    add column overdue_tentative boolean not null default false,
    add column visible_from timestamptz,          -- HIGHER: it knows of the case from then on; null for the parties
    add column from_union uuid,                   -- HIGHER: the two parties
    add column to_union uuid,
    add column in_lieu boolean not null default false,
    add column ground_articles text,              -- where the ground itself is not told
    add column name_masked text;                  -- HIGHER, of an escalation: whom it is about

create index dockets_by_request on hub.dockets (union_id, request_sha256) where request_sha256 is not null;

-- What a draft of a request looked for, whether or not it found anybody. The log of these look-ups, and their count.
create table hub.matches (
    union_id uuid not null references hub.unions, -- who asked
    match_id uuid not null,                       -- the `sub` of the request
    drafted_at timestamptz not null,
    expires_at timestamptz not null,
    outcome text not null check (outcome in ('ONE', 'NONE', 'MISSING')),
    target uuid not null,                         -- a keyed name for the certificate, card or number that was given
    member_id uuid,
    membership_id uuid,
    primary key (union_id, match_id),
    check ((outcome = 'ONE') = (membership_id is not null)),
    check ((member_id is null) = (membership_id is null)));

create index matches_by_union on hub.matches (union_id, drafted_at);

create index matches_by_target on hub.matches (target, drafted_at);
