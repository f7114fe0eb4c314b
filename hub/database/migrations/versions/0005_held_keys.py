"""Held keys: a statement is recorded while its key is in force, and pairs that were none are dissolved."""

from hub.database.migrate import run_sql_files

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The functions that hold keys, and the amendment that dissolves a pair (forward only)."""
    run_sql_files("0005")
