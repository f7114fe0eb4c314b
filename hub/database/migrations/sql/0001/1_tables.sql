-- Tables and local indexes. Phase (a): no foreign key to member data yet, so that distribute.sql can run after it.
-- Public organisational data are reference tables; `member_id` (the person, and the shard key) leads every key of member data;
-- what must be unique in the whole hub has a claim table of its own.

create schema hub;

create extension if not exists btree_gist;

create table hub.unions (
    union_id uuid primary key,
    uri text not null unique,                     -- urn:union:<uscc> or urn:union:local:<province>:<local code>
    uscc text unique,
    local_code text,
    name text collate "C" not null,
    kind text not null,
    state text not null default 'ACTIVE' check (state in ('ACTIVE', 'WINDING_UP', 'CLOSED')),
    parent_union uuid references hub.unions,      -- null for the root alone
    province_code text,
    jurisdiction_code text,
    established_on date not null,
    closed_on date,
    registered_at timestamptz not null,
    check ((uscc is null) <> (local_code is null)));

create index unions_by_name on hub.unions (name, union_id);

create index unions_by_parent on hub.unions (parent_union);

create unique index unions_one_root on hub.unions ((true)) where parent_union is null;

-- A1, A15: the employers that a union organises; a joint union's member units are dated, half-open.
create table hub.union_employers (
    union_id uuid not null references hub.unions,
    employer_uscc text not null,
    is_member_unit boolean not null,
    from_on date not null,
    until_on date,
    primary key (union_id, employer_uscc, from_on),
    check (until_on is null or until_on > from_on));

create index union_employers_by_employer on hub.union_employers (employer_uscc);

create table hub.union_federations (
    union_id uuid not null references hub.unions,
    federation_id uuid not null references hub.unions,
    from_on date not null,
    until_on date,
    primary key (union_id, federation_id, from_on),
    check (union_id <> federation_id));

create index union_federations_by_federation on hub.union_federations (federation_id);

-- Keys are rows, never deleted: what was signed with a retired key verifies for ever.
create table hub.union_keys (
    union_id uuid not null references hub.unions,
    use text not null check (use in ('SIGNING', 'LOGIN')),
    kid text not null,
    alg text not null check (alg in ('EdDSA', 'ES256')),
    jwk text not null,                            -- the public half, as canonical JSON
    not_before timestamptz not null,
    registered_at timestamptz not null,
    retired_at timestamptz,
    revoked_at timestamptz,
    reason text,
    invalid_from timestamptz,
    sha256 bytea,                                 -- the statement that registered it; null for the root's, from bootstrap
    primary key (union_id, use, kid),
    check ((revoked_at is null) = (invalid_from is null)));

-- Statements about unions and keys. Public, as what they say is.
create table hub.union_statements (
    union_id uuid not null references hub.unions, -- whom it is about
    sha256 bytea not null,
    iss uuid not null references hub.unions,
    jti uuid not null,
    typ text not null,
    jws text not null,
    receipt text not null,
    received_at timestamptz not null,
    primary key (union_id, sha256));

-- From machines.py. '-' is the start: a NULL would slip past the foreign key.
create table hub.legal_steps (
    machine text not null,
    from_state text not null,
    act text not null,
    to_state text not null,
    primary key (machine, from_state, act, to_state));

-- The test clock (HUB_CLOCK=test): one row at most.
create table hub.clock (
    only_row boolean primary key default true check (only_row),
    set_to timestamptz not null,
    set_at timestamptz not null);

-- Which master keys the rows hang on (a fingerprint, not a key): another file would find nobody and double everybody.
create table hub.installation (
    only_row boolean primary key default true check (only_row),
    master_key text not null);

-- The person. `membership_id` is the latest membership, `holder_union` repeats its holder: what row-level security compares.
create table hub.persons (
    member_id uuid primary key,
    membership_id uuid not null,
    holder_union uuid not null references hub.unions,
    name text collate "C" not null,
    sex text not null,
    birth_month text not null,
    ethnic_group text,
    political_status text,
    id_type text not null,
    id_number_masked text,
    mobile_masked text,
    mobile_sealed bytea,
    residence_division_code text,
    is_rural_migrant boolean,
    employment_form text) with (fillfactor = 90);

create index persons_by_name on hub.persons (holder_union, name, membership_id);

-- ID numbers, sealed (AES-GCM, bound to this row and key version). A person may have several.
create table hub.person_ids (
    member_id uuid not null,
    id_no smallint not null,
    id_type text not null,
    sealed bytea not null,
    id_hash bytea not null,
    added_at timestamptz not null,
    primary key (member_id, id_no));

-- The aggregate root: EVERY act on a case is a compare-and-set of this row.
create table hub.memberships (
    member_id uuid not null,
    membership_id uuid not null,                  -- the `sub` of statements
    holder_union uuid not null references hub.unions,
    custody_version integer not null default 1 check (custody_version > 0),
    held_since timestamptz not null,
    held_by_sha256 bytea not null,                -- the statement by which the holder came to hold (prev_sha256 of its release)
    status text not null check (status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED', 'WITHDRAWN', 'DEEMED_WITHDRAWN',
                                           'EXPELLED', 'DUPLICATE_MERGED', 'DECEASED')),
    holding_basis text not null,
    joined_on date not null,
    dues_paid_through text not null check (dues_paid_through ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    employer_uscc text,
    member_unit text,
    card_salt text not null,                      -- renewed at each move
    certificate_province text,
    certificate_number text,
    certificate_issued_on date,
    issuing_union text,
    open_handoff uuid,                            -- the one open case (I4) and its last step
    open_step smallint,
    primary key (member_id, membership_id),
    check ((open_handoff is null) = (open_step is null)),
    check ((certificate_province is null) = (certificate_number is null))) with (fillfactor = 85);

create index memberships_page on hub.memberships (holder_union, membership_id);

create unique index memberships_one_live on hub.memberships (member_id) where status in ('ACTIVE', 'RETAINED');

-- I1, I2: who held, from when to when; half-open, no two at once.
create table hub.holdings (
    member_id uuid not null,
    membership_id uuid not null,
    custody_version integer not null,
    holder_union uuid not null references hub.unions,
    during tstzrange not null,
    primary key (member_id, membership_id, custody_version),
    constraint holdings_are_half_open check (not isempty(during) and lower_inc(during) and not upper_inc(during)),
    constraint holdings_never_overlap exclude using gist (member_id with =, membership_id with =, during with &&)) with (fillfactor = 90);

create table hub.handoffs (
    member_id uuid not null,
    handoff_id uuid not null,
    membership_id uuid not null,
    from_union uuid not null references hub.unions,
    to_union uuid not null references hub.unions,
    reason_code text not null,
    state text not null,
    step_no smallint not null,
    custody_version integer not null,
    release_sha256 bytea,
    out_date date,
    dues_paid_through text,
    opened_at timestamptz not null,
    deadline timestamptz,
    is_open boolean not null,
    primary key (member_id, handoff_id),
    constraint handoffs_are_between_two_unions check (from_union <> to_union)) with (fillfactor = 85);

-- I4: at most one open handoff per membership.
create unique index handoffs_one_open on hub.handoffs (member_id, membership_id) where is_open;

create table hub.steps (
    member_id uuid not null,
    handoff_id uuid not null,
    step_no smallint not null,
    machine text not null default 'handoff',
    from_state text not null,
    act text not null,
    to_state text not null,
    side text not null,
    union_id uuid references hub.unions,          -- null where a date, not a union, made the step
    at timestamptz not null,
    sha256 bytea,
    primary key (member_id, handoff_id, step_no),
    constraint steps_are_legal foreign key (machine, from_state, act, to_state) references hub.legal_steps);

-- Every statement applied, with the hub's receipt. Never updated, never deleted (I14).
create table hub.statements (
    member_id uuid not null,
    sha256 bytea not null,
    membership_id uuid not null,
    handoff_id uuid,
    iss uuid not null references hub.unions,
    jti uuid not null,
    typ text not null,
    jws text not null,
    receipt text not null,
    received_at timestamptz not null,
    primary key (member_id, sha256));

create index statements_by_signer on hub.statements (iss, sha256);

-- The person's data that a join was bound to, sealed: a proof, and a replay, need the exact text. Erasable.
create table hub.join_cards (
    member_id uuid not null,
    membership_id uuid not null,
    sealed bytea not null,
    primary key (member_id, membership_id));

-- A party's own copy of a case: what it may list and read, and every fact that its rules need.
create table hub.dockets (
    member_id uuid not null,
    handoff_id uuid not null,
    union_id uuid not null references hub.unions,
    side text not null check (side in ('HOLDER', 'RECEIVER', 'HIGHER')),
    membership_id uuid not null,
    state text not null,
    step_no smallint not null,
    counterpart uuid references hub.unions,
    reason_code text not null,
    custody_version integer not null,
    release_sha256 bytea,
    out_date date,
    in_date date,
    valid_until date,
    dues_paid_through text,
    ground text,
    deadline timestamptz,
    opened_at timestamptz not null,
    requested_at timestamptz,
    released_at timestamptz,
    closed_at timestamptz,
    primary key (member_id, handoff_id, union_id)) with (fillfactor = 85);

create index dockets_page on hub.dockets (union_id, side, state, opened_at, handoff_id);

create index dockets_by_handoff on hub.dockets (union_id, handoff_id);

-- The card, one copy for each side that may read it. The receiver's is gone when the case closes without an acceptance.
create table hub.cards (
    member_id uuid not null,
    handoff_id uuid not null,
    union_id uuid not null references hub.unions,
    side text not null,
    json text not null,
    primary key (member_id, handoff_id, union_id));

create index cards_by_handoff on hub.cards (union_id, handoff_id);

-- Claims: what is unique in the whole hub. On Citus each is distributed by its own key.
create table hub.membership_claims (
    membership_id uuid primary key check (membership_id <> '00000000-0000-0000-0000-000000000000'),
    member_id uuid not null);

create table hub.handoff_claims (
    handoff_id uuid primary key check (handoff_id <> '00000000-0000-0000-0000-000000000000'),
    member_id uuid not null);

create table hub.identity_claims (id_hash bytea primary key, member_id uuid not null);

create table hub.certificate_claims (
    province_code text not null,
    number text not null,
    member_id uuid not null,
    membership_id uuid not null,
    primary key (number, province_code));

create table hub.statement_claims (
    jti uuid not null,
    iss uuid not null,
    sha256 bytea not null,
    member_id uuid,                               -- of a statement about a member …
    about_union uuid,                             -- … or about a union
    primary key (jti, iss));

create table hub.assertion_claims (
    jti text not null,
    iss uuid not null,
    expires_at timestamptz not null,
    primary key (jti, iss));

create index assertion_claims_by_expiry on hub.assertion_claims (expires_at);

-- A11: who read what of whom, and what for.
create table hub.disclosures (
    union_id uuid not null references hub.unions,
    at timestamptz not null,
    disclosure_id uuid not null,
    kind text not null check (kind in ('ID_NUMBER', 'ALREADY_MEMBER')),
    membership_id uuid not null,
    purpose text,
    primary key (union_id, at, disclosure_id));

create index disclosures_by_kind on hub.disclosures (union_id, kind, at);
