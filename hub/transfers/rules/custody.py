"""Who may act on a membership, and whether it stands still: chapters 1 and 2 (A11, A12, A15), HUB-P04, HUB-P09.

Order (domain 2.4): the caller's structure and state, the tie to the member, the membership's status, the open handoff,
who may act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.kinds import FEDERATION_KINDS, STANDING, MembershipStatus, UnionKind, UnionState
from hub.transfers.machines import HANDOFF, OPEN_STATES, HandoffState, Side
from hub.transfers.rules.standing import standing_at
from hub.transfers.words import in_chinese

if TYPE_CHECKING:
    from datetime import datetime

    from federation import acts
    from hub.transfers.facts import (
        HandoffFacts,
        HeldFacts,
        MembershipFacts,
        MergeRecordFacts,
        RetainedFacts,
        SignerFacts,
    )
    from hub.transfers.facts_ending import EndedFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "check_card_hash",
    "check_case_is_open",
    "check_custody_unmoved",
    "check_handoff_is_new",
    "check_membership_has_not_ended",
    "check_membership_is_live",
    "check_no_open_handoff",
    "check_release_hash",
    "check_side",
    "check_signer_is_active",
    "check_signer_may_sign",
    "check_signer_takes_in",
    "check_step_is_legal",
    "check_tie_to_case",
    "check_tie_to_member",
    "check_version",
    "projected_state",
]


def check_signer_may_sign(signer: SignerFacts, *, holds: bool) -> Refusals:
    """A branch of a member unit never signs; a federation signs for whom it itself holds.

    Decided from the caller's structure alone, so alike for members, strangers and unknown ids. Source: A15, A7
    """
    if signer.kind == UnionKind.MEMBER_UNIT_BRANCH:
        yield Refusal(Code.ISSUER_IS_JOINT_UNION)
    elif signer.kind in FEDERATION_KINDS and not holds:
        yield Refusal(Code.ISSUER_IS_GRASSROOTS_UNION)


def check_signer_is_active(signer: SignerFacts) -> Refusals:
    """A closed union acts no more. Source: HUB-P09."""
    if signer.state == UnionState.CLOSED:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_signer_takes_in(signer: SignerFacts) -> Refusals:
    """A union that is being wound up lets its members go, and takes nobody in. Source: HUB-P09."""
    if signer.state == UnionState.WINDING_UP:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_tie_to_member(
    membership: MembershipFacts | HeldFacts | MergeRecordFacts | RetainedFacts | EndedFacts | None,
    *,
    is_party: bool,
    is_entrusted_host: bool = False,
) -> Refusals:
    """Only the holder acts; whom 5.3 (a) does not name is told the same as of nobody. Source: A9, A11, A12, A16."""
    if membership is None and is_entrusted_host:
        yield Refusal(Code.ENTRUSTED_HOST_CANNOT_ACT)
    elif membership is None:
        yield Refusal(Code.NOT_HOLDER if is_party else Code.MEMBER_NOT_FOUND_OR_NOT_HELD)


def check_tie_to_case(handoff: HandoffFacts | None, *, otherwise: Code = Code.MEMBER_NOT_FOUND_OR_NOT_HELD) -> Refusals:
    """Who is no party to a case is told the same as of none. Source: A11."""
    if handoff is None:
        yield Refusal(otherwise)


def check_membership_is_live(status: str) -> Refusals:
    """Only a live membership moves; a suspected duplicate is frozen. Source: A3, A8."""
    if status == MembershipStatus.DUPLICATE_SUSPECTED:
        yield Refusal(Code.ALREADY_MEMBER_USE_TRANSFER)


def check_membership_has_not_ended(status: str) -> Refusals:
    """Nothing more is done with a membership that has ended, by its last holder either. Source: A5."""
    if MembershipStatus(status) not in STANDING:
        yield Refusal(Code.NOT_A_MEMBER)


def check_no_open_handoff(membership: MembershipFacts, now: datetime) -> Refusals:
    """At most one release is open per membership; what a date has ended bars nothing, nor does a request.

    Source: HUB-P04, domain 3.2
    """
    standing = membership.standing(now)
    if standing is not None and standing.state is HandoffState.RELEASED:
        yield Refusal(Code.HANDOFF_ALREADY_OPEN, possible_from=membership.open_deadline)


def check_version(membership: MembershipFacts, *, custody_version: int, prev_sha256: str, held_by: str) -> Refusals:
    """A release names the custody as it stands, and the statement by which it came. Source: HUB-P17."""
    if membership.custody_version != custody_version:
        yield Refusal(Code.STALE_VERSION, path=("release", "custody_version"))
    elif prev_sha256 != held_by:
        yield Refusal(Code.DOCUMENT_TAMPERED, path=("release", "prev_sha256"))


def projected_state(
    state: str, deadline: datetime | None, now: datetime, then_deadline: datetime | None = None
) -> HandoffState:
    """Give where a case stands at a time, whether or not anybody has recorded that its date has passed."""
    return standing_at(state, deadline, then_deadline, now).state


def check_case_is_open(handoff: HandoffFacts, now: datetime, *, accepting: bool) -> Refusals:
    """A final case takes no act; an acceptance after the release's last day is told so. Source: HUB-P01, HUB-P04."""
    state = handoff.standing(now).state
    if state in OPEN_STATES:
        return
    if state == HandoffState.EXPIRED and accepting:
        yield Refusal(Code.RELEASE_EXPIRED)
    else:
        yield Refusal(Code.HANDOFF_NOT_OPEN, state=state.value, state_zh=in_chinese(state))


def check_side(handoff: HandoffFacts, side: Side) -> Refusals:
    """The receiver named accepts or refuses, the holder recalls. Source: A12."""
    if handoff.side != side:
        yield Refusal(Code.RECEIVER_MISMATCH if side == Side.RECEIVER else Code.NOT_HOLDER)


def check_step_is_legal(handoff: HandoffFacts, act: str, side: Side, now: datetime) -> Refusals:
    """An open case takes the acts that the machine lists for the state in which it stands. Source: A12."""
    state = handoff.standing(now).state
    if state in OPEN_STATES and handoff.side == side:
        try:
            HANDOFF.step(state, act, side)
        except Refusal as refusal:
            yield refusal


def check_release_hash(handoff: HandoffFacts, claims: acts.Acceptance | acts.Refusal | acts.Recall) -> Refusals:
    """The release is bound by its hash (I6). Source: HUB-P17."""
    if handoff.release_sha256 is None or claims.release_sha256 != b64url(handoff.release_sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, "release_sha256"))


def check_card_hash(*, stated: str, stored: str | None) -> Refusals:
    """The card that the receiver will read is the one whose hash is signed. Source: HUB-P17."""
    if stated != stored:
        yield Refusal(Code.DOCUMENT_TAMPERED, path=("release", "card_sha256"))


def check_handoff_is_new(*, taken: bool) -> Refusals:
    """A handoff's id is the draft's new one. Source: HUB-P17."""
    if taken:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("release", "handoff_id"),
            why_zh="接转编号已被使用",
            why_en="this handoff id is already in use",
        )


def check_custody_unmoved(handoff: HandoffFacts) -> Refusals:
    """A release is void once custody has moved (domain 3.0). Source: HUB-P17."""
    if handoff.case_version != handoff.custody_version:
        yield Refusal(Code.STALE_VERSION)
