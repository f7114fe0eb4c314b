"""Secondment and return: its terms through time, the words of both unions on them, and what the home union may see."""

from hub.database.migrate import run_sql_files

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Three tables; release, answer and acceptance made to keep them; the functions of secondment (forward only)."""
    run_sql_files("0011")
