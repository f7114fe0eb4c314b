"""Winding up and closing a union: its successor, and keys by which nobody arrives at one or is left with one."""

from hub.database.migrate import run_sql_files

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """What a union's state allows, held by keys; the functions of winding up and closing (forward only)."""
    run_sql_files("0017")
