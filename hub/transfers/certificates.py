"""A member's certificates: the valid one, of which there is one at most, and those that went before it (domain 3.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import LIVE, STANDING, MembershipStatus
from hub.transfers.machines import CertificateState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from hub.transfers.facts import HeldFacts, SignerFacts
    from hub.transfers.rules.numbering import Scheme
    from hub.transfers.views import MemberView

__all__ = ["COLLECTED_AFTER", "CertificateFacts", "CertificateView", "all_certificates", "certificate_warnings"]

#: After which ends the last holder takes the certificate back (N6); after the others it is void by itself (3.7).
COLLECTED_AFTER = frozenset({MembershipStatus.WITHDRAWN, MembershipStatus.DEEMED_WITHDRAWN, MembershipStatus.EXPELLED})


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate that a member has, or had."""

    province_code: str
    number: str
    state: CertificateState
    issued_on: date | None
    issuing_union: str | None  #: by name, as it stands on it
    since: datetime | None = None  #: since when it is good no more; None for the valid one
    reason: str | None = None  #: why another one was issued in its place
    replaced_by: tuple[str, str] | None = None
    supersedes: tuple[str, str] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Province and number."""
        return self.province_code, self.number


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """For an act on a certificate. `membership` and what follows it: for the holder alone."""

    signer: SignerFacts
    membership: HeldFacts | None
    is_party: bool
    is_taken: bool  #: whether the number is another membership's, or was this one's
    kept: tuple[CertificateView, ...]  #: the ones that are valid no more, the earliest first
    signer_province: str | None
    ended_on: date | None  #: of the latest ending, and when that was filed with the union above
    filed_on: date | None
    scheme: Scheme | None  #: how the province of the number numbers today; None: in the general form
    stock: str | None = None  #: SPOILED or MISSING, where the province has declared the number so

    def state_of(self, key: tuple[str, str]) -> CertificateState | None:
        """Give the state of a certificate of this member; None if it is none of the member's."""
        if self.membership is not None and key == _current(self.membership):
            return CertificateState.VALID
        return next((one.state for one in self.kept if one.key == key), None)

    @property
    def current(self) -> tuple[str, str] | None:
        """The valid one."""
        return None if self.membership is None else _current(self.membership)

    def latest(self, *states: CertificateState) -> tuple[str, str] | None:
        """Give the latest of those in the first of these states of which there is one."""
        for state in states:
            if state is CertificateState.VALID and self.current is not None:
                return self.current
            found = [one.key for one in self.kept if one.state is state]
            if found:
                return found[-1]
        return None


def _current(of: HeldFacts | MemberView) -> tuple[str, str] | None:
    if of.certificate_province is None or of.certificate_number is None:
        return None
    return of.certificate_province, of.certificate_number


def all_certificates(view: MemberView, kept: Iterable[CertificateView]) -> list[CertificateView]:
    """Give all that a member had, the earliest first, the present one last, each as it stands.

    What nobody has recorded follows from the membership: with its end a lost certificate is void; so is the valid one,
    unless the union is to take it back. Source: domain 3.7
    """
    found, key = list(kept), _current(view)
    if key is not None:
        found.append(CertificateView(*key, CertificateState.VALID, view.certificate_issued_on, view.issuing_union))
    status = MembershipStatus(view.status)
    if status not in STANDING:
        void = {CertificateState.LOST} | ({CertificateState.VALID} if status not in COLLECTED_AFTER else set())
        found = [replace(one, state=CertificateState.VOIDED) if one.state in void else one for one in found]
    before = {one.replaced_by: one.key for one in found if one.replaced_by is not None}
    return [replace(one, supersedes=before.get(one.key)) for one in found]


def certificate_warnings(view: MemberView, *, has_none: bool) -> list[Refusal]:
    """Give what is still to be done about a member's certificate.

    The union that enrolled issues one: a card does not stand in for it. That duty moves with nobody. Source: N6
    """
    enrolled_here = view.custody_version == 1
    if has_none and enrolled_here and MembershipStatus(view.status) in LIVE:
        return [Refusal(Code.CERTIFICATE_NOT_ISSUED, path=("certificate",))]
    return []
