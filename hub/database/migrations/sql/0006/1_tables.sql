-- Placement (A6, A13), and the reasons whose releases state more than an employer. Where a placement stands is read off the membership,
-- its employer and who organises that employer now: nothing of it is stored a second time.

-- What a release states besides the column: new employer, host enterprise, whether it restores, for which area, and what other reasons ask.
alter table hub.dockets add column terms jsonb;

-- Who waits on an employer: a page of the holder's, and for the union that organises it, how many there are.
create index memberships_waiting on hub.memberships (holder_union, membership_id)
    where status = 'ACTIVE' and holding_basis in ('PLACEMENT', 'PRE_ESTABLISHMENT');

create index memberships_awaiting on hub.memberships (employer_uscc)
    where status = 'ACTIVE' and holding_basis in ('PLACEMENT', 'PRE_ESTABLISHMENT');

-- The street and village unions of a county (A13: another one takes in only where there is none).
create index unions_by_area on hub.unions (left(jurisdiction_code, 6)) where kind in ('TOWNSHIP_SUBDISTRICT_UNION', 'VILLAGE_COMMUNITY_UNION');
