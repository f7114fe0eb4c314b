"""Why the database cannot be had, in a sentence for the person at the keyboard.

Every failure says what is wrong and what to do next; none carries a row, a statement's parameter or a password.
"""


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot run as things stand."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(f"{wrong} {remedy}")
        self.wrong = wrong
        self.remedy = remedy
