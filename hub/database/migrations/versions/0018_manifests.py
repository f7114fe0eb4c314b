"""Manifests: what was signed for many at once is kept once, with the first of its leaves that is applied."""

from hub.database.migrate import run_sql_files

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """One function (forward only)."""
    run_sql_files("0018")
