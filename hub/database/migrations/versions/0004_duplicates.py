"""Duplicates: a second membership of one person arrives, stands still, and is merged."""

from hub.database.migrate import run_sql_files

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One table, a column of the gate, and the functions of import and merge (forward only)."""
    run_sql_files("0004")
