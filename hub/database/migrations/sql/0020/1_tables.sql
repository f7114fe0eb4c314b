-- What is decided and not filed, and what was returned for papers: few at any time, and nothing of the others is in these.
create index endings_unfiled on hub.endings (union_id, ended_on, membership_id, ending_no) where expulsion_state = 'DECIDED';

create index filings_returned on hub.filings (union_id, decided_on, membership_id, ending_no) where mark = 'RETURNED_FOR_PAPERS';

-- The list of the union above: one membership may be filed twice, and by a clock that stands still at the same instant.
drop index hub.filings_page;

create index filings_page on hub.filings (higher_union, filed_at, membership_id, ending_no);
