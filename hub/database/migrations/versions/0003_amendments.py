"""Corrections: amended members and unions, and the handoff back after a mistaken acceptance."""

from hub.database.migrate import run_sql_files

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """New columns and tables, distributed where Citus is, and the functions that know of them (forward only)."""
    run_sql_files("0003")
