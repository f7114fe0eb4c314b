"""The proof of lines of before the hub: it proves who has told of them, and no part of it can be changed."""

import json
from typing import Any
from uuid import UUID

import pytest

from federation import history
from federation.errors import ProofError
from federation.forms import HubOrigin
from federation.history import HistoryProof, verify_history
from federation.proof import MAX_CHARACTERS, JwkSet
from tests.federation.histories import HISTORY
from tests.federation.parties import HUB, U1, U2, a_hash, a_key, a_release, a_statement, a_uuid, changed
from tests.federation.proofs import HUB_KEY, HUB_KEYS, RELEASED_AT, ROOT_KEY, U1_KEY, U2_KEY, keys, receipted

TOLD = a_statement(HISTORY, U1_KEY, iat=RELEASED_AT)


def a_proof(**facts: Any) -> HistoryProof:
    said: dict[str, Any] = {
        "hub": HubOrigin(HUB),
        "membership_id": a_uuid("membership of M1"),
        "statement": receipted(TOLD, RELEASED_AT),
        "keys": tuple(keys()),
        "hub_keys": JwkSet(keys=(HUB_KEY.public,)),
    }
    return HistoryProof(**(said | facts))


def refused(document: HistoryProof | str, **trust: Any) -> ProofError:
    text = document if isinstance(document, str) else history.write(document)
    with pytest.raises(ProofError) as caught:
        verify_history(text, **({"hub_keys": HUB_KEYS} | trust))
    return caught.value


def test_it_proves_who_has_told_and_that_nobody_else_is_verified() -> None:
    proved = verify_history(history.write(a_proof()), HUB_KEYS, hub=HUB, root_keys={ROOT_KEY.kid: ROOT_KEY.public})
    assert (proved.told_by, proved.received_at, proved.counterparties) == (U1, RELEASED_AT, "UNVERIFIED")
    assert (proved.history, proved.is_flagged, proved.hub) == (HISTORY, False, HUB)
    assert proved.membership_id == a_uuid("membership of M1")


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (a_proof(membership_id=UUID(int=9)), ("statement", "sub")),
        (a_proof(hub=HubOrigin("https://another.test")), ("hub_keys",)),
        (a_proof(statement=receipted(a_statement(a_release(), U1_KEY, iat=RELEASED_AT), RELEASED_AT)), ("statement",)),
        (a_proof(statement=receipted(a_statement(HISTORY, U2_KEY, iat=RELEASED_AT), RELEASED_AT)), ("statement",)),
        (a_proof(keys=tuple(keys()[:3])), ("statement",)),
        (a_proof(hub_keys=JwkSet(keys=(a_key("other", kid=HUB_KEY.kid).public,))), ("hub_keys",)),
    ],
)
def test_no_part_of_it_can_be_another(document: HistoryProof, path: tuple[str, ...]) -> None:
    error = refused(document)
    assert error.where[: len(path)] == path or error.where[0] in {"keys", *path}


def test_its_statement_is_the_one_received() -> None:
    other = a_statement(changed(HISTORY, paper_sha256=a_hash("another")), U1_KEY, iat=RELEASED_AT)
    swapped = json.loads(history.write(a_proof()))
    swapped["statement"]["statement"] = other
    assert refused(json.dumps(swapped)).where[0] == "receipt"


def test_another_hub_s_is_refused() -> None:
    assert refused(a_proof(), hub="https://another.test").where == ("hub",)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format":"unionhub-proof/1"}', " " * (MAX_CHARACTERS + 1)])
def test_nor_is_any_text_a_proof(text: str) -> None:
    refused(text)


def test_the_signer_is_the_union_that_it_names() -> None:
    error = refused(a_proof(statement=receipted(a_statement(HISTORY, U1_KEY, iss=U2, iat=RELEASED_AT), RELEASED_AT)))
    assert error.where[0] == "keys"
