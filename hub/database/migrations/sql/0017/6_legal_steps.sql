-- From hub/transfers/machines.py; a test compares them.
insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('handoff', 'REQUESTED', 'wind_up', 'CANCELLED'),
    ('handoff', 'ESCALATED', 'wind_up', 'CANCELLED'),
    ('handoff', '-', 'release_in_lieu', 'RELEASED'),
    ('entrustment', 'SCHEDULED', 'suspend', 'SUSPENDED');
