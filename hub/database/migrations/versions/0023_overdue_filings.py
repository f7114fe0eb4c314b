"""Expulsions: what a union group proposes, and what a union has still to file."""

from hub.database.migrate import run_sql_files

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """A table of proposals, three indexes, and the functions of acts and reads (forward only)."""
    run_sql_files("0023")
