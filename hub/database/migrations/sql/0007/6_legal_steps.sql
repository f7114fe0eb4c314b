-- From hub/transfers/machines.py; a test compares them.
insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('handoff', 'REQUESTED', 'retain', 'OBJECTED'),
    ('handoff', 'ESCALATED', 'retain', 'OBJECTED'),
    ('retention', '-', 'record', 'RECORDED'),
    ('retention', 'RECORDED', 'change_reason', 'RECORDED'),
    ('retention', 'RECORDED', 'move', 'RECORDED'),
    ('retention', 'RECORDED', 'restore', 'RESTORED'),
    ('retention', 'RECORDED', 'accept', 'RESTORED'),
    ('retention', 'RECORDED', 'annul', 'ANNULLED'),
    ('retention', 'RECORDED', 'end', 'ENDED');
