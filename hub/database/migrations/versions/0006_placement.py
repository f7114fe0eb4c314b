"""Placement: reasons that ask for a place, and where an employer has its union."""

from hub.database.migrate import run_sql_files

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """A column of the dockets, indexes, and the functions of release, request and acceptance made anew (forward only)."""
    run_sql_files("0006")
