"""Certificates: issued, lost, found, reissued, collected, void, by whoever holds; and numbered, by a province."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from federation import acts_certificates as acts
from hub.transfers.desk import certifying, drafting_certificates, numbering
from tests.random.kinds import NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, not_held, said
from tests.random.kinds_prints import issued_from
from tests.random.model import STANDING
from tests.world import UNIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import Draft
    from tests.random.model import Member, Model
    from tests.random.stage import Stage

__all__ = ["Collect", "FindAgain", "Issue", "Lose", "Number", "Reissue", "VoidCertificate"]

#: Domain 3.7: the state in which an act finds a certificate, and in which it leaves it.
_STEPS = {
    ("record_loss", "VALID"): "LOST",
    ("recover_certificate", "LOST"): "VALID",
    ("recover_certificate", "SUPERSEDED"): "VOIDED",
    ("reissue_certificate", "VALID"): "SUPERSEDED",
    ("reissue_certificate", "LOST"): "SUPERSEDED",
    ("collect_certificate", "VALID"): "COLLECTED",
    ("void_certificate", "VALID"): "VOIDED",
    ("void_certificate", "LOST"): "VOIDED",
}
_REASONS = ("LOST", "DAMAGED", "FULL", "CORRECTED")
_TAKEN_BACK = frozenset({"WITHDRAWN", "DEEMED_WITHDRAWN", "EXPELLED"})
_LATER = frozenset({"collect_certificate", "void_certificate"})
_GIVING = frozenset({"issue_certificate", "reissue_certificate", "recover_certificate"})


def province_of(ref: str) -> str | None:
    return UNIONS[ref].more.get("province_code") if ref in UNIONS else "31"


def _desk(act: type[acts.CertificateAct]) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def certify(hub: Hub, caller: Caller, jws: str) -> certifying.Shown:
        return await certifying.certify(hub, caller, jws, act)

    return certify


class _OnCertificate(Kind):
    """An act of the holder. What is `wrong` is put into the claims that the draft gives."""

    act: ClassVar[type[acts.CertificateAct]]
    wrongs: ClassVar[tuple[str, ...]] = ("data version", "version", "of another")

    def owner(self, model: Model, ask: Ask) -> str:
        return model.members[ask.who].holder

    def given(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        return {}

    def stated(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        """Give the claims that a stranger would sign, who gets no draft."""
        return {"certificate": _named(member.latest)}

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        member, act = stage.model.members[ask.who], self.act

        async def drafting(hub: Hub, caller: Caller, given: Any) -> Draft:
            return await drafting_certificates.draft_certificate(hub, caller, given, act)

        given = self.given(stage, ask, member)
        draft = await stage.drafted(drafting, by, {"membership_id": member.id, **given})
        found = None if draft is None else claims_in(draft, self)
        stated = {"custody_version": member.version, "data_version": member.data_version}
        drawn = Drawn({**stated, **self.stated(stage, ask, member)}, str(member.id))
        if draft is not None:
            drawn.foretold = said(draft) if found is not None else None
        if found is not None:
            drawn.claims, drawn.sub = found
        elif draft is not None and by == member.holder:
            return None  # there is no certificate that this could be about
        drawn.claims = {**drawn.claims, **self.altered(stage, ask, drawn.claims)}
        return drawn

    def altered(self, stage: Stage, ask: Ask, claims: dict[str, Any]) -> dict[str, Any]:
        named = "supersedes" if "supersedes" in claims else "certificate"
        return {
            "data version": {"data_version": claims["data_version"] + 1},
            "version": {"custody_version": claims["custody_version"] + 1},
            "of another": {named: _named(("31", "888888"))},
        }.get(ask.wrong, {})

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, act = sent.claims, self.act.act
        member, tie = model.by_membership(sent.read.sub), not_held(model, sent)
        if member is None or tie is not None:
            return tie
        is_issuing = act in {"issue_certificate", "reissue_certificate"}
        is_released = member.open is not None and member.open.state == "RELEASED"
        return first(
            (
                (act not in _LATER and member.status not in STANDING, "NOT_A_MEMBER"),
                (is_issuing and member.status == "DUPLICATE_SUSPECTED", "ALREADY_MEMBER_USE_TRANSFER"),
                (act in _GIVING and is_released, "HANDOFF_ALREADY_OPEN"),
                (claims["custody_version"] != member.version, "STALE_VERSION"),
                (claims["data_version"] != member.data_version, "STALE_VERSION"),
                (claims.get("reason", "LOST") not in _REASONS, "REASON_NOT_ALLOWED"),
            )
        ) or self.refused_by_state(model, sent, member)

    def refused_by_state(self, model: Model, sent: Sent, member: Member) -> str | None:
        claims, act = sent.claims, self.act.act
        key = _key(claims.get("supersedes", claims["certificate"]))
        state = member.certificates.get(key)
        target = _STEPS.get((act, state or "-"))
        wrong_reason = act == "reissue_certificate" and (claims["reason"] == "LOST") != (state == "LOST")
        gives = act == "reissue_certificate" or target == "VALID"
        is_early = act == "collect_certificate" and member.status not in _TAKEN_BACK
        is_second = gives and member.valid not in {None, key}
        return first(
            (
                (state is None, "INPUT_INVALID"),
                (target is None or wrong_reason or is_second or is_early, "STEP_NOT_ALLOWED"),
            )
        ) or self.refused_last(model, sent, member)

    def refused_last(self, model: Model, sent: Sent, member: Member) -> str | None:
        return None

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        key = _key(sent.claims.get("supersedes", sent.claims["certificate"]))
        member.certificates[key] = _STEPS[self.act.act, member.certificates[key]]
        _changed(member)

    def again(self, model: Model, sent: Sent) -> str | None:
        return None  # the answer names the certificate: reading it is the schema's


class Lose(_OnCertificate):
    act, desk = acts.CertificateLoss, staticmethod(_desk(acts.CertificateLoss))
    wrongs = (*_OnCertificate.wrongs, "no consent", "old consent")

    def given(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        days = 46 if ask.wrong == "old consent" else ask.how % 31
        given_on = stage.model.today - timedelta(days=days)
        report = {"form": "WRITTEN", "given_on": given_on, "evidence_sha256": NO_HASH}
        return {"consent": None if ask.wrong == "no consent" else report}

    def refused_last(self, model: Model, sent: Sent, member: Member) -> str | None:
        report, today = sent.claims.get("consent"), model.today
        oldest = today - timedelta(days=model.policy(sent.sender, "consent_days_max"))
        is_good = report and oldest <= date.fromisoformat(report["given_on"]) <= today
        return None if is_good else "MEMBER_CONSENT_REQUIRED"


class FindAgain(_OnCertificate):
    act = acts.CertificateRecovery
    desk = staticmethod(_desk(acts.CertificateRecovery))


class VoidCertificate(_OnCertificate):
    act, desk = acts.CertificateVoiding, staticmethod(_desk(acts.CertificateVoiding))


class Collect(_OnCertificate):
    """Lawful once a membership has ended by withdrawal, or by an expulsion that was filed."""

    act = acts.CertificateCollection
    desk = staticmethod(_desk(acts.CertificateCollection))
    wrongs = (*_OnCertificate.wrongs, "ahead", "before")

    def given(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        return {"collected_on": stage.model.today + timedelta(days={"ahead": 1, "before": -80}.get(ask.wrong, 0))}

    def stated(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        return {**super().stated(stage, ask, member), "collected_on": stage.model.today.isoformat()}

    def refused_last(self, model: Model, sent: Sent, member: Member) -> str | None:
        ended, day = member.ended, date.fromisoformat(sent.claims["collected_on"])
        assert ended is not None
        early = member.status == "EXPELLED" and (ended.filed_on is None or day < ended.filed_on)
        return first(
            (
                (early, "CERTIFICATE_COLLECTED_BEFORE_FILING"),
                (day < ended.on, "INPUT_INVALID"),
                (day > model.today, "DATE_IN_FUTURE"),
                (not model.may_be_printed(sent.sender, day), "BACKDATE_TOO_FAR"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        super().done(model, sent)
        member = model.by_membership(sent.read.sub)
        assert member is not None
        assert member.ended is not None
        member.ended.state = None if member.ended.state is None else "COLLECTED"


class _Issuing(_OnCertificate):
    wrongs: ClassVar[tuple[str, ...]] = (
        *("data version", "version", "fee", "number taken", "own number", "issued ahead", "other province"),
    )

    def number(self, stage: Stage, ask: Ask, member: Member) -> tuple[str, str]:
        province = province_of(member.holder) or "31"
        other = next(m for m in stage.model.members.values() if m is not member)
        fresh = issued_from(stage.model, province, ask.how) or f"R{stage.new_id()[-8:].upper()}"
        return {
            "number taken": next(iter(other.certificates)),
            "own number": next(iter(member.certificates)),
            "other province": ("32" if province == "31" else "31", fresh),
        }.get(ask.wrong, (province, fresh))

    def given(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        ahead = timedelta(days=int(ask.wrong == "issued ahead"))
        return {
            "certificate": _named(self.number(stage, ask, member)),
            "certificate_issued_on": stage.model.today + ahead,
            "fee": 10 if ask.wrong == "fee" else 0,
        }

    def stated(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        return {"certificate": _named(self.number(stage, ask, member)), "fee": 0}

    def refused_last(self, model: Model, sent: Sent, member: Member) -> str | None:
        claims = sent.claims
        key, issued_on = _key(claims["certificate"]), claims["certificate"].get("issued_on")
        day = model.today if issued_on is None else date.fromisoformat(issued_on)
        is_taken = any(key in other.certificates for other in model.members.values())
        return first(
            (
                (day > model.today, "DATE_IN_FUTURE"),
                (day < member.joined_on, "INPUT_INVALID"),
                (claims["fee"] != 0, "FEE_NOT_ALLOWED"),
                (province_of(sent.sender) not in {None, key[0]}, "CERTIFICATE_NUMBER_FORMAT"),
                (is_taken, "CERTIFICATE_NUMBER_DUPLICATE"),
                (key in model.prints.lost, "CERTIFICATE_NOT_VALID"),
            )
        )


class Issue(_Issuing):
    act, desk = acts.CertificateIssue, staticmethod(_desk(acts.CertificateIssue))

    def refused_by_state(self, model: Model, sent: Sent, member: Member) -> str | None:
        has_one = {"VALID", "LOST"} & {*member.certificates.values()}
        return "STEP_NOT_ALLOWED" if has_one else self.refused_last(model, sent, member)

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        member.certificates[_key(sent.claims["certificate"])] = "VALID"
        _changed(member)


class Reissue(_Issuing):
    act, desk = acts.CertificateReissue, staticmethod(_desk(acts.CertificateReissue))
    wrongs = (*_Issuing.wrongs, "of another", "reason", "other reason")

    def _reason(self, ask: Ask, member: Member) -> str:
        lawful = "LOST" if member.valid is None else _REASONS[1 + ask.how % 3]
        other = "LOST" if lawful != "LOST" else "FULL"
        return {"reason": "FADED", "other reason": other}.get(ask.wrong, lawful)

    def given(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        return {**super().given(stage, ask, member), "reason": self._reason(ask, member)}

    def stated(self, stage: Stage, ask: Ask, member: Member) -> dict[str, Any]:
        more = {"supersedes": _named(member.latest), "reason": self._reason(ask, member)}
        return {**super().stated(stage, ask, member), **more}

    def done(self, model: Model, sent: Sent) -> None:
        super().done(model, sent)
        member = model.by_membership(sent.read.sub)
        assert member is not None
        member.certificates[_key(sent.claims["certificate"])] = "VALID"


class Number(Kind):
    """How Shanghai numbers: in a way that fits every number of the run."""

    act, desk = acts.NumberingScheme, staticmethod(numbering.set_numbering_scheme)
    wrongs = ("another's province", "pattern", "check", "of yesterday")

    def owner(self, model: Model, ask: Ask) -> str:
        return "U10"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        given: dict[str, Any] = {"province_code": "31", "pattern": "[A-Z0-9]{1,32}"}
        wrong: dict[str, dict[str, Any]] = {
            "another's province": {"province_code": "32"},
            "pattern": {"pattern": r"[A-Z0-9]{1,9}\d{1,9}"},
            "check": {"check": "MOD_7"},
            "of yesterday": {"from_on": stage.model.today - timedelta(days=1)},
        }
        given |= wrong.get(ask.wrong, {})
        draft = await stage.drafted(numbering.draft_numbering_scheme, by, given)
        found = None if draft is None else claims_in(draft, self)
        return None if draft is None or found is None else Drawn(*found, foretold=said(draft))

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, today = sent.claims, model.today.isoformat()
        is_province = model.unions[sent.sender].kind == "PROVINCIAL_FEDERATION"
        return first(
            (
                (not is_province or claims["province_code"] != "31", "NOT_PROVINCIAL_FEDERATION"),
                (claims["pattern"].count(",") > 1, "INPUT_INVALID"),
                ("check" in claims or claims["from_on"] < today, "INPUT_INVALID"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        """It fits whatever the run issues."""


def _named(key: tuple[str, str]) -> dict[str, str]:
    return {"province_code": key[0], "number": key[1]}


def _key(certificate: dict[str, str]) -> tuple[str, str]:
    return certificate["province_code"], certificate["number"]


def _changed(member: Member) -> None:
    member.data_version += 1
    member.cards = set()
