-- From hub/transfers/machines.py; a test compares them.
insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('handoff', 'REQUESTED', 'release_for_external', 'RELEASED'),
    ('handoff', 'ESCALATED', 'release_for_external', 'RELEASED'),
    ('handoff', 'RELEASED', 'accept_for_external', 'ACCEPTED');
