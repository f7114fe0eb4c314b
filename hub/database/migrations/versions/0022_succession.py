"""Agreements that a successor takes over, or that end from above; who came home from a host is known to have."""

from hub.database.migrate import run_sql_files

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """No table of its own (forward only)."""
    run_sql_files("0022")
