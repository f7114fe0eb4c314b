-- From hub/transfers/machines.py; a test compares them.
insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('expulsion', '-', 'propose', 'PROPOSED'),
    ('expulsion', 'PROPOSED', 'decide', 'DECIDED'),
    ('expulsion', 'PROPOSED', 'drop', 'DROPPED');
