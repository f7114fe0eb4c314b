"""Receipts: the hub's word, the same for ever, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest

from federation import encoding, receipts
from federation.acts import Receipt, Release
from federation.errors import StatementCode, StatementError
from federation.forms import Code, Typ, Version
from federation.keys import ALGS, Alg
from federation.receipts import read_receipt, sign_receipt
from tests.federation.parties import HUB, NOW, U1, U2, a_hash, a_key, a_uuid, claims_of, forged, header_of

HUB_KEY = a_key("hub", kid="hub-2025")
KEYS = {HUB_KEY.kid: HUB_KEY.public}
RECEIPT = Receipt(
    statement_sha256=a_hash("release"),
    typ=Typ(Release.typ),
    signer=U1,
    received_at=NOW + timedelta(microseconds=123_456),
    handoff_id=a_uuid("handoff"),
    state_after=Code("RELEASED"),
    custody_version_after=Version(1),
    release_sha256=a_hash("release"),
)
SUB = str(a_uuid("membership of M1"))
SIGNED = sign_receipt(RECEIPT, key=HUB_KEY, hub=HUB, sub=SUB)


@pytest.mark.parametrize("alg", ALGS)
def test_a_receipt_is_read_as_it_was_signed(alg: Alg) -> None:
    key = a_key("hub", alg)
    jws = sign_receipt(RECEIPT, key=key, hub=HUB, sub=SUB)
    read = read_receipt(jws, keys={key.kid: key.public}, hub=HUB)
    assert (read.receipt, read.sub, read.hub, read.kid, read.jws) == (RECEIPT, SUB, HUB, key.kid, jws)
    assert claims_of(jws).keys() == {"iss", "aud", "sub", "jti", "iat", "receipt"}
    assert claims_of(jws)["aud"] == U1
    assert claims_of(jws)["iat"] == int(NOW.timestamp())


def test_the_same_facts_make_the_same_receipt() -> None:
    assert sign_receipt(RECEIPT, key=HUB_KEY, hub=HUB, sub=SUB) == SIGNED
    jti = claims_of(SIGNED)["jti"]
    other = sign_receipt(RECEIPT, key=HUB_KEY, hub="https://other.example", sub=SUB)
    assert claims_of(other)["jti"] != jti


def test_a_receipt_on_a_union_names_the_union() -> None:
    jws = sign_receipt(RECEIPT, key=HUB_KEY, hub=HUB, sub=U2)
    assert read_receipt(jws, keys=KEYS, hub=HUB).sub == U2


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"iss": "https://other.example"}, ("iss",)),
        ({"aud": U2}, ("aud",)),
        ({"aud": [U1]}, ("aud",)),
        ({"sub": "x"}, ("sub",)),
        ({"sub": None}, ("sub",)),
        ({"jti": "x"}, ("jti",)),
        ({"iat": int(NOW.timestamp()) + 1}, ("iat",)),
        ({"iat": True}, ("iat",)),
        ({"iat": str(int(NOW.timestamp()))}, ("iat",)),
        ({"exp": int(NOW.timestamp()) + 600}, ("exp",)),
        ({"nbf": 0}, ("nbf",)),
        ({"receipt": {}}, ("receipt", "statement_sha256")),
        ({"receipt": None}, ("receipt",)),
        ({"receipt": ...}, ("receipt",)),
        ({"iss": ...}, ("iss",)),
    ],
)
def test_a_receipt_has_its_claims_and_they_agree(changes: dict[str, Any], path: tuple[str, ...]) -> None:
    jws = forged(header_of(HUB_KEY, receipts.TYP), claims_of(SIGNED, changes), HUB_KEY)
    with pytest.raises(StatementError) as caught:
        read_receipt(jws, keys=KEYS, hub=HUB)
    assert (caught.value.code, caught.value.path) == (StatementCode.STATEMENT_MALFORMED, path)


def test_only_a_key_of_the_hub_signs_receipts() -> None:
    stranger = a_key("stranger", kid=HUB_KEY.kid)
    claims = claims_of(SIGNED)
    for jws, keys in (
        (SIGNED, {}),
        (SIGNED, {HUB_KEY.kid: stranger.public}),
        (SIGNED, {HUB_KEY.kid: a_key("hub", "ES256", kid=HUB_KEY.kid).public}),
        (forged(header_of(stranger, receipts.TYP), claims, stranger), KEYS),
        (forged(header_of(HUB_KEY, receipts.TYP) | {"alg": "none"}, claims), KEYS),
    ):
        with pytest.raises(StatementError) as caught:
            read_receipt(jws, keys=keys, hub=HUB)
        assert caught.value.code == StatementCode.SIGNATURE_INVALID


def test_nothing_else_is_taken_for_a_receipt() -> None:
    for header in (header_of(HUB_KEY), header_of(HUB_KEY, "JWT"), header_of(HUB_KEY, receipts.TYP) | {"jku": "x"}):
        with pytest.raises(StatementError):
            read_receipt(forged(header, claims_of(SIGNED), HUB_KEY), keys=KEYS, hub=HUB)


def test_every_character_of_a_receipt_counts() -> None:
    for index in range(0, len(SIGNED), 7):
        other = "A" if SIGNED[index] != "A" else "B"
        with pytest.raises(StatementError):
            read_receipt(SIGNED[:index] + other + SIGNED[index + 1 :], keys=KEYS, hub=HUB)
    assert encoding.b64url_decode(SIGNED.split(".")[1])
