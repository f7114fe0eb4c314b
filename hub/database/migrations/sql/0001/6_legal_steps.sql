-- From hub/transfers/machines.py; a test compares them.
insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('handoff', '-', 'release', 'RELEASED'),
    ('handoff', 'RELEASED', 'accept', 'ACCEPTED'),
    ('handoff', 'RELEASED', 'refuse', 'REFUSED'),
    ('handoff', 'RELEASED', 'recall', 'RECALLED'),
    ('handoff', 'RELEASED', 'expire', 'EXPIRED'),
    ('handoff', 'RELEASED', 'void', 'VOIDED');
