insert into hub.legal_steps (machine, from_state, act, to_state) values
    ('certificate', '-', 'issue_certificate', 'VALID'),
    ('certificate', '-', 'reissue_certificate', 'VALID'),
    ('certificate', 'VALID', 'record_loss', 'LOST'),
    ('certificate', 'LOST', 'recover_certificate', 'VALID'),
    ('certificate', 'SUPERSEDED', 'recover_certificate', 'VOIDED'),
    ('certificate', 'LOST', 'reissue_certificate', 'SUPERSEDED'),
    ('certificate', 'VALID', 'reissue_certificate', 'SUPERSEDED'),
    ('certificate', 'VALID', 'collect_certificate', 'COLLECTED'),
    ('certificate', 'VALID', 'void_certificate', 'VOIDED'),
    ('certificate', 'LOST', 'void_certificate', 'VOIDED');
