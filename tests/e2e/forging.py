"""Statements that no draft gave: what a union would sign that has no tie to the member, or means no good."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from federation.encoding import b64url
from federation.jws import sign_payload
from tests.e2e.inputs import EMPLOYERS, UNIONS

if TYPE_CHECKING:
    from federation.keys import PrivateKey
    from tests.e2e.wire import Json, Party

#: Global ids of the right form that nobody has.
NO_MEMBER = "TWVtYmVyOgAAAAAAAEAAgAAAAAAAAAA"
NO_HANDOFF = "SGFuZG9mZjoAAAAAAABAAIAAAAAAAAAA"
NO_UNION = "VW5pb246AAAAAAAAQACAAAAAAAAAAA"
NO_HASH = b64url(bytes(32))

RELEASE_TYP = "unionhub.release+jwt"


def common_claims(by: Party, subject: str) -> Json:
    """Give the claims that every statement has."""
    now = int(by.clock.now().timestamp())
    return {"iss": by.uri, "aud": by.hub, "sub": subject, "jti": str(uuid4()), "iat": now, "exp": now + 600}


def release_claims(by: Party, subject: str, receiver: str = UNIONS["U2"].uri, **changes: Any) -> Json:
    """Give all claims of a release, with hashes that are made up."""
    claims = {
        "handoff_id": str(uuid4()),
        "custody_version": 1,
        "prev_sha256": NO_HASH,
        "receiving_union": receiver,
        "out_date": "2025-03-03",
        "reason_code": "CHANGE_OF_EMPLOYER",
        "reason_text": "调动",
        "articles": ["A12"],
        "dues_paid_through": "2025-02",
        "relation_ended_on": "2025-02-28",
        "valid_until": "2025-05-31",
        "form_custody": "WITH_PERSONNEL_FILE",
        "card_sha256": NO_HASH,
        "new_employer_uscc": EMPLOYERS["乙"],
    }
    return {**common_claims(by, subject), "release": {**claims, **changes}}


def on_case_claims(by: Party, subject: str, name: str, **claims: Any) -> Json:
    """Give all claims of an acceptance, a refusal or a recall."""
    return {**common_claims(by, subject), name: {"handoff_id": str(uuid4()), "release_sha256": NO_HASH, **claims}}


def signed(claims: Json, typ: str, key: PrivateKey) -> str:
    """Sign claims of one's own making, in the one right form."""
    return sign_payload(json.dumps(claims).encode(), typ, key)


def made_up_release(by: Party, subject: str, receiver: str = UNIONS["U2"].uri, **changes: Any) -> str:
    return signed(release_claims(by, subject, receiver, **changes), RELEASE_TYP, by.signing)
