-- From hub/transfers/machines.py; a test compares them.
insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('retention', '-', 'import', 'RECORDED'),
    ('membership', '-', 'import_retained', 'RETAINED'),
    ('membership', 'DUPLICATE_SUSPECTED', 'go_on_retained', 'RETAINED');
