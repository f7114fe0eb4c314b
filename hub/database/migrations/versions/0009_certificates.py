"""Certificates: lost, found, reissued, collected, void; how each province numbers its own."""

from hub.database.migrate import run_sql_files

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Two tables of member data, one of the provinces, and the functions of the acts (forward only)."""
    run_sql_files("0009")
