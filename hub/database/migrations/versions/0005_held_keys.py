"""Held keys: a statement is recorded while its key is in force. Pairs that were none part; who is counted elsewhere."""

from hub.database.migrate import run_sql_files

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """A table, the functions that hold keys, and the amendment that parts a pair (forward only)."""
    run_sql_files("0005")
