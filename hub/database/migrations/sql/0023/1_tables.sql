-- What is decided and not filed, and what was returned for papers: few at any time, and nothing of the others is in these.
create index endings_unfiled on hub.endings (union_id, ended_on, membership_id, ending_no) where expulsion_state = 'DECIDED';

create index filings_returned on hub.filings (union_id, decided_on, membership_id, ending_no) where mark = 'RETURNED_FOR_PAPERS';

-- The list of the union above: one membership may be filed twice, and by a clock that stands still at the same instant.
drop index hub.filings_page;

create index filings_page on hub.filings (higher_union, filed_at, membership_id, ending_no);

-- What a union group proposes (A23): a row for each step. A proposal is open as long as its last step is that of proposing, and the membership is
-- with the union to which the group belongs; nobody closes what a move, or an end, has left behind.
create table hub.expulsion_proposals (
    member_id uuid not null,
    membership_id uuid not null,
    step_no smallint not null,
    machine text not null default 'expulsion' check (machine = 'expulsion'),
    from_state text not null,
    act text not null,
    to_state text not null,
    union_id uuid not null references hub.unions,
    custody_version integer not null,
    opinion_sha256 bytea not null,
    opinion_on date not null,
    at timestamptz not null,
    sha256 bytea not null,
    primary key (member_id, membership_id, step_no));
