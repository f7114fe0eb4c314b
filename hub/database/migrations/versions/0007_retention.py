"""Retention: the status of a membership through time, retentions with their reasons, and the acts on them."""

from hub.database.migrate import run_sql_files

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Three tables, filled with what was; the functions of retention; joins and merges enter statuses (forward only)."""
    run_sql_files("0007")
