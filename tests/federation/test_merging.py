"""The document that two holders sign over: the same from either side, in its RFC 8785 form, with no person in it."""

import json
from datetime import date
from uuid import UUID

import pytest

from federation import encoding
from federation.merging import MergeSide, merge_document, merge_sha256

ONE = MergeSide(UUID(int=2), "urn:union:81310120MC0A10017G", date(2012, 7, 1))
OTHER = MergeSide(UUID(int=1), "urn:union:local:31:81310117MC0C30036R-01", date(2009, 5, 4))


def test_it_names_the_pair_the_one_that_goes_on_and_the_earlier_day() -> None:
    assert encoding.loads(merge_document(ONE, OTHER, ONE.membership_id)) == {
        "joined_on": "2009-05-04",
        "memberships": [
            {"holder": OTHER.holder, "joined_on": "2009-05-04", "membership_id": str(OTHER.membership_id)},
            {"holder": ONE.holder, "joined_on": "2012-07-01", "membership_id": str(ONE.membership_id)},
        ],
        "survivor": str(ONE.membership_id),
    }


@pytest.mark.parametrize("survivor", [ONE, OTHER])
def test_it_is_one_from_either_side_in_its_canonical_form(survivor: MergeSide) -> None:
    text = merge_document(ONE, OTHER, survivor.membership_id)
    assert text == merge_document(OTHER, ONE, survivor.membership_id)
    # Of nothing but ASCII, RFC 8785 is this.
    assert text.isascii()
    assert text == json.dumps(encoding.loads(text), sort_keys=True, separators=(",", ":"))
    assert merge_sha256(ONE, OTHER, survivor.membership_id) == encoding.sha256_b64url(text.encode())


def test_another_holder_another_day_another_outcome_is_another_document() -> None:
    texts = {
        merge_document(one, OTHER, survivor)
        for one in (ONE, MergeSide(ONE.membership_id, OTHER.holder, ONE.joined_on),
                    MergeSide(ONE.membership_id, ONE.holder, date(2012, 7, 2)))
        for survivor in (ONE.membership_id, OTHER.membership_id)
    }  # fmt: skip
    assert len(texts) == 6


def test_a_third_can_not_go_on() -> None:
    with pytest.raises(AssertionError):
        merge_document(ONE, OTHER, UUID(int=3))
