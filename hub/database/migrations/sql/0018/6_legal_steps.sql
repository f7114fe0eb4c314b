-- From hub/transfers/machines.py; a test compares them.
insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('secondment', 'RECORDED', 'succeed', 'RECORDED'),
    ('secondment', 'AT_HOST', 'succeed', 'AT_HOST'),
    ('secondment', 'RETURN_DUE', 'succeed', 'RETURN_DUE');
