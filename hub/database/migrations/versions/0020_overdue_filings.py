"""What a union has still to file: a list of its own, and the order of that of the union above."""

from hub.database.migrate import run_sql_files

revision = "0020"
down_revision = "0018"


def upgrade() -> None:
    """Three indexes and one function (forward only)."""
    run_sql_files("0020")
