"""Printing of certificates: samples, the printer, loans of the seal impression, print runs, stock, the year's report."""

from hub.database.migrate import run_sql_files

revision = "0015"
down_revision = "0011"


def upgrade() -> None:
    """Seven tables of the provinces, an index on the numbers given out, and the functions (forward only)."""
    run_sql_files("0015")
