-- Province policy (domain 2.5): what the nation has, what a province may set otherwise and within which bounds, and what each has set
-- from which day on. All of it is public, and nothing of it is ever rewritten.

-- From rules/policy.py. A value is a number within bounds, or one of several words.
create table hub.policy_parameters (
    name text primary key,
    rule text not null,
    national text not null,
    least integer,
    most integer,
    choices text[],
    constraint policy_parameters_are_bounded check (
        (choices is null and least is not null and most is not null and least <= most) or (choices is not null and least is null and most is null)));

-- One version of a record, as a federation has signed it.
create table hub.policies (
    union_id uuid not null,                       -- whose record it is
    version integer not null check (version > 0),
    effective_from date not null,
    at timestamptz not null,
    evidence_sha256 bytea not null,
    sha256 bytea not null,
    primary key (union_id, version),
    constraint policies_are_not_backdated check (effective_from >= (at at time zone 'Asia/Shanghai')::date),
    constraint policies_are_stated foreign key (union_id, sha256) references hub.union_statements);

-- What it sets.
create table hub.policy_values (
    union_id uuid not null,
    version integer not null,
    name text not null references hub.policy_parameters,
    value text not null,
    primary key (union_id, version, name),
    constraint policy_values_of_a_version foreign key (union_id, version) references hub.policies);

insert into hub.policy_parameters (name, rule, national, least, most, choices) values
    ('release_valid_days', 'HUB-P01', '90', 10, 366, null),
    ('request_working_days', 'HUB-P02', '15', 3, 90, null),
    ('acceptance_working_days', 'HUB-P03', '15', 3, 90, null),
    ('secondment_reminder_days', 'HUB-P05', '30', 0, 180, null),
    ('backdate_days_max', 'HUB-P06', '90', 0, 366, null),
    ('closure_holder', 'HUB-P07', 'RESIDENCE', null, null, '{RESIDENCE,HIGHER_LEVEL}'),
    ('exit_reminder_days', 'HUB-P08', '30', 1, 366, null),
    ('prepaid_months_max', 'HUB-P10', '12', 0, 60, null),
    ('card_days', 'HUB-P11', '3650', 90, 18300, null),
    ('unmoved_card_days', 'HUB-P11', '90', 30, 3660, null),
    ('appeal_days', 'HUB-P13', '30', 5, 366, null),
    ('escalation_working_days', 'HUB-P14', '30', 3, 180, null),
    ('consent_days_max', 'HUB-P15', '30', 1, 366, null),
    ('closure_intake', 'HUB-P16', 'DUTY', null, null, '{DUTY,OPTION}');
