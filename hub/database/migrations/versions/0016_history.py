"""What comes from paper: earlier lines of a certificate, memberships retained since before the hub; dues; the roll."""

from hub.database.migrate import run_sql_files

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Two tables of member data, and the functions of the acts and reads (forward only)."""
    run_sql_files("0016")
