"""Base64url and JSON have one right text each."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import encoding
from federation.encoding import EncodingError

SAFE_INTEGERS = st.integers(-encoding.INTEGER_MAX, encoding.INTEGER_MAX)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | SAFE_INTEGERS | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=200))
def test_base64url_gives_back_what_was_encoded(raw: bytes) -> None:
    assert encoding.b64url_decode(encoding.b64url(raw)) == raw


@given(st.text(st.characters(max_codepoint=0x7F), max_size=12))
def test_base64url_decodes_canonical_text_only(text: str) -> None:
    try:
        raw = encoding.b64url_decode(text)
    except EncodingError:
        return
    assert encoding.b64url(raw) == text


@pytest.mark.parametrize(
    "text", ["Zg==", "Zg=", "Zh", "Zm+v", "Zm/v", "Zm9\n", " Zm9v", "Z", "Zm9v.", "ｆ", "Zm9v\x00"]
)
def test_base64url_refuses(text: str) -> None:
    with pytest.raises(EncodingError):
        encoding.b64url_decode(text)


@given(DOCUMENTS)
def test_json_gives_back_what_was_written(document: object) -> None:
    assert encoding.loads(encoding.dumps(document)) == document
    assert encoding.loads(encoding.dumps(document).encode()) == document


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":2}',
        '{"b":{"a":1,"a":2}}',
        "NaN",
        "Infinity",
        "-Infinity",
        "1.0",
        "1e3",
        "-0",
        "9007199254740993",
        "-9007199254740993",
        "1" * 5000,
        "01",
        "[" * 17 + "]" * 17,
        '{"a":' * 17 + "1" + "}" * 17,
        "[" * 100_000,
        '{"a":1,}',
        "{'a':1}",
        '{"a":1} x',
        '"a\nb"',
        "\ufeff{}",
        "",
    ],
)
def test_json_refuses(text: str) -> None:
    with pytest.raises(EncodingError):
        encoding.loads(text)


def test_json_refuses_bytes_that_are_not_utf8() -> None:
    for document in (b'"\xff"', b'"\xed\xa0\x80"', '"a"'.encode("utf-16"), b'"\xc0\x80"'):
        with pytest.raises(EncodingError):
            encoding.loads(document)


def test_json_nests_sixteen_deep_and_counts_no_brackets_in_strings() -> None:
    assert encoding.loads("[" * 16 + "]" * 16) is not None
    assert encoding.loads(json.dumps(["[" * 40, '\\"{' * 40])) == ["[" * 40, '\\"{' * 40]
    assert len(encoding.loads("[" + ",".join(["[]"] * 500) + "]")) == 500


def test_hashes_are_named_in_base64url() -> None:
    assert encoding.sha256_b64url(b"") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
