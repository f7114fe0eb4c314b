"""What can go wrong between a union's system and a hub, as one tree.

FederationError
├── StatementError   a signed document is not in order: the code and the path that a hub answers with
├── KeyNotUsable     a JWK or key file that this federation doesn't sign or verify with
├── ProofError       a proof of a handoff doesn't hold
├── Refused          the hub's lawful "no": a `Refusal` of its schema
└── HubError         no answer in the schema's terms: login, limits, faults
    └── AnswerLost   nobody knows whether the hub acted; the same statement may be sent again

Nothing that stands in a document is repeated in a message: whoever logs an error logs no one's data.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class FederationError(Exception):
    """Whatever this package raises on purpose."""


class StatementCode(StrEnum):
    """Why a signed document is refused; the hub's refusal codes of the same names."""

    STATEMENT_MALFORMED = "STATEMENT_MALFORMED"
    SIGNATURE_INVALID = "SIGNATURE_INVALID"
    STATEMENT_EXPIRED = "STATEMENT_EXPIRED"
    CLOCK_SKEW = "CLOCK_SKEW"
    SIGNING_KEY_NOT_VALID = "SIGNING_KEY_NOT_VALID"
    SIGNER_IS_NOT_CALLER = "SIGNER_IS_NOT_CALLER"
    KEY_PROOF_INVALID = "KEY_PROOF_INVALID"
    DOCUMENT_TAMPERED = "DOCUMENT_TAMPERED"


class StatementError(FederationError):
    """A statement, assertion, receipt or proof of possession that is not in order."""

    def __init__(self, code: StatementCode, path: tuple[str, ...], detail: str) -> None:
        super().__init__(f"{code} at {'.'.join(path)}: {detail}")
        self.code = code
        #: Where: ("statement",) for the whole, ("header", "typ"), ("exp",), ("release", "out_date").
        self.path = path
        self.detail = detail


class KeyNotUsable(FederationError):  # noqa: N818  # named after the fact, like the two below
    """A key that is not an Ed25519 or P-256 signing key in its one right form."""

    def __init__(self, detail: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(f"{'.'.join(path)}: {detail}" if path else detail)
        #: The member of the JWK at fault, if one is.
        self.path = path
        self.detail = detail


class ProofError(FederationError):
    """A proof that doesn't prove what it says; `where` names the part that fails."""

    def __init__(self, where: tuple[str, ...], detail: str) -> None:
        super().__init__(f"{'.'.join(where)}: {detail}")
        self.where = where
        self.detail = detail


class Refused(FederationError):  # noqa: N818
    """The hub's lawful refusal, as it answered it."""

    def __init__(
        self,
        *,
        code: str,
        articles: Sequence[str],
        message: str,
        message_en: str,
        next_step: str,
        path: Sequence[str] = (),
        retryable: bool = False,
        possible_from: datetime | None = None,
        also: Sequence["Refused"] = (),
    ) -> None:
        super().__init__(f"{code} ({', '.join(articles)}): {message_en or message}")
        self.code = code
        self.articles = tuple(articles)
        self.message = message
        self.message_en = message_en
        self.next_step = next_step
        self.path = tuple(path)
        self.retryable = retryable
        #: When the same act would be lawful, if the hub can tell.
        self.possible_from = possible_from
        #: The further refusals of a draft, in the order of the checks.
        self.also = tuple(also)

    @classmethod
    def from_answer(cls, answer: dict[str, Any], also: Sequence["Refused"] = ()) -> Self:
        """Give the exception for a `Refusal` of the hub's schema."""
        possible_from = answer.get("possibleFrom")
        return cls(
            code=answer["code"],
            articles=answer["articles"],
            message=answer["message"],
            message_en=answer["messageEn"],
            next_step=answer["nextStep"],
            path=answer["path"],
            retryable=answer["retryable"],
            possible_from=None if possible_from is None else datetime.fromisoformat(possible_from),
            also=also,
        )


class HubError(FederationError):
    """An answer outside the schema's terms: `code` is `extensions.code`, or `HTTP_<status>`, or ours."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class AnswerLost(HubError):  # noqa: N818
    """Every try ended without an answer. Send `statement` again, whenever: the hub acts on it once."""

    def __init__(self, message: str, statement: str | None = None) -> None:
        super().__init__("ANSWER_LOST", message)
        self.statement = statement
