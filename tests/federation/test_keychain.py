"""The keys of a proof: each is shown by statements, from the root's keys down."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from federation import assertions, proof
from federation.errors import ProofError
from federation.forms import AlgName, KeyUse, Kid
from federation.keychain import KeyEntry
from federation.proof import verify_proof
from tests.federation.parties import (
    COUNTY,
    HUB,
    NATIONAL,
    U1,
    U2,
    U3,
    a_key,
    a_key_registration,
    a_key_retirement,
    a_key_revocation,
    a_statement,
    changed,
)
from tests.federation.proofs import (
    COUNTY_KEY,
    COUNTY_OLD,
    HUB_KEYS,
    ROOT_KEY,
    START,
    U1_KEY,
    U2_FIRST,
    U2_KEY,
    a_proof,
    entry,
    keys,
    receipted,
    registered,
)

DAY = timedelta(days=1)


def refused(entries: list[KeyEntry]) -> ProofError:
    with pytest.raises(ProofError) as caught:
        verify_proof(proof.write(a_proof(entries=entries)), HUB_KEYS)
    return caught.value


def with_entry(kid: str, /, **facts: Any) -> list[KeyEntry]:
    """Give the keys of the proof with one entry changed."""
    return [dataclasses.replace(key, **facts) if key.kid == kid else key for key in keys()]


def test_the_keys_of_the_proof_are_in_order() -> None:
    assert verify_proof(proof.write(a_proof(entries=keys())), HUB_KEYS).state == "ACCEPTED"


def test_the_root_is_one_union() -> None:
    assert refused(with_entry(U1_KEY.kid, statement=None, receipt=None)).where == ("keys",)
    assert refused(with_entry(ROOT_KEY.kid, union=U3)).where == ("keys",)
    assert refused(keys()[1:]).where == ("keys",)
    forger = a_key("forger", kid=ROOT_KEY.kid)
    assert refused(with_entry(ROOT_KEY.kid, jwk=forger.public)).where == ("keys", COUNTY_OLD.kid, "statement")


def test_an_entry_says_what_the_registration_says() -> None:
    other = a_key("other", kid=U1_KEY.kid)
    for facts in (
        {"jwk": other.public},
        {"use": KeyUse.LOGIN},
        {"not_before": START},
        {"registered_at": START},
        {"union": U3},
        {"kid": Kid("other")},
        {"alg": AlgName("ES256")},
        {"receipt": None},
        {"statement": None},
    ):
        assert refused(with_entry(U1_KEY.kid, **facts)).where[0] == "keys"


def test_a_key_of_the_root_has_its_own_name_and_no_receipt() -> None:
    second = entry(NATIONAL, a_key("root 2", kid="root-2"), START)
    assert verify_proof(proof.write(a_proof(entries=[*keys(), second])), HUB_KEYS)
    assert refused([*keys(), dataclasses.replace(second, kid=Kid("root-3"))]).where == ("keys", "root-3")
    assert refused([*keys(), dataclasses.replace(second, alg=AlgName("ES256"))]).where == ("keys", "root-2")
    receipt = keys()[1].receipt
    assert refused([*keys(), dataclasses.replace(second, receipt=receipt)]).where == ("keys", "root-2")


def test_a_key_is_registered_for_its_own_union() -> None:
    stranger = registered(U3, a_key("U3"), START + 5 * DAY, COUNTY, COUNTY_KEY)
    claimed = dataclasses.replace(stranger, union=U1)
    assert refused([*keys(), claimed]).detail == "a statement on another union's key"


def test_a_key_is_in_its_unions_hands() -> None:
    at = START + 5 * DAY
    key, other = a_key("U3"), a_key("other", kid=a_key("U3").kid)
    for proof_of_possession in (
        assertions.key_proof(other, union=U3, aud=HUB, iat=at),
        assertions.key_proof(key, union=U1, aud=HUB, iat=at),
        assertions.key_proof(key, union=U3, aud="https://other.example", iat=at),
        assertions.key_proof(key, union=U3, aud=HUB, iat=at - DAY),
    ):
        claims = changed(a_key_registration(key, proof_of_possession), not_before=at)
        document = receipted(a_statement(claims, COUNTY_KEY, iss=COUNTY, sub=U3, iat=at), at)
        claimed = dataclasses.replace(
            registered(U3, key, at, COUNTY, COUNTY_KEY), statement=document.statement, receipt=document.receipt
        )
        assert refused([*keys(), claimed]).where == ("keys", key.kid, "key", "proof")


def test_who_vouches_has_a_key_in_force() -> None:
    key = a_key("U3")
    too_late = registered(U3, key, START + 15 * DAY, COUNTY, COUNTY_OLD)
    assert refused([*keys(), too_late]).detail == "the key is not in force"
    too_early = registered(U3, key, START + DAY, COUNTY, COUNTY_KEY)
    assert refused([*keys(), too_early]).detail == "the key is not in force"
    after_retirement = registered(U2, key, START + 40 * DAY, U2, U2_FIRST)
    assert refused([*keys(), after_retirement]).detail == "the key is not in force"
    unknown = registered(U3, key, START + 15 * DAY, COUNTY, a_key("unknown"))
    assert refused([*keys(), unknown]).detail == "the key of a signer is not in the proof"


def test_a_registration_that_is_dated_back_counts_from_its_receipt() -> None:
    """`not_before` is what the voucher says; before the hub knew the key nothing could be signed with it."""
    at, key = START + 50 * DAY, a_key("U3")
    possession = assertions.key_proof(key, union=U3, aud=HUB, iat=at)
    claims = changed(a_key_registration(key, possession), not_before=START)
    document = receipted(a_statement(claims, COUNTY_KEY, iss=COUNTY, sub=U3, iat=at), at)
    backdated = dataclasses.replace(
        registered(U3, key, at, COUNTY, COUNTY_KEY),
        not_before=START,
        statement=document.statement,
        receipt=document.receipt,
    )
    assert verify_proof(proof.write(a_proof(entries=[*keys(), backdated])), HUB_KEYS)
    second = registered(U3, a_key("U3 second"), at - DAY, U3, key)
    assert refused([*keys(), backdated, second]).detail == "the key is not in force"


def test_a_login_key_vouches_for_nobody() -> None:
    at = START + 5 * DAY
    login = a_key("U1 login")
    possession = assertions.key_proof(login, union=U1, aud=HUB, iat=at)
    claims = changed(a_key_registration(login, possession), not_before=at, use=KeyUse.LOGIN)
    document = receipted(a_statement(claims, U1_KEY, iss=U1, sub=U1, iat=at), at)
    known = dataclasses.replace(
        registered(U1, login, at, U1, U1_KEY),
        use=KeyUse.LOGIN,
        statement=document.statement,
        receipt=document.receipt,
    )
    assert verify_proof(proof.write(a_proof(entries=[*keys(), known])), HUB_KEYS)
    second = registered(U1, a_key("U1 second"), at + DAY, U1, login)
    assert refused([*keys(), known, second]).detail == "the key of a signer is not in the proof"


def test_keys_that_vouch_for_each_other_lead_nowhere() -> None:
    at = START + 5 * DAY
    first, second = a_key("U3 first"), a_key("U3 second")
    circle = [registered(U3, first, at, U3, second), registered(U3, second, at, U3, first)]
    assert refused([*keys(), *circle]).detail == "vouched for by itself"
    assert refused([*keys(), registered(U3, first, at, U3, first)]).detail == "vouched for by itself"


def test_an_end_is_what_a_statement_says() -> None:
    retired, revoked = keys()[4], keys()[1]
    for entries in (
        with_entry(U2_FIRST.kid, retired_at=START + 31 * DAY),
        with_entry(U2_FIRST.kid, retired_at=None),
        with_entry(U2_FIRST.kid, retirement=None),
        with_entry(U2_KEY.kid, retirement=retired.retirement, retired_at=retired.retired_at),
        with_entry(U1_KEY.kid, retired_at=START + 31 * DAY),
    ):
        assert refused(entries).where[0] == "keys"
    for facts in (
        {"revoked_at": START + 11 * DAY},
        {"revoked_at": None},
        {"reason": None},
        {"reason": "LOST"},
        {"invalid_from": START + 10 * DAY},
        {"invalid_from": None},
        {"revocation": None},
        {"revocation": retired.retirement},
    ):
        assert refused(with_entry(COUNTY_OLD.kid, **facts)).where[:2] == ("keys", COUNTY_OLD.kid)
    assert refused(with_entry(COUNTY_KEY.kid, revocation=revoked.revocation)).where[:2] == ("keys", COUNTY_KEY.kid)


def test_an_end_names_the_key_its_use_and_its_union() -> None:
    at = START + 60 * DAY
    retire = changed(a_key_retirement(U1_KEY.kid), retired_at=at)
    for claims, sub in (
        (changed(retire, kid="other"), U1),
        (changed(retire, use=KeyUse.LOGIN), U1),
        (retire, U2),
    ):
        document = receipted(a_statement(claims, COUNTY_KEY, iss=COUNTY, sub=sub, iat=at), at)
        assert refused(with_entry(U1_KEY.kid, retired_at=at, retirement=document)).where[:2] == ("keys", U1_KEY.kid)
    revoke = changed(a_key_revocation(U1_KEY.kid), use=KeyUse.SIGNING, invalid_from=at)
    document = receipted(a_statement(revoke, COUNTY_KEY, iss=COUNTY, sub=U1, iat=at), at)
    facts = {"revoked_at": at, "reason": revoke.reason, "invalid_from": at, "revocation": document}
    # The release was signed with it later than that: the proof is lost with the key.
    error = refused(with_entry(U1_KEY.kid, **facts))
    assert (error.where[:2], error.detail) == (("statements", "0"), "the key is not in force")


def test_a_key_may_say_the_last_word_on_itself_and_on_no_other() -> None:
    """Its retirement may come after the instant that it names, its revocation is void by what it says."""
    at, second = START + 60 * DAY, a_key("U3 second")
    key = a_key("U3")
    first = registered(U3, key, START + 5 * DAY, COUNTY, COUNTY_KEY)
    retire = changed(a_key_retirement(key.kid), retired_at=at)
    revoke = changed(a_key_revocation(key.kid), use=KeyUse.SIGNING, invalid_from=at - DAY)
    retirement = receipted(a_statement(retire, key, iss=U3, sub=U3, iat=at + DAY), at + DAY)
    revocation = receipted(a_statement(revoke, key, iss=U3, sub=U3, iat=at), at)
    retired = dataclasses.replace(first, retired_at=at, retirement=retirement)
    revoked = dataclasses.replace(
        first, revoked_at=at, reason=revoke.reason, invalid_from=revoke.invalid_from, revocation=revocation
    )
    for entries in ([retired], [revoked]):
        assert verify_proof(proof.write(a_proof(entries=[*keys(), *entries])), HUB_KEYS)

    # What it says of another key after its own end counts no more.
    other = registered(U3, second, START + 6 * DAY, COUNTY, COUNTY_KEY)
    word = changed(a_key_retirement(second.kid), retired_at=at + 2 * DAY)
    document = receipted(a_statement(word, key, iss=U3, sub=U3, iat=at + DAY), at + DAY)
    ended = dataclasses.replace(other, retired_at=word.retired_at, retirement=document)
    for entries in ([retired, ended], [revoked, ended]):
        assert refused([*keys(), *entries]).detail == "the key is not in force"

    # Nor can a key that was retired revoke itself later, or one that was revoked retire itself.
    late = changed(revoke, invalid_from=at + 2 * DAY)
    revocation = receipted(a_statement(late, key, iss=U3, sub=U3, iat=at + 2 * DAY), at + 2 * DAY)
    facts: dict[str, Any] = {
        "revoked_at": at + 2 * DAY,
        "reason": late.reason,
        "invalid_from": at + 2 * DAY,
        "revocation": revocation,
    }
    assert refused([*keys(), dataclasses.replace(retired, **facts)]).detail == "the key is not in force"
    assert refused([*keys(), dataclasses.replace(revoked, retired_at=at, retirement=retirement)]).detail == (
        "the key is not in force"
    )
