-- What a province prints (N2–N5). Few rows, of 31 provinces, and nothing of any person: what is in stock stands as ranges of numbers,
-- never one by one. Whose it is `union_id` says, the federation of the province.

create table hub.certificate_samples (
    sample_id uuid primary key,
    province_code text not null,
    union_id uuid not null references hub.unions,
    printer_uscc text not null,                   -- by whom it was printed, and may be printed once it is approved
    charter_version text not null,                -- of which the layout has the members' rights and duties
    layout_sha256 bytea not null,
    state text not null check (state in ('SUBMITTED', 'APPROVED')),
    submitted_at timestamptz not null,
    sha256 bytea not null,
    approved_on date,
    constraint certificate_samples_are_approved_on_a_day check ((state = 'APPROVED') = (approved_on is not null)));

-- One printer a province: whoever was chosen last, on or before a day, prints on it.
create table hub.printer_choices (
    province_code text not null,
    chosen_on date not null,
    sample_id uuid not null references hub.certificate_samples,
    union_id uuid not null references hub.unions,
    publicised_on date not null,
    decision_sha256 bytea not null,
    at timestamptz not null,
    sha256 bytea not null,
    primary key (province_code, chosen_on),
    constraint printer_choices_are_publicised_first check (publicised_on <= chosen_on));

-- The seal impression of the national department, lent for printing.
create table hub.seal_loans (
    loan_id uuid primary key,
    province_code text not null,
    union_id uuid not null references hub.unions,
    state text not null check (state in ('REQUESTED', 'APPROVED', 'IN_CUSTODY', 'RETURNED')),
    step_no smallint not null,
    application_sha256 bytea not null,
    requested_at timestamptz not null,
    sha256 bytea not null,                        -- of the request: what an approval names
    approved_on date,
    received_on date,
    custodian_sha256 bytea,                       -- of the paper that names the custodian: a person's name stands nowhere here
    returned_on date,
    constraint seal_loans_have_the_days_of_their_state
        check ((approved_on is null) = (state = 'REQUESTED') and (received_on is null) = (state in ('REQUESTED', 'APPROVED'))
               and (custodian_sha256 is null) = (received_on is null) and (returned_on is null) = (state <> 'RETURNED')),
    constraint seal_loans_go_on_in_order check (received_on >= approved_on and returned_on >= received_on));

-- Numbers of one length lie in the order of their characters; `numbers` is that order as numbers, so that an exclusion can hold it.
create table hub.print_runs (
    run_id uuid primary key,
    province_code text not null,
    union_id uuid not null references hub.unions,
    sample_id uuid not null references hub.certificate_samples,
    loan_id uuid not null references hub.seal_loans,
    number_length smallint not null,
    first_number text collate "C" not null,
    last_number text collate "C" not null,
    numbers numrange not null,
    has_check boolean not null,                   -- whether the last character follows from the others
    printed_count integer not null check (printed_count > 0),
    printed_on date not null,
    at timestamptz not null,
    sha256 bytea not null,
    constraint print_runs_are_of_one_length check (length(first_number) = number_length and length(last_number) = number_length),
    constraint print_runs_never_overlap exclude using gist (province_code with =, number_length with =, numbers with &&));

create table hub.stock_losses (
    loss_id uuid primary key,
    province_code text not null,
    union_id uuid not null references hub.unions,
    run_id uuid not null references hub.print_runs,
    state text not null check (state in ('SPOILED', 'MISSING')),
    number_length smallint not null,
    first_number text collate "C" not null,
    last_number text collate "C" not null,
    numbers numrange not null,
    lost_count integer not null check (lost_count > 0),
    at timestamptz not null,
    sha256 bytea not null,
    constraint stock_losses_are_of_one_length check (length(first_number) = number_length and length(last_number) = number_length),
    constraint stock_losses_never_overlap exclude using gist (province_code with =, number_length with =, numbers with &&));

-- What a province files of a year, in versions. It was in time if it came before the year was over in Shanghai.
create table hub.print_reports (
    province_code text not null,
    year integer not null,
    version integer not null,
    union_id uuid not null references hub.unions,
    printed_count integer not null check (printed_count >= 0),
    state text not null check (state in ('FILED', 'FILED_LATE', 'CORRECTED')),
    step_no smallint not null,
    at timestamptz not null,
    sha256 bytea not null,
    acknowledged_at timestamptz,
    primary key (province_code, year, version),
    constraint print_reports_are_in_time_or_late
        check ((state = 'FILED') = (at < make_date(year + 1, 1, 1)::timestamp at time zone 'Asia/Shanghai')),
    constraint print_reports_are_late_or_corrected check (state = 'FILED' or (state = 'FILED_LATE') = (version = 1)));

create table hub.print_steps (
    machine text not null check (machine in ('sample', 'seal_loan', 'stock', 'print_report')),
    subject text not null,
    step_no smallint not null,
    from_state text not null,
    act text not null,
    to_state text not null,
    union_id uuid not null references hub.unions,
    at timestamptz not null,
    sha256 bytea not null,
    primary key (machine, subject, step_no),
    constraint print_steps_are_legal foreign key (machine, from_state, act, to_state) references hub.legal_steps);

-- How many numbers of a range, or of a province, were given out: counted, never listed.
create index certificate_claims_by_province on hub.certificate_claims (province_code, number collate "C");
