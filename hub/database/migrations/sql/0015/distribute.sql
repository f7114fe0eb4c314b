-- Citus only, between the tables and their guards.

select create_reference_table('hub.certificate_samples');

select create_reference_table('hub.printer_choices');

select create_reference_table('hub.seal_loans');

select create_reference_table('hub.print_runs');

select create_reference_table('hub.stock_losses');

select create_reference_table('hub.print_reports');

select create_reference_table('hub.print_steps');
