"""What the two holders of one person's memberships sign over when they merge them (A3).

Each can write the document by itself, from its own record and what it is shown of the other. It names no person.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from federation import encoding
from federation.forms import Sha256


@dataclass(frozen=True, slots=True)
class MergeSide:
    """One of the two memberships: who holds it, and since when it counts."""

    membership_id: UUID
    holder: str
    joined_on: date


def merge_document(one: MergeSide, other: MergeSide, survivor: UUID) -> str:
    """Give the document in its RFC 8785 form: the pair, which of them goes on, and the earlier day of joining.

    It is the same from either side. Once one of the two has moved, or its day of joining was corrected, it is another.
    """
    assert survivor in {one.membership_id, other.membership_id}, "one of the two goes on"
    pair = sorted((one, other), key=lambda side: str(side.membership_id))
    # Members in the order of their names; there is nothing but ASCII in any value.
    return encoding.dumps(
        {
            "joined_on": min(one.joined_on, other.joined_on).isoformat(),
            "memberships": [
                {
                    "holder": side.holder,
                    "joined_on": side.joined_on.isoformat(),
                    "membership_id": str(side.membership_id),
                }
                for side in pair
            ],
            "survivor": str(survivor),
        }
    )


def merge_sha256(one: MergeSide, other: MergeSide, survivor: UUID) -> Sha256:
    """Give the hash that both holders sign."""
    return Sha256(encoding.sha256_b64url(merge_document(one, other, survivor).encode()))
