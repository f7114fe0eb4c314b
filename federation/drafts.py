"""What a union looks at before it signs: that the hub's draft says what was asked, and nothing else.

The hub writes the claims, the union signs them; so the union's own system reads them first. A hub that is mistaken, or
taken over, gets no signature under a release to somebody else.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from typing import Any, TypeVar

from federation import encoding, statements
from federation.acts import Act, Certificate, ExternalRelease, InLieuRelease, MemberAmendment, UnionAmendment
from federation.claims import dump, form_of
from federation.errors import Refused, StatementCode, StatementError
from federation.forms import FormError, is_union_uri
from federation.keys import PublicKey

A = TypeVar("A", bound=Act)

_CAPITAL = re.compile("[A-Z]")
# The schema's opaque ids: the claims have the same things under their UUIDs.
_IDS = frozenset(("handoff_id", "member_id", "agreement_id"))


@dataclass(frozen=True, slots=True)
class Draft:
    """The hub's answer to a dry run: the claims to sign, and whatever stands against the act."""

    typ: str
    #: The JSON text to sign as it is; None if the subject wasn't found.
    claims: str | None
    #: The card's exact text, for the signer to see; it is bound by hash.
    card: str | None
    #: All of them, in the order of the checks.
    refusals: tuple[Refused, ...]
    #: What is handed in beside the statement: the text of an agreement, or a roster.
    document: str | None = None

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> "Draft":
        """Read a `Draft` of the hub's schema."""
        card = answer["card"]
        refusals = tuple(Refused.from_answer(refusal) for refusal in answer["refusals"])
        return cls(
            answer["typ"], answer["claims"], None if card is None else card["json"], refusals, answer.get("document")
        )


def check_draft(draft: Draft, act: type[A], asked: Mapping[str, Any], *, union: str, hub: str, now: datetime) -> A:
    """Give the claims of a draft that may be signed.

    1. It is a draft of this act.  2. The claims are in order, and are this union's at this hub.  3. What was asked for
    by name stands in them with the same value.  4. The card, or the document, is the one that they bind.
    Takes what was asked, as the draft's input. Refuses: StatementError, among them DOCUMENT_TAMPERED (3, 4).
    """
    # 1. act
    if draft.typ != act.typ or draft.claims is None:
        raise StatementError(StatementCode.STATEMENT_MALFORMED, ("header", "typ"), "not a draft of this act")
    # 2. claims
    try:
        claims = encoding.loads(draft.claims)
    except encoding.EncodingError as error:
        raise StatementError(StatementCode.STATEMENT_MALFORMED, ("payload",), str(error)) from error
    if not isinstance(claims, dict) or claims.get("iss") != union:
        raise StatementError(StatementCode.SIGNER_IS_NOT_CALLER, ("iss",), "a draft for another union")
    body = statements.check_claims(claims, act, hub, now)
    # 3. what was asked
    if act.subject == "union" and _as_uri(asked.get("union", claims["sub"])) != claims["sub"]:
        raise StatementError(StatementCode.DOCUMENT_TAMPERED, ("sub",), "the draft is about another union")
    for name, value in _snake(asked).items():
        _check_asked(body, name, value)
    _check_not_more(body, _snake(asked))
    # 4. card, document
    for name in ("agreement_sha256", "roster_sha256"):
        binds = getattr(body, name, None) if draft.document is not None else None
        is_annex = name == "agreement_sha256" and hasattr(body, "roster_sha256")
        if binds is not None and not is_annex and encoding.sha256_b64url(str(draft.document).encode()) != binds:
            raise _differs(act, name)
    bound = getattr(body, "card_sha256", None)
    # Who releases in another's stead is not shown the card: it answers for the act, and the receiver for comparing the
    # card.
    shown = not isinstance(body, InLieuRelease | ExternalRelease)
    if shown and bound is not None and (draft.card is None or encoding.sha256_b64url(draft.card.encode()) != bound):
        raise _differs(act, "card_sha256")
    return body


def _check_asked(body: Act, name: str, value: Any) -> None:
    """Refuse a body in which the claim of this name isn't what was asked. What has no claim is the hub's to use."""
    claim = form_of(type(body), name)
    if claim is None or name in _IDS:
        return
    field, form = claim
    signed = getattr(body, field)
    try:
        same = form.read(_in_form(value, signed)) == _comparable(signed)
    except (FormError, encoding.EncodingError):
        same = False
    if not same:
        raise _differs(type(body), name)


def _check_not_more(body: Act, asked: Mapping[str, Any]) -> None:
    """Refuse an amendment of what nobody asked to amend: all else is to stay as it is."""
    if isinstance(body, MemberAmendment):
        wanted = {*asked, *asked.get("person", ()), *asked.get("emptied", ())}
        # A document is amended by kind and number together.
        wanted |= {"id_number"} if "id_type" in wanted else set()
        extra = {*body.fields, *_stated(body)} - wanted
    elif isinstance(body, UnionAmendment):
        extra = _stated(body) - asked.keys()
    else:
        return
    if extra:
        raise _differs(type(body), min(extra))


#: What an amendment says that amends nothing.
_OF_ITSELF = frozenset(("custody_version", "data_version", "version", "is_correction", "fields", "card_sha256"))


def _stated(body: Act) -> set[str]:
    return {name for name in dump(body) if name not in _OF_ITSELF}


def _in_form(value: Any, signed: Any) -> Any:
    """Put an input's value as the claim has it: a key as an object, a union by its URI, text in NFC."""
    if isinstance(value, str) and isinstance(signed, PublicKey):
        return encoding.loads(value)
    if is_union_uri(signed):
        return _as_uri(value)
    if isinstance(value, Mapping) and is_dataclass(signed) and not isinstance(signed, type):
        # What of it was not asked for by name is the hub's to fill in.
        return {
            **dump(_comparable(signed)),
            **{name: _in_form(part, None) for name, part in value.items() if part is not None},
        }
    return unicodedata.normalize("NFC", value.strip()) if isinstance(value, str) else value


def _as_uri(union: Any) -> Any:
    """Give the URI of a union that an input may also name by its bare code."""
    return union if is_union_uri(union) else f"urn:union:{union}"


def _comparable(signed: Any) -> Any:
    # The input gives a certificate's day of issue apart from its number.
    if isinstance(signed, Certificate):
        return Certificate(province_code=signed.province_code, number=signed.number)
    return signed


def _snake(value: Any) -> Any:
    """Give an input with the claims' names, without what it leaves out."""
    if isinstance(value, Mapping):
        pairs = ((_CAPITAL.sub(lambda hit: "_" + hit[0].lower(), name), entry) for name, entry in value.items())
        return {name: _snake(entry) for name, entry in pairs if entry is not None}
    return [_snake(entry) for entry in value] if isinstance(value, list | tuple) else value


def _differs(act: type[Act], name: str) -> StatementError:
    return StatementError(StatementCode.DOCUMENT_TAMPERED, (act.object_name, name), "the draft says something else")
