"""Entrustment (A9): agreements of a dispatch union and a host union, the members that they cover, and what is recorded."""

from hub.database.migrate import run_sql_files

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Five tables and the functions of the acts on them (forward only)."""
    run_sql_files("0008")
