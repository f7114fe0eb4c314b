"""Endings: a membership ends, by withdrawal, expulsion or death; what follows an expulsion, and its reversal."""

from hub.database.migrate import run_sql_files

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """The tables of endings and filings, and their functions (forward only)."""
    run_sql_files("0010")
