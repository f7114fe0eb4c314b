"""The hub's key files: made once, private, refused when they are not, and rotated by adding."""

import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from federation.encoding import b64url
from federation.keys import PublicKey
from hub import keyfiles
from hub.keyfiles import KeyFileError, load_master_keys, load_receipt_keys

Load = Callable[..., Any]
BOTH = pytest.mark.parametrize("load", [load_receipt_keys, load_master_keys])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keys.json"


def change(path: Path, **members: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | members))


@BOTH
def test_a_file_is_made_only_where_that_is_allowed(path: Path, load: Load) -> None:
    with pytest.raises(KeyFileError, match=r"is missing, and the database cannot be read without it\. Put back"):
        load(path, may_create=False)
    assert not path.exists()
    load(path, may_create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]  # nothing half-written stays beside it


@BOTH
def test_a_file_that_is_there_is_never_made_anew(path: Path, load: Load) -> None:
    load(path, may_create=True)
    before = path.read_bytes()
    load(path, may_create=True)
    load(path, may_create=False)
    assert path.read_bytes() == before


@BOTH
def test_two_who_make_it_at_once_read_the_same(path: Path, load: Load) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: load(path, may_create=True), range(8)))
    names = {keys.signing.kid if load is load_receipt_keys else keys.index for keys in found}
    assert len(names) == 1


@BOTH
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_file_that_others_can_reach_is_refused(path: Path, load: Load, mode: int) -> None:
    load(path, may_create=True)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="can be read by other users"):
        load(path, may_create=False)
    path.chmod(0o400)
    load(path, may_create=False)


@BOTH
@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "unionhub-other/1"}', '{"a": 1, "a": 2}'])
def test_a_damaged_file_is_refused(path: Path, load: Load, text: str) -> None:
    load(path, may_create=True)
    path.write_text(text)
    with pytest.raises(KeyFileError, match="damaged or of another kind"):
        load(path, may_create=False)


@BOTH
def test_a_folder_is_no_key_file(path: Path, load: Load) -> None:
    path.mkdir(parents=True)
    with pytest.raises(KeyFileError, match="is not a file"):
        load(path, may_create=False)


def test_a_receipt_key_is_added_and_the_earlier_ones_still_verify(path: Path) -> None:
    first = load_receipt_keys(path, may_create=True)
    second = keyfiles.add_receipt_key(path)
    assert [key.kid for key in second.keys] == [first.signing.kid, second.signing.kid]
    assert first.signing.kid != second.signing.kid
    assert load_receipt_keys(path, may_create=False).signing.kid == second.signing.kid
    signature = first.signing.sign(b"a receipt")
    served = {key["kid"]: PublicKey.from_jwk(key) for key in second.jwks()["keys"]}
    assert served[first.signing.kid].verifies(b"a receipt", signature)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_served_keys_hold_nothing_private(path: Path) -> None:
    keys = load_receipt_keys(path, may_create=True)
    secret = keys.signing.jwk["d"]
    assert secret not in json.dumps(keys.jwks())
    assert secret not in repr(keys)


@pytest.mark.parametrize("members", [{"current": "none"}, {"keys": []}, {"keys": [{"kty": "OKP"}]}, {"keys": 1}])
def test_a_receipt_file_that_is_not_whole_is_refused(path: Path, members: dict[str, object]) -> None:
    load_receipt_keys(path, may_create=True)
    change(path, **members)
    with pytest.raises(KeyFileError, match="damaged"):
        load_receipt_keys(path, may_create=False)


def test_a_data_key_is_added_and_nothing_else_changes(path: Path) -> None:
    first = load_master_keys(path, may_create=True)
    second = keyfiles.add_data_key(path)
    third = keyfiles.add_data_key(path)
    assert (first.current, second.current, third.current) == (1, 2, 3)
    assert third.data[1] == first.data[1]
    assert third.data[2] == second.data[2]
    assert len(set(third.data.values())) == 3
    assert (third.index, third.token) == (first.index, first.token)


def test_rotations_at_once_lose_no_key(path: Path) -> None:
    load_master_keys(path, may_create=True)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: keyfiles.add_data_key(path), range(8)))
    assert sorted(load_master_keys(path, may_create=False).data) == list(range(1, 10))


def test_the_master_keys_are_distinct_and_never_shown(path: Path) -> None:
    keys = load_master_keys(path, may_create=True)
    assert len({keys.data[1], keys.index, keys.token}) == 3
    assert all(len(key) == 32 for key in (keys.data[1], keys.index, keys.token))
    assert b64url(keys.index) not in repr(keys)
    assert repr(keys) == "MasterKeys(current=1, versions=[1])"


@pytest.mark.parametrize(
    "members",
    [{"current": 2}, {"current": "1"}, {"data": {}}, {"data": {"1": "AAAA"}}, {"data": {"x": "A" * 43}}, {"index": 1}],
)
def test_a_master_file_that_is_not_whole_is_refused(path: Path, members: dict[str, object]) -> None:
    load_master_keys(path, may_create=True)
    change(path, **members)
    with pytest.raises(KeyFileError, match="damaged"):
        load_master_keys(path, may_create=False)


def test_one_key_is_not_used_for_two_things(path: Path) -> None:
    load_master_keys(path, may_create=True)
    change(path, token=json.loads(path.read_text())["index"])
    with pytest.raises(KeyFileError, match="damaged"):
        load_master_keys(path, may_create=False)
