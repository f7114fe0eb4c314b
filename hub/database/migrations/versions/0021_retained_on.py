"""Who is retained and let go by one statement, or restored into a placement; agreements that a successor takes over."""

from hub.database.migrate import run_sql_files

revision = "0021"
down_revision = "0019"


def upgrade() -> None:
    """No table of its own (forward only)."""
    run_sql_files("0021")
