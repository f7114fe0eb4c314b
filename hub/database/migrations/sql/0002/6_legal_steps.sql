-- From hub/transfers/machines.py; a test compares them.
insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('handoff', '-', 'request', 'REQUESTED'),
    ('handoff', '-', 'appeal', 'ESCALATED'),
    ('handoff', 'REQUESTED', 'release', 'RELEASED'),
    ('handoff', 'REQUESTED', 'object', 'OBJECTED'),
    ('handoff', 'REQUESTED', 'cancel', 'CANCELLED'),
    ('handoff', 'REQUESTED', 'escalate', 'ESCALATED'),
    ('handoff', 'REQUESTED', 'supersede', 'CANCELLED'),
    ('handoff', 'REQUESTED', 'void', 'VOIDED'),
    ('handoff', 'ESCALATED', 'release', 'RELEASED'),
    ('handoff', 'ESCALATED', 'release_in_lieu', 'RELEASED'),
    ('handoff', 'ESCALATED', 'dismiss', 'DISMISSED'),
    ('handoff', 'ESCALATED', 'cancel', 'CANCELLED'),
    ('handoff', 'ESCALATED', 'lapse', 'LAPSED'),
    ('handoff', 'ESCALATED', 'supersede', 'CANCELLED'),
    ('handoff', 'ESCALATED', 'void', 'VOIDED');
