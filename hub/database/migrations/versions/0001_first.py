"""Unions, keys, persons, memberships, the push handoff."""

from hub.database.migrate import run_sql_files

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Tables, then distribution where Citus is, then foreign keys, guards and functions (forward only)."""
    run_sql_files("0001")
