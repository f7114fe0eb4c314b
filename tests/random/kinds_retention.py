"""Retention (A17–A21): the holder enters one, changes its reason, restores the member, annuls it."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from federation.acts_retention import Annulment, ReasonChange, Restoration, Retention
from hub.transfers.desk import drafting_retention, retaining
from tests.random.kinds import NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, not_held, said
from tests.random.model import STANDING, Retained

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.random.model import Member, Model
    from tests.random.stage import Stage

__all__ = ["AnnulRetention", "ChangeReason", "RecordRetention", "RestoreMembership", "day_in", "printed"]

_REASONS = ("RETIREMENT", "UNEMPLOYMENT", "UNEMPLOYMENT", "MILITARY_SERVICE")
_INADMISSIBLE = {
    "INTERNAL_RETIREMENT": "INTERNAL_RETIREMENT_NO_CHANGE",
    "PLACED_WITHOUT_LOCAL_UNION": "PLACEMENT_IS_NOT_RETENTION",
    "AWAITING_POST": "AWAITING_POST_NO_CHANGE",
}
_FOLLOWS = {"UNEMPLOYMENT": "RETIREMENT", "MILITARY_SERVICE": "UNEMPLOYMENT"}
_OWN_FACT = {
    "retired_on": "RETIREMENT",
    "early": "RETIREMENT",
    "relation_ended_on": "UNEMPLOYMENT",
    "new_employer_uscc": "UNEMPLOYMENT",
    "enlisted_on": "MILITARY_SERVICE",
}
_GROUNDS = {"RETIREMENT": "RETIRED_RETENTION", "MILITARY_SERVICE": "IN_MILITARY_SERVICE"}


class _OnRetention(Kind):
    """What the four share. `takes`: the status from which it goes on."""

    takes: ClassVar[str] = "RETAINED"
    draft: ClassVar[Callable[..., Any]]

    def owner(self, model: Model, ask: Ask) -> str:
        return model.members[ask.who].holder

    @abstractmethod
    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        """What the draft is asked for."""

    @abstractmethod
    def refused_by_law(self, model: Model, sent: Sent, member: Member) -> str | None:
        """What speaks against it where the membership may be acted on."""

    def altered(self, ask: Ask, claims: dict[str, Any]) -> dict[str, Any]:
        return {"custody_version": claims["custody_version"] + 1} if ask.wrong == "version" else {}

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, member = stage.model, stage.model.members[ask.who]
        given = self.given(model, ask, member)
        stated = {name: str(day) if isinstance(day, date) else day for name, day in given.items() if day is not None}
        drawn = Drawn({**self.bare(member), **stated}, str(member.id))
        draft = await stage.drafted(type(self).draft, by, {"membership_id": member.id, **given})
        if draft is not None:
            drawn.foretold = said(draft)
            drawn.claims, drawn.sub = claims_in(draft, self) or (drawn.claims, drawn.sub)
        drawn.claims = {**drawn.claims, **self.altered(ask, drawn.claims)}
        return drawn

    def bare(self, member: Member) -> dict[str, Any]:
        """What a draft would have added."""
        return {"custody_version": member.version}

    def refused(self, model: Model, sent: Sent) -> str | None:
        member, tie = model.by_membership(sent.read.sub), not_held(model, sent)
        if member is None or tie is not None:
            return tie
        is_released = member.open is not None and member.open.state == "RELEASED"
        return first(
            (
                (member.status not in STANDING, "NOT_A_MEMBER"),
                (member.status == "DUPLICATE_SUSPECTED", "ALREADY_MEMBER_USE_TRANSFER"),
                (member.status != self.takes, "STEP_NOT_ALLOWED"),
                (is_released, "HANDOFF_ALREADY_OPEN"),
                (sent.claims["custody_version"] != member.version, "STALE_VERSION"),
                (self.takes == "ACTIVE" and member.basis == "SECONDMENT", "SECONDMENT_RETURN_FIRST"),
            )
        ) or self.refused_by_law(model, sent, member)

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        member.data_version += 1
        member.cards = set()
        self.change(model, sent, member)

    @abstractmethod
    def change(self, model: Model, sent: Sent, member: Member) -> None:
        """What it changes, but for the version."""

    def again(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        return "NOT_HOLDER" if member is None or member.holder != sent.sender else None


def day_in(claims: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(claims[name]) if name in claims else None


def printed(model: Model, ref: str, day: date | None) -> tuple[tuple[bool, str], ...]:
    return (
        (day is not None and day > model.today, "DATE_IN_FUTURE"),
        (day is not None and not model.may_be_printed(ref, day), "BACKDATE_TOO_FAR"),
    )


def _object(model: Model, sent: Sent, member: Member, reason: str) -> None:
    """A request ends when its member retires or enlists."""
    if member.open is not None and reason in _GROUNDS:
        case = member.open
        case.close("OBJECTED", model.now, _GROUNDS[reason])
        case.objection = sent.read.sha256


class RecordRetention(_OnRetention):
    act, desk, draft = Retention, staticmethod(retaining.record), staticmethod(drafting_retention.draft_retention)
    takes = "ACTIVE"
    wrongs = (
        *("INTERNAL_RETIREMENT", "PLACED_WITHOUT_LOCAL_UNION", "AWAITING_POST", "relation goes on", "re-employed"),
        *("enlisted as a child", "another's fact", "retained ahead", "retained long ago", "version"),
    )

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        reason = ask.wrong if ask.wrong in _INADMISSIBLE else _REASONS[ask.how % len(_REASONS)]
        reason = "UNEMPLOYMENT" if ask.wrong in {"relation goes on", "re-employed"} else reason
        reason = "MILITARY_SERVICE" if ask.wrong == "enlisted as a child" else reason
        away = {"retained ahead": -1, "retained long ago": 91}.get(ask.wrong, ask.how // 4 % 3)
        day = model.today - timedelta(days=away)
        facts: dict[str, dict[str, Any]] = {
            "RETIREMENT": {"retired_on": day, "early": ask.how % 8 > 3},
            "UNEMPLOYMENT": {"relation_ended_on": day - timedelta(days=ask.how)},
            "MILITARY_SERVICE": {"enlisted_on": day},
        }
        wrong: dict[str, dict[str, Any]] = {
            "relation goes on": {"relation_ended_on": None},
            "re-employed": {"new_employer_uscc": model.employer_at("U2")},
            "enlisted as a child": {"enlisted_on": member.joined_on - timedelta(days=1)},
            "another's fact": {"enlisted_on" if reason == "RETIREMENT" else "retired_on": day},
        }
        return {"reason": reason, "retained_on": day, **facts.get(reason, {}), **wrong.get(ask.wrong, {})}

    def refused_by_law(self, model: Model, sent: Sent, member: Member) -> str | None:
        claims, reason = sent.claims, sent.claims["reason"]
        if reason in _INADMISSIBLE:
            return _INADMISSIBLE[reason]
        on = date.fromisoformat(claims["retained_on"])
        own = {"RETIREMENT": "retired_on", "UNEMPLOYMENT": "relation_ended_on", "MILITARY_SERVICE": "enlisted_on"}
        fact = day_in(claims, own[reason])
        is_late = fact is None or fact > on
        last = max((r.restored_on for r in member.retentions if r.restored_on is not None), default=None)
        return first(
            (
                (any(name in claims and owner != reason for name, owner in _OWN_FACT.items()), "INPUT_INVALID"),
                (is_late, "LABOUR_RELATION_UNCHANGED" if reason == "UNEMPLOYMENT" else "INPUT_INVALID"),
                ("new_employer_uscc" in claims, "REEMPLOYED_USE_TRANSFER"),
                (reason == "MILITARY_SERVICE" and fact is not None and fact < member.joined_on, "INPUT_INVALID"),
                *printed(model, sent.sender, on),
                *printed(model, sent.sender, day_in(claims, "retired_on")),
                (on < member.joined_on, "INPUT_INVALID"),
                (last is not None and on < last, "INPUT_INVALID"),
            )
        )

    def change(self, model: Model, sent: Sent, member: Member) -> None:
        reason, on = sent.claims["reason"], date.fromisoformat(sent.claims["retained_on"])
        member.status = "RETAINED"
        member.retentions.append(Retained(reason, on, sent.read.sha256, member.basis))
        member.basis = "RESIDENCE_RETENTION" if member.basis == "PLACEMENT" else member.basis
        _object(model, sent, member, reason)


class ChangeReason(_OnRetention):
    act, desk = ReasonChange, staticmethod(retaining.change_reason)
    draft = staticmethod(drafting_retention.draft_reason_change)
    wrongs = ("serves still", "to another", "changed ahead", "another's fact", "version")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        now = member.retentions[-1].reason if member.retentions else "UNEMPLOYMENT"
        reason = "MILITARY_SERVICE" if ask.wrong == "to another" else _FOLLOWS.get(now, "UNEMPLOYMENT")
        day = model.today + timedelta(days=int(ask.wrong == "changed ahead"))
        fact = {"retired_on": day} if reason == "RETIREMENT" else {"discharged_on": day}
        wrong: dict[str, dict[str, Any]] = {
            "serves still": {"discharged_on": None},
            "another's fact": {"retired_on": day, "discharged_on": day},
        }
        return {"reason": reason, "changed_on": day, **fact, **wrong.get(ask.wrong, {})}

    def refused_by_law(self, model: Model, sent: Sent, member: Member) -> str | None:
        claims, kept, reason = sent.claims, member.retentions[-1], sent.claims["reason"]
        on, discharged, retired = (day_in(claims, name) for name in ("changed_on", "discharged_on", "retired_on"))
        assert on is not None
        leaves, retires = reason == "UNEMPLOYMENT", reason == "RETIREMENT"
        return first(
            (
                (kept.reason == "RETIREMENT", "REHIRED_RETIREE_NO_TRANSFER"),
                (reason != _FOLLOWS.get(kept.reason), "REASON_NOT_ALLOWED"),
                (leaves and (discharged is None or discharged > on), "IN_MILITARY_SERVICE"),
                (leaves and discharged is not None and discharged < kept.retained_on, "INPUT_INVALID"),
                (retires and (retired is None or retired > on), "INPUT_INVALID"),
                (not leaves and discharged is not None, "INPUT_INVALID"),
                (not retires and (retired is not None or "early" in claims), "INPUT_INVALID"),
                *printed(model, sent.sender, on),
                (on < kept.retained_on, "INPUT_INVALID"),
                *printed(model, sent.sender, retired),
            )
        )

    def change(self, model: Model, sent: Sent, member: Member) -> None:
        member.retentions[-1].reason = sent.claims["reason"]
        _object(model, sent, member, sent.claims["reason"])


class RestoreMembership(_OnRetention):
    act, desk = Restoration, staticmethod(retaining.restore)
    draft = staticmethod(drafting_retention.draft_restoration)
    wrongs = ("no employer", "employed elsewhere", "not begun", "serves still", "restored ahead", "version")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        day = model.today + timedelta(days=int(ask.wrong == "restored ahead"))
        serves = bool(member.retentions) and member.retentions[-1].reason == "MILITARY_SERVICE"
        employer = member.employer or model.employer_at(member.holder)
        wrong: dict[str, dict[str, Any]] = {
            "no employer": {"employer_uscc": None},
            "employed elsewhere": {"employer_uscc": "91310117MC0U181802"},
            "not begun": {"relation_started_on": day + timedelta(days=1)},
            "serves still": {"discharged_on": None},
        }
        return {
            "restored_on": day,
            "employer_uscc": employer,
            "relation_started_on": day,
            "discharged_on": day if serves else None,
            **wrong.get(ask.wrong, {}),
        }

    def refused_by_law(self, model: Model, sent: Sent, member: Member) -> str | None:
        claims, kept = sent.claims, member.retentions[-1]
        on, discharged = (day_in(claims, name) for name in ("restored_on", "discharged_on"))
        assert on is not None
        serves = kept.reason == "MILITARY_SERVICE"
        return first(
            (
                (kept.reason == "RETIREMENT", "REHIRED_RETIREE_NO_TRANSFER"),
                (serves and (discharged is None or discharged > on), "IN_MILITARY_SERVICE"),
                (serves and discharged is not None and discharged < kept.retained_on, "INPUT_INVALID"),
                (not serves and discharged is not None, "INPUT_INVALID"),
                *self.of_employer(model, claims, member),
                *printed(model, sent.sender, on),
                (on < kept.retained_on, "INPUT_INVALID"),
            )
        )

    def of_employer(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        employer, began = claims.get("employer_uscc"), day_in(claims, "relation_started_on")
        if member.basis == "FLEXIBLE_DIRECT" and employer is None:
            return ()
        here = {*model.unions[member.holder].employers, member.employer}
        is_late = began is None or began.isoformat() > claims["restored_on"]
        return (
            (employer is None, "NO_LABOUR_RELATION_YET"),
            (employer not in here, "REEMPLOYED_USE_TRANSFER"),
            (is_late, "NO_LABOUR_RELATION_YET"),
        )

    def change(self, model: Model, sent: Sent, member: Member) -> None:
        member.status = "ACTIVE"
        member.retentions[-1].restored_on = date.fromisoformat(sent.claims["restored_on"])
        member.retentions[-1].is_open = False


class AnnulRetention(_OnRetention):
    act, desk = Annulment, staticmethod(retaining.annul)
    draft = staticmethod(drafting_retention.draft_annulment)
    wrongs = ("another entry", "version")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        return {}

    def bare(self, member: Member) -> dict[str, Any]:
        return {**super().bare(member), "retention_sha256": NO_HASH}

    def altered(self, ask: Ask, claims: dict[str, Any]) -> dict[str, Any]:
        return {"retention_sha256": NO_HASH} if ask.wrong == "another entry" else super().altered(ask, claims)

    def refused_by_law(self, model: Model, sent: Sent, member: Member) -> str | None:
        entered = member.retentions[-1].entered
        return None if sent.claims["retention_sha256"] == entered else "DOCUMENT_TAMPERED"

    def change(self, model: Model, sent: Sent, member: Member) -> None:
        member.status = "ACTIVE"
        member.basis = member.retentions.pop().prior
