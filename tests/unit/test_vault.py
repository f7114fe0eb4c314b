"""Personal data at rest: a sealed value opens in its own place only, and no id is shown or found but by its key."""

import os
from collections import Counter
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import vault
from hub.keyfiles import MasterKeys
from hub.vault import SealBroken, Vault, mask_id_number, mask_mobile

NUMBER = "990101198805120016"
A, B = uuid4(), uuid4()
OLD, NEW = os.urandom(32), os.urandom(32)
INDEX = os.urandom(32)
KEYS = MasterKeys(1, {1: OLD}, INDEX, os.urandom(32))
ROTATED = MasterKeys(2, {1: OLD, 2: NEW}, INDEX, KEYS.token)
VAULT = Vault(KEYS)


def sealed_for(row: UUID) -> bytes:
    return VAULT.seal("person_ids", "number", row, NUMBER)


@given(st.text(max_size=200))
def test_what_is_sealed_opens_in_its_place(text: str) -> None:
    sealed = VAULT.seal("person_ids", "number", A, text)
    assert VAULT.open_sealed("person_ids", "number", A, sealed) == text
    assert len(sealed) == len(text.encode()) + 33


def test_the_same_value_never_looks_the_same() -> None:
    assert len({sealed_for(A) for _ in range(100)}) == 100
    assert NUMBER.encode() not in sealed_for(A)


@pytest.mark.attack("L06")
def test_a_ciphertext_copied_into_another_row_does_not_open() -> None:
    sealed = sealed_for(A)
    with pytest.raises(SealBroken):
        VAULT.open_sealed("person_ids", "number", B, sealed)
    with pytest.raises(SealBroken):
        VAULT.open_sealed("person_ids", "mobile", A, sealed)
    with pytest.raises(SealBroken):
        VAULT.open_sealed("applicants", "number", A, sealed)


@pytest.mark.attack("L06")
@pytest.mark.parametrize("kept", range(len(sealed_for(A))))
def test_a_truncated_ciphertext_does_not_open(kept: int) -> None:
    with pytest.raises(SealBroken):
        VAULT.open_sealed("person_ids", "number", A, sealed_for(A)[:kept])


@pytest.mark.attack("L06")
def test_another_key_version_does_not_open() -> None:
    sealed = sealed_for(A)
    assert vault.key_version(sealed) == 1
    for version in (0, 2, 3, 2**32 - 1):
        changed = sealed[:1] + version.to_bytes(4, "big") + sealed[5:]
        with pytest.raises(SealBroken):
            Vault(ROTATED).open_sealed("person_ids", "number", A, changed)


@pytest.mark.attack("L06")
def test_the_version_itself_is_authenticated() -> None:
    # Both versions hold the same key: only the authenticated version tells them apart.
    twins = Vault(MasterKeys(1, {1: OLD, 2: OLD}, INDEX, KEYS.token))
    sealed = twins.seal("person_ids", "number", A, NUMBER)
    with pytest.raises(SealBroken):
        twins.open_sealed("person_ids", "number", A, sealed[:1] + (2).to_bytes(4, "big") + sealed[5:])


@pytest.mark.attack("L06")
@pytest.mark.parametrize("at", range(len(sealed_for(A))))
def test_no_changed_byte_goes_unnoticed(at: int) -> None:
    sealed = bytearray(sealed_for(A))
    sealed[at] ^= 1
    with pytest.raises(SealBroken) as broken:
        VAULT.open_sealed("person_ids", "number", A, bytes(sealed))
    assert NUMBER not in str(broken.value)


def test_an_old_row_opens_after_the_rotation() -> None:
    sealed = sealed_for(A)
    rotated = Vault(ROTATED)
    assert rotated.open_sealed("person_ids", "number", A, sealed) == NUMBER


def test_a_place_is_named_by_plain_names() -> None:
    for table, column in (("a|b", "c"), ("a", "b|c"), ("", "c"), ("A", "c")):
        with pytest.raises(ValueError, match="names in small letters"):
            VAULT.seal(table, column, A, NUMBER)


def test_the_blind_index_finds_the_same_id_and_no_other() -> None:
    index = VAULT.blind_index("RESIDENT_ID", NUMBER)
    assert index == Vault(ROTATED).blind_index("RESIDENT_ID", NUMBER)  # rotating data keys moves no index
    others = {
        VAULT.blind_index("PASSPORT", NUMBER[:-1]),
        VAULT.blind_index("RESIDENT_ID", NUMBER[:-1]),
        Vault(MasterKeys(1, {1: OLD}, os.urandom(32), KEYS.token)).blind_index("RESIDENT_ID", NUMBER),
    }
    assert len(index) == 32
    assert index not in others
    assert len(others) == 3
    with pytest.raises(ValueError, match="capitals"):
        VAULT.blind_index("uuid", NUMBER)


@pytest.mark.parametrize("id_type", ["HMT_RESIDENCE", "FOREIGN_PR", "PASSPORT", "OTHER"])
def test_a_number_of_eighteen_digits_is_one_persons_whatever_the_document(id_type: str) -> None:
    assert VAULT.blind_index(id_type, NUMBER) == VAULT.blind_index("RESIDENT_ID", NUMBER)


def test_derived_ids_are_stable_and_look_random() -> None:
    person = VAULT.derive_uuid("person", "RESIDENT_ID", NUMBER)
    assert person == Vault(ROTATED).derive_uuid("person", "RESIDENT_ID", NUMBER)
    assert person.version == 4
    many = [VAULT.derive_uuid("person", str(count)).bytes[0] for count in range(2000)]
    assert max(Counter(many).values()) < 40  # no first byte stands out: the ids spread over the shards


def test_derived_values_differ_by_kind_label_and_the_cut_of_their_parts() -> None:
    derived = [
        VAULT.derive_uuid("person", "ab", "c"),
        VAULT.derive_uuid("person", "a", "bc"),
        VAULT.derive_uuid("person", "abc"),
        VAULT.derive_uuid("card", "ab", "c"),
        VAULT.derive_uuid("person", "ab", "c", ""),
    ]
    assert len(set(derived)) == len(derived)
    assert VAULT.derive_salt("card", A, 1) == VAULT.derive_salt("card", A, 1)
    assert VAULT.derive_salt("card", A, 1) != VAULT.derive_salt("card", A, 2)
    assert len(VAULT.derive_salt("card", A, 1)) == 43
    with pytest.raises(ValueError, match="label"):
        VAULT.derive_uuid("RESIDENT_ID", NUMBER)


def test_the_fingerprint_tells_another_key_file_from_ours() -> None:
    assert VAULT.fingerprint == Vault(ROTATED).fingerprint
    assert VAULT.fingerprint != Vault(MasterKeys(1, {1: OLD}, os.urandom(32), KEYS.token)).fingerprint


def test_masks_show_the_last_four_at_most() -> None:
    assert mask_id_number(NUMBER) == "**************0016"
    assert mask_id_number("99010119650228003X") == "**************003X"
    assert mask_id_number("E12") == "**2"
    assert mask_id_number("") == ""
    assert mask_mobile("+8613812345678") == "**********5678"
