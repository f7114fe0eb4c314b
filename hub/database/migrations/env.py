"""Alembic's environment: migrations run on the connection that `hub.database.migrate` hands over, and on no other."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table_schema="public", transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
