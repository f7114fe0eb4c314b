"""Unions and their keys: who registers whom (domain 5.1), and what a union is made of (domain 4.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import AREA_KINDS, CHILDREN, FEDERATION_KINDS, UnionKind, UnionState
from hub.transfers.rules.days import day_of

if TYPE_CHECKING:
    from datetime import datetime

    from federation import acts
    from hub.transfers.facts import UnionAmendmentFacts, UnionFacts
    from hub.transfers.facts_winding import WindingFacts
    from hub.transfers.rules.questions import Refusals

#: How far the clock of a union that says "from now on" may be ahead of the hub's.
_LEEWAY = timedelta(seconds=60)

__all__ = [
    "check_acts_in_the_hub",
    "check_codes",
    "check_key_is_new",
    "check_key_may_end",
    "check_key_proof",
    "check_listed_unions",
    "check_makeup",
    "check_next_higher",
    "check_own_or_next_higher",
    "check_union_is_new",
    "check_union_known",
]


def _invalid(name: str, why_zh: str, why_en: str, *, of: str = "union") -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=(of, name), why_zh=why_zh, why_en=why_en)


def check_next_higher(claims: acts.UnionRegistration, facts: UnionFacts) -> Refusals:
    """A union is registered by the one directly above it. Source: HUB-P17 (domain 5.1)."""
    if claims.kind not in UnionKind.__members__:
        yield _invalid("kind", "工会类型不在列表中", "no such kind of union")
    elif UnionKind(claims.kind) not in CHILDREN[facts.signer.kind]:
        yield Refusal(Code.NOT_NEXT_HIGHER_UNION, path=("union", "kind"))
    if facts.signer.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_union_is_new(facts: UnionFacts) -> Refusals:
    """A union is registered once. Source: HUB-P17."""
    if facts.about_union is not None:
        yield Refusal(
            Code.INPUT_INVALID, path=("sub",), why_zh="该工会已登记", why_en="this union is already registered"
        )


def check_makeup(claims: acts.UnionRegistration, facts: UnionFacts) -> Refusals:
    """What a union is made of goes with its kind. Source: A15, A25, domain 4.1."""
    kind = UnionKind.__members__.get(claims.kind)
    if claims.member_units is not None and kind is not UnionKind.GRASSROOTS_JOINT:
        yield _invalid("member_units", "只有联合基层工会有成员单位", "only a joint union has member units")
    if claims.contains is not None and kind not in FEDERATION_KINDS:
        yield _invalid("contains", "只有区域（行业）工会联合会包含其他工会", "only a federation contains unions")
    if kind is UnionKind.EXTERNAL and claims.employer_usccs is not None:
        yield _invalid("employer_usccs", "平台外工会不登记所属单位", "of a union outside the hub no employers are kept")
    if kind in AREA_KINDS and claims.jurisdiction_code is None:
        yield _invalid("jurisdiction_code", "须注明管辖区域代码", "an area union needs the code of its area")
    if claims.local_code is not None and f"urn:union:{claims.local_code[:18]}" != facts.signer.uri:
        yield _invalid("local_code", "应为上一级工会的代码加两位数字", "not the code of the union above and two digits")
    for unit in claims.member_units or ():
        if unit.until is not None and unit.until <= unit.from_:
            yield _invalid("member_units", "成员单位的起止日期不正确", "a member unit's span ends before it begins")
    organised = [*(claims.employer_usccs or ()), *(unit.employer_uscc for unit in claims.member_units or ())]
    if len(organised) != len(set(organised)):
        yield _invalid("employer_usccs", "同一单位重复填写", "an employer is named twice")
    if claims.established_on > day_of(facts.signer.now):
        yield _invalid("established_on", "成立日期不能晚于当日", "founded in the future")


def check_codes(claims: acts.UnionRegistration, *, wrong: tuple[str, ...]) -> Refusals:
    """Codes carry right check digits (GB 32100, GB 11714). Takes the names of the wrong ones. Source: HUB-P17."""
    for name in wrong:
        yield _invalid(name, "统一社会信用代码校验不符", "the check digit of a code is wrong")
    if claims.local_code is not None and claims.province_code is None:
        yield _invalid("province_code", "须注明省份代码", "a local code needs its province")


def check_listed_unions(claims: acts.UnionRegistration, facts: UnionFacts) -> Refusals:
    """The unions that a federation contains are registered. Source: A15."""
    if any(uri not in facts.listed for uri in claims.contains or ()):
        yield Refusal(Code.UNION_NOT_FOUND, path=("union", "contains"))


def check_union_known(facts: UnionFacts | UnionAmendmentFacts | WindingFacts) -> Refusals:
    """An act on a key, or an amendment, is about a registered union. Source: HUB-P17."""
    if facts.about_union is None:
        yield Refusal(Code.UNION_NOT_FOUND, path=("sub",))


def check_own_or_next_higher(facts: UnionFacts) -> Refusals:
    """Keys are the business of the union itself and of the one directly above it. Source: HUB-P17, domain 5.1."""
    if not (facts.is_self or facts.is_next_higher):
        yield Refusal(Code.NOT_NEXT_HIGHER_UNION)


def check_acts_in_the_hub(facts: UnionFacts) -> Refusals:
    """What stands for a union outside the hub has no key: nobody acts as it. Source: A25."""
    if facts.kind is UnionKind.EXTERNAL:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("sub",),
            why_zh="平台外工会不登记密钥",
            why_en="a union outside the hub has no key in it",
        )


def check_key_proof(*, proof_is_good: bool) -> Refusals:
    """Whoever registers a key has shown that the union possesses it. Source: HUB-P17."""
    if not proof_is_good:
        yield Refusal(Code.KEY_PROOF_INVALID, path=("key", "proof"))


def check_key_is_new(facts: UnionFacts) -> Refusals:
    """A kid names one key of a union for ever. Source: NX-7."""
    if facts.key_registered:
        yield _invalid("kid", "该密钥编号已登记", "this kid is already registered for the union", of="key")


def check_key_may_end(facts: UnionFacts, *, invalid_from: datetime | None) -> Refusals:
    """Only a registered key can end, and what has ended is not brought back. Source: NX-7.

    Takes: `invalid_from` of a revocation; None for a retirement. A retired key may still be revoked, but nobody can
    say today from when on a key will have been stolen.
    """
    if not facts.key_registered:
        yield _invalid("kid", "未找到该密钥", "no such key of the union", of="key")
    elif facts.key_revoked:
        yield _invalid("kid", "该密钥已撤销", "the key has been revoked already", of="key")
    elif invalid_from is None:
        if facts.key_retired_at is not None:
            yield _invalid("kid", "该密钥已停用", "the key has been retired already", of="key")
    elif invalid_from > facts.signer.now + _LEEWAY:
        yield _invalid(
            "invalid_from", "失效起始时间不能晚于当前时间", "a key is invalid from no later than now", of="key"
        )
