"""Our own vectors, for authors in other languages, hold here first."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from federation import acts, assertions, receipts, statements
from federation.errors import StatementCode, StatementError
from federation.keys import KeyDates, PublicKey
from tests.vectors.statements import make

VECTORS: list[dict[str, Any]] = [
    vector for file in make.FILES for vector in json.loads((make.FOLDER / file).read_text())["vectors"]
]


def judge(vector: dict[str, Any]) -> None:
    """Do with a vector what its reader is to do."""
    now = datetime.fromisoformat(vector["now"])
    instants = {name: datetime.fromisoformat(text) for name, text in (vector["key"] or {}).items() if name != "jwk"}
    key = None if vector["key"] is None else PublicKey.from_jwk(vector["key"]["jwk"])
    jws, caller, hub = vector["jws"], vector["caller"], vector["audience"]
    if vector["kind"] == "statement":
        statement = statements.read(jws, acts.ACTS[vector["typ"]])
        if key is None:
            raise StatementError(StatementCode.SIGNATURE_INVALID, ("header", "kid"), "no such key")
        statements.verify(statement, key=key, dates=KeyDates(**instants), caller=caller, audience=hub, now=now)
        assert vector.get("sha256", statement.sha256) == statement.sha256
        return
    assert key is not None
    if vector["kind"] == "receipt":
        assert receipts.read_receipt(jws, keys={key.kid: key}, hub=hub).receipt.signer == caller
    elif vector["kind"] == "login":
        assertions.verify_client_assertion(assertions.read_client_assertion(jws), key, hub, now)
    else:
        assertions.verify_key_proof(jws, key, union=caller, audience=hub, now=now)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_vector_gets_its_verdict(vector: dict[str, Any]) -> None:
    if vector["verdict"] == make.ACCEPTED:
        judge(vector)
        return
    with pytest.raises(StatementError) as caught:
        judge(vector)
    assert (caught.value.code, list(caught.value.path)) == (vector["verdict"], vector["path"])


@pytest.mark.parametrize("file", make.FILES)
def test_the_vectors_are_what_the_script_writes(file: str) -> None:
    """Ed25519 signs the same bytes alike; an ES256 vector keeps its bytes as long as they sign the same."""
    assert make.built(file) == json.loads((make.FOLDER / file).read_text())["vectors"]


def test_each_act_is_there_in_both_algorithms_and_each_vector_once() -> None:
    assert set(Counter(vector["id"] for vector in VECTORS).values()) == {1}
    accepted = {
        (vector["typ"], vector["key"]["jwk"]["alg"]) for vector in VECTORS if vector["verdict"] == make.ACCEPTED
    }
    assert {(typ, alg) for typ in acts.ACTS for alg in ("EdDSA", "ES256")} <= accepted
    rows = {vector["attack"] for vector in VECTORS if "attack" in vector}
    assert rows >= {f"J{row:02}" for row in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 18, 19, 20, 22, 23, 26)}
    assert {vector["verdict"] for vector in VECTORS} >= {code.value for code in StatementCode} - {"DOCUMENT_TAMPERED"}
