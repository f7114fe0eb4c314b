"""Province policy: what each province sets otherwise than the nation, from a day on."""

from hub.database.migrate import run_sql_files

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Three tables, all public; the record of what is set, and what holds for a union at an instant (forward only)."""
    run_sql_files("0019")
