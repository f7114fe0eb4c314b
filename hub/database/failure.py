"""Why the database cannot be had, in a sentence for the person at the keyboard.

Every failure says what is wrong and what to do next; none carries a row, a statement's parameter or a password.
"""


class DatabaseFailure(Exception):  # noqa: N818 - the family; its members are named as errors
    """What an operator can mend."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(f"{wrong} {remedy}")
        self.wrong = wrong
        self.remedy = remedy


class EmbeddedError(DatabaseFailure):
    """The embedded PostgreSQL cannot run as things stand."""


class BackupError(DatabaseFailure):
    """A backup could not be made or restored; nothing was changed."""
