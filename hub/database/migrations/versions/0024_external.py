"""Unions outside the hub: what stands for one holds members, and signs nothing (A25)."""

from hub.database.migrate import run_sql_files

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """The functions of release, answer, acceptance, keys and counts anew, and three legal steps (forward only)."""
    run_sql_files("0024")
