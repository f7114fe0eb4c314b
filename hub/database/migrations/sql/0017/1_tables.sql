-- Winding up and closing (HUB-P09). What a union may still do follows from its state, and the keys below hold it in the database: a union
-- that is being wound up is the receiver of no open case and a party to no agreement in force, a closed one holds nobody. Whoever would
-- make it so in another transaction waits for the one that changes the state, or is waited for.

alter table hub.unions
    add column successor_union uuid references hub.unions,
    add column wound_up_on date,                  -- the day of the decision
    add column receives uuid generated always as (case when state = 'ACTIVE' then union_id end) stored,
    add column stands uuid generated always as (case when state <> 'CLOSED' then union_id end) stored;

alter table hub.unions add constraint unions_receives unique (receives);

alter table hub.unions add constraint unions_stands unique (stands);

alter table hub.unions add constraint unions_succeed_another check (successor_union <> union_id);

alter table hub.memberships add column live_holder uuid
    generated always as (case when status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED') then holder_union end) stored;

create index memberships_by_live_holder on hub.memberships (live_holder) where live_holder is not null;

alter table hub.handoffs add column open_to uuid generated always as (case when is_open then to_union end) stored;

create index handoffs_open_to on hub.handoffs (open_to) where open_to is not null;

create index handoffs_open_from on hub.handoffs (from_union) where is_open;

alter table hub.entrustments
    add column bound_dispatch uuid generated always as (case when state in ('SCHEDULED', 'IN_FORCE') then dispatch_union end) stored,
    add column bound_host uuid generated always as (case when state in ('SCHEDULED', 'IN_FORCE') then host_union end) stored;
