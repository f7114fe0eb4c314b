"""The pull: requests, objection, escalation, release in lieu."""

from hub.database.migrate import run_sql_files

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """New columns and one table, distributed where Citus is, and the functions that know of them (forward only)."""
    run_sql_files("0002")
