"""Unions and their keys (domain 5.1): registered from above, keys ended by the union itself or from above."""

from __future__ import annotations

import json
from abc import abstractmethod
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from federation import acts
from federation.assertions import key_proof
from federation.forms import KeyUse
from federation.keys import PrivateKey
from hub.transfers.desk import drafting_unions, registering
from tests.random.kinds import Ask, Drawn, Kind, Sent, claims_in, first, said
from tests.random.model import Key, Union
from tests.world import HUB

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from hub.transfers.views import Draft
    from tests.random.model import Model
    from tests.random.stage import Stage

#: The id of a union is the hub's to derive: the stage fills it in.
NOBODY = UUID(int=0)

#: The employer whose union those who are placed wait for, until some run founds it.
WAITING = "91310117MC0U181802"

__all__ = ["WAITING", "RegisterKey", "RegisterUnion", "RetireKey", "RevokeKey"]

_LEEWAY = timedelta(seconds=60)
#: Under whom the run founds what.
_FOUNDED = {
    "GRASSROOTS_INDEPENDENT": "U9",
    "VILLAGE_COMMUNITY_UNION": "U5",
    "MEMBER_UNIT_BRANCH": "U3",
    "COUNTY_FEDERATION": "U10",
}


class RegisterUnion(Kind):
    act, desk = acts.UnionRegistration, staticmethod(registering.register_union)
    wrongs = ("there already", "founded ahead", "area without code", "units of none", "uscc", "no such kind")

    def owner(self, model: Model, ask: Ask) -> str:
        return _FOUNDED[self._kind(ask)]

    @staticmethod
    def _kind(ask: Ask) -> str:
        return tuple(_FOUNDED)[ask.how % len(_FOUNDED)]

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, kind = stage.model, self._kind(ask)
        uscc = stage.union_code(kind)
        claims: dict[str, Any] = {
            "uscc": uscc,
            "name": f"新建工会{len(model.unions)}",
            "kind": "GUILD" if ask.wrong == "no such kind" else kind,
            "province_code": "31",
            "jurisdiction_code": "310117001009",
            "employer_usccs": [WAITING if ask.how % 7 == 0 else stage.employer_code()],
            "established_on": (model.today + timedelta(days=int(ask.wrong == "founded ahead"))).isoformat(),
        }
        if kind == "MEMBER_UNIT_BRANCH":
            code = f"{model.unions['U3'].uri.removeprefix('urn:union:')}-{len(model.unions):02}"
            claims = {**claims, "local_code": code}
            del claims["uscc"]
        if ask.wrong == "area without code":
            del claims["jurisdiction_code"]
        if ask.wrong == "units of none":
            claims["member_units"] = [{"employer_uscc": stage.employer_code(), "from": "2020-01-01"}]
        if ask.wrong == "uscc" and "uscc" in claims:
            claims["uscc"] = uscc[:-1] + ("0" if uscc[-1] != "0" else "1")
        known = model.unions["U2"].uri.removeprefix("urn:union:")
        if ask.wrong == "there already":
            claims = {name: value for name, value in claims.items() if name != "local_code"} | {"uscc": known}
        name = f"urn:union:{claims['uscc']}" if "uscc" in claims else f"urn:union:local:31:{claims['local_code']}"
        return Drawn(claims, name)

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, sender = sent.claims, model.unions[sent.sender]
        kind, uscc = claims["kind"], claims.get("uscc", "")
        above = claims.get("local_code") is None or sender.uri == f"urn:union:{claims['local_code'][:18]}"
        is_area = kind == "VILLAGE_COMMUNITY_UNION"
        return first(
            (
                (kind not in _FOUNDED, "INPUT_INVALID"),
                (not self._may_found(sender, kind), "NOT_NEXT_HIGHER_UNION"),
                (model.by_uri(sent.read.sub) is not None, "INPUT_INVALID"),
                (bool(uscc) and not is_good_code(uscc), "INPUT_INVALID"),
                ("member_units" in claims, "INPUT_INVALID"),
                (is_area and "jurisdiction_code" not in claims, "INPUT_INVALID"),
                (not above, "INPUT_INVALID"),
                (date.fromisoformat(claims["established_on"]) > model.today, "INPUT_INVALID"),
            )
        )

    @staticmethod
    def _may_found(sender: Union, kind: str) -> bool:
        below = {
            "PROVINCIAL_FEDERATION": {"GRASSROOTS_INDEPENDENT", "VILLAGE_COMMUNITY_UNION", "COUNTY_FEDERATION"},
            "COUNTY_FEDERATION": {"GRASSROOTS_INDEPENDENT", "VILLAGE_COMMUNITY_UNION"},
            "TOWNSHIP_SUBDISTRICT_UNION": {"GRASSROOTS_INDEPENDENT", "VILLAGE_COMMUNITY_UNION"},
            "VILLAGE_COMMUNITY_UNION": {"GRASSROOTS_INDEPENDENT"},
            "SECTORAL_FEDERATION": {"GRASSROOTS_INDEPENDENT"},
            "GRASSROOTS_JOINT": {"MEMBER_UNIT_BRANCH"},
            "GRASSROOTS_INDEPENDENT": {"GRASSROOTS_INDEPENDENT"},
        }
        return kind in below.get(sender.kind, ())

    def done(self, model: Model, sent: Sent) -> None:
        claims, ref, uri = sent.claims, f"N{len(model.unions)}", sent.read.sub
        employers = frozenset(claims["employer_usccs"])
        area = claims["jurisdiction_code"]
        model.unions[ref] = Union(ref, uri, NOBODY, claims["kind"], sent.sender, employers, jurisdiction=area)


class OnKey(Kind):
    """Whose key: `to`'s. Who may: that union itself, and the one directly above it."""

    def owner(self, model: Model, ask: Ask) -> str:
        itself = ask.how % 2 and model.signing_of(ask.to) is not None
        return ask.to if itself else model.unions[ask.to].parent or ask.to

    def not_theirs(self, model: Model, sent: Sent) -> bool:
        about = model.by_uri(sent.read.sub)
        return about is None or sent.sender not in {about.ref, about.parent}


class RegisterKey(OnKey):
    act, desk = acts.KeyRegistration, staticmethod(registering.register_key)
    wrongs = ("proof", "proof of another", "there already")

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, about = stage.model, stage.model.unions[ask.to]
        use = KeyUse.LOGIN if ask.how % 3 == 0 else KeyUse.SIGNING
        old = next((key for key in about.keys if key.use == use.value), None)
        again = ask.wrong == "there already" and old is not None
        key = stage.ring[old.kid] if again and old is not None else PrivateKey.generate()
        stage.ring[key.kid] = key
        named = model.unions["U15"].uri if ask.wrong == "proof of another" else about.uri
        proof = key_proof(PrivateKey.generate() if ask.wrong == "proof" else key, union=named, aud=HUB, iat=model.now)
        later = model.now + timedelta(days=1) if ask.how % 5 == 4 else None
        given = {"union": about.uri, "use": use, "jwk": json.dumps(key.public.jwk), "not_before": later, "proof": proof}
        draft = await stage.drafted(drafting_unions.draft_key, by, given)
        found = None if draft is None else claims_in(draft, self)
        if draft is None or found is None:
            return None
        is_right = ask.wrong != "proof" and named == about.uri
        return Drawn(*found, foretold=said(draft), is_right=is_right)

    def refused(self, model: Model, sent: Sent) -> str | None:
        about, claims = model.by_uri(sent.read.sub), sent.claims
        kid = claims["jwk"]["kid"]
        outside = about is not None and about.is_outside
        registered = about is not None and any((k.use, k.kid) == (claims["use"], kid) for k in about.keys)
        proof_ended = model.now.timestamp() > sent.read.claims["iat"] + 600 + 60
        return first(
            (
                (self.not_theirs(model, sent), "NOT_NEXT_HIGHER_UNION"),
                (outside, "INPUT_INVALID"),
                (not sent.is_right or proof_ended, "KEY_PROOF_INVALID"),
                (registered, "INPUT_INVALID"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        about, claims = model.by_uri(sent.read.sub), sent.claims
        assert about is not None
        about.keys.append(Key(claims["use"], claims["jwk"]["kid"], _instant(claims["not_before"])))


class OnKeysEnd(OnKey):
    """A key's end, now or at another time: `ends`, by how the rule chose."""

    draft: ClassVar[Callable[..., Coroutine[Any, Any, Draft]]]
    ends: ClassVar[tuple[timedelta, ...]]

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        about = stage.model.unions[ask.to]
        signing = [key for key in about.keys if key.use == "SIGNING"]
        logins = [key for key in about.keys if key.use == "LOGIN"]
        chosen = signing if ask.how % 3 or len(logins) < 2 else logins
        if not chosen:
            return None
        key = chosen[ask.how % len(chosen)]
        kid = chosen[0].kid[::-1] if ask.wrong == "no such key" else key.kid
        at = stage.model.now + self.ends[ask.how % len(self.ends)]
        at = at + timedelta(minutes=5) if ask.wrong == "ahead" else at
        draft = await stage.drafted(self.draft, by, {"union": about.uri, "kid": kid, "use": KeyUse(key.use), "at": at})
        found = None if draft is None else claims_in(draft, self)
        return None if draft is None or found is None else Drawn(*found, foretold=said(draft))

    def key(self, model: Model, sent: Sent) -> Key | None:
        about, claims = model.by_uri(sent.read.sub), sent.claims
        keys = [] if about is None else about.keys
        return next((key for key in keys if (key.use, key.kid) == (claims["use"], claims["kid"])), None)

    def refused(self, model: Model, sent: Sent) -> str | None:
        key = self.key(model, sent)
        return first(
            (
                (self.not_theirs(model, sent), "NOT_NEXT_HIGHER_UNION"),
                (key is None, "INPUT_INVALID"),
                (key is not None and self.bars(model, sent, key), "INPUT_INVALID"),
            )
        )

    @abstractmethod
    def bars(self, model: Model, sent: Sent, key: Key) -> bool:
        """Whether the key has ended in such a way that it can't end so again."""

    def done(self, model: Model, sent: Sent) -> None:
        key = self.key(model, sent)
        assert key is not None
        self.end(model, sent, key)

    @abstractmethod
    def end(self, model: Model, sent: Sent, key: Key) -> None:
        """Let it end."""


class RetireKey(OnKeysEnd):
    act, desk = acts.KeyRetirement, staticmethod(registering.retire_key)
    draft = staticmethod(drafting_unions.draft_key_retirement)
    wrongs = ("no such key",)
    ends = (timedelta(), timedelta(days=1), timedelta(days=-1), timedelta(days=400))

    def bars(self, model: Model, sent: Sent, key: Key) -> bool:
        return key.revoked_at is not None or key.retired_at is not None

    def end(self, model: Model, sent: Sent, key: Key) -> None:
        key.retired_at = _instant(sent.claims["retired_at"])


class RevokeKey(OnKeysEnd):
    act, desk = acts.KeyRevocation, staticmethod(registering.revoke_key)
    draft = staticmethod(drafting_unions.draft_key_revocation)
    wrongs = ("no such key", "ahead")
    ends = (timedelta(), timedelta(days=-30), timedelta(hours=-1), timedelta())

    def bars(self, model: Model, sent: Sent, key: Key) -> bool:
        return key.revoked_at is not None or _instant(sent.claims["invalid_from"]) > model.now + _LEEWAY

    def end(self, model: Model, sent: Sent, key: Key) -> None:
        key.revoked_at = model.now


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def is_good_code(uscc: str) -> bool:
    """Whether the last character follows from the others (GB 32100)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(character) * pow(3, place, 31) for place, character in enumerate(uscc[:17]))
    return uscc[17] == alphabet[-total % 31]
