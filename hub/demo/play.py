"""The demo's play: unions vouched for from the root down, moves of every kind, a refusal, a stranger, a proof."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from federation.assertions import key_proof
from federation.client import HubClient
from federation.encoding import sha256_b64url
from federation.errors import Refused
from federation.forms import KeyUse
from federation.keys import PrivateKey
from federation.proof import verify_proof
from hub.demo.entrustment import play_entrustment
from hub.demo.fixtures import EMPLOYERS, MEMBERS, NEW_SHOP, UNIONS, MemberFixture, UnionFixture
from hub.demo.host import DemoHub, DidNotStart
from hub.demo.secondment import LAST_DAY, play_secondment
from hub.schema.ids import encode_id

__all__ = ["play"]

#: Nobody has this id.
_NOBODY = UUID("00000000-0000-4000-8000-000000000000")

_SHANGHAI = timezone(timedelta(hours=8))
_SHANGHAI_MORNING = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
_SEX = {"1": "男", "2": "女"}
_STATUS = {"ACTIVE": "会员"}


def play() -> int:
    """Play it, and give the exit code."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="unionhub-demo-") as folder:
        try:
            with DemoHub(Path(folder)) as hub:
                _say(f"平台已启动 · a hub is running at {hub.origin} (embedded PostgreSQL, test clock)")
                asyncio.run(_Play(hub).run())
        except DidNotStart as error:
            sys.stderr.write(f"{error}\nThe demo's hub did not start; `unionhub doctor` may tell why.\n")
            return 1
    _say(f"\n用时 · it took {time.monotonic() - began:.1f} s")
    sys.stderr.flush()
    sys.stdout.write("DEMO OK\n")
    sys.stdout.flush()
    return 0


class _Play:
    def __init__(self, hub: DemoHub) -> None:
        self._hub = hub
        self._set_at = (_SHANGHAI_MORNING, time.monotonic())
        self._clients: dict[str, HubClient] = {}
        self._wire = _Wire()

    async def run(self) -> None:
        async with AsyncExitStack() as stack:
            self._stack = stack
            await self._let_it_be(_SHANGHAI_MORNING)
            await self._register()
            member = await self._enrol("M1")
            handoff = await self._transfer(member)
            await self._refusal()
            await self._stranger(member)
            await self._silence()
            await self._placement()
            await self._entrust()
            await self._lend()
            await self._prove(handoff)

    # Acts

    async def _register(self) -> None:
        _title(
            1, "登记工会：自全国总工会起，由上一级工会逐级担保", "unions and their keys, vouched for from the root down"
        )
        for union in UNIONS.values():
            await self._found(union)
        _say(f"  {len(UNIONS)} 个工会，各有签章密钥和登录密钥，私钥由工会自己保管")
        _say(f"  {len(UNIONS)} unions, each with a signing and a login key that it made itself and keeps to itself")

    async def _found(self, union: UnionFixture) -> None:
        if union.ref in self._clients:
            return
        for uri in union.more.get("contains", ()):
            await self._found(next(other for other in UNIONS.values() if other.uri == uri))
        signing, login = PrivateKey.generate(), PrivateKey.generate()
        if union.parent is None:
            await self._hub.bootstrap(
                name=union.name, uscc=union.uscc or "", signing=signing.public, login=login.public
            )
        else:
            parent = self._clients[union.parent]
            await parent.register_union(_union_input(union))
            for use, key in ((KeyUse.SIGNING, signing), (KeyUse.LOGIN, login)):
                proof = key_proof(key, union=union.uri, aud=self._hub.origin, iat=self._now())
                await parent.register_key(use=use, jwk=key.public.jwk_text, proof=proof, union=union.uri)
        client = HubClient(self._hub.origin, union.uri, login, signing, transport=self._wire, now=self._now)
        self._clients[union.ref] = await self._stack.enter_async_context(client)
        above = f" ← {UNIONS[union.parent].name}" if union.parent else "（根 · the root）"
        _say(f"  {union.name}{above}")

    async def _enrol(self, ref: str) -> dict[str, Any]:
        member, holder = MEMBERS[ref], UNIONS[MEMBERS[ref].holder]
        _title(
            2,
            f"入会：{holder.name}审核批准{member.name}入会（第五条）",
            f"{holder.name} enrols {member.name} (A5)",
        )
        return await self._join(ref)

    async def _join(self, ref: str) -> dict[str, Any]:
        member = MEMBERS[ref]
        joined = await self._clients[member.holder].join_member(_join_input(member))
        status = _STATUS[joined["status"]]
        _say(f"  {member.name}：{status} · 会籍 {joined['membershipId']} · 入会时间 {joined['joinedOn']}")
        return joined

    async def _transfer(self, member: dict[str, Any]) -> dict[str, Any]:
        u1, u2 = self._clients["U1"], self._clients["U2"]
        _title(
            3,
            "接转：甲机械厂工会签署转出，乙电子公司工会签署接收（第十二条）",
            "released by one, accepted by the other (A12)",
        )
        released = await u1.release_member(_release_input(member["id"]))
        _say(f"  2025-03-03 {released['releasingUnion']['name']} 签署转出 → {released['receivingUnion']['name']}")
        _say(f"  会籍仍由转出工会管理，有效期至 {released['validUntil']} · until accepted the releasing union holds it")
        seen = await u2.handoff(released["id"])
        assert seen is not None
        card = seen["card"]
        number = f"{card['certificate']['provinceCode']}/{card['certificate']['number']}"
        _say("  乙会可见的卡片 · the card that the receiver sees, and nothing more:")
        _say(
            f"    {card['name']} {_SEX[card['sex']]} 出生 {card['birthMonth']} 入会 {card['joinedOn']} 会员证 {number}"
        )
        await self._let_it_be(_SHANGHAI_MORNING + timedelta(days=7))
        accepted = await u2.accept_handoff(
            {
                "handoffId": released["id"],
                "inDate": "2025-03-10",
                "holdingBasis": "ORDINARY",
                "employerUscc": EMPLOYERS["乙"],
                "relationStartedOn": "2025-03-01",
                "formReceived": True,
            }
        )
        _say(f"  2025-03-10 {accepted['receivingUnion']['name']} 签署接收：{accepted['state']} · the member has moved")
        return accepted

    async def _refusal(self) -> None:
        _title(4, "退回：欠交会费不能作为不予接收的理由（第十二条）", "arrears are no ground to refuse (A12)")
        other = await self._join("M2")
        u1, u2 = self._clients["U1"], self._clients["U2"]
        released = await u1.release_member(_release_input(other["id"], duesPaidThrough="2024-06", outDate="2025-03-10"))
        _say("  转出凭证显示会费交至 2024-06；乙会以“欠交会费”为由退回 · U2 refuses because of arrears:")
        try:
            await u2.refuse_handoff(released["id"], "ARREARS")
        except Refused as refused:
            _say(f"    ✗ {refused.code}（{'、'.join(refused.articles)}）{refused.message}")
            _say(f"      {refused.message_en}")
            _say(f"      下一步 · next: {refused.next_step}")
        else:
            raise AssertionError("arrears are no ground to refuse")
        still = await u2.handoff(released["id"])
        assert still is not None
        _say(f"    接转手续仍为 {still['state']} · the handoff stays as it was")

    async def _stranger(self, member: dict[str, Any]) -> None:
        _title(5, "无关工会：查询该会员与查询不存在的会员，答复完全相同（第十一条）", "a stranger learns nothing (A11)")
        stranger = self._clients["U15"]
        answers = []
        for member_id in (member["id"], encode_id("Member", _NOBODY)):
            await stranger.member(member_id)
            answers.append(self._wire.last)
        _say(f"  {UNIONS['U15'].name} 查询张一 · asks for M1:     {answers[0].decode()}")
        _say(f"  {UNIONS['U15'].name} 查询无此人 · asks for nobody: {answers[1].decode()}")
        assert answers[0] == answers[1], "the two answers differ"
        _say("  两个答复逐字节相同 · the same bytes")

    async def _silence(self) -> None:
        _title(
            6,
            "拉取：乙会凭会员证请求王三的会籍，甲会不予理会，其上一级工会代为转出（平台规则 HUB-P02）",
            "a pull that the holder lets lie, until the union above releases in its stead (HUB-P02)",
        )
        await self._join("M3")
        u2, u13 = self._clients["U2"], self._clients["U13"]
        asked = await u2.request_handoff(_request_input("M3"))
        due = _instant((await _read(u2, asked))["nextDeadline"]["at"])
        assert asked["releasingUnion"] is None, "who holds the member is not told before the release"
        _say(f"  2025-03-10 {UNIONS['U2'].name} 提出请求：{asked['state']}；会籍所在工会是谁，转出之前不告知")
        _say(f"  甲会应在 15 个工作日内答复，至 {_day(due)} · the holder has 15 working days")
        waiting = await u13.docket(side="HIGHER")
        assert waiting["edges"] == [], "the union above is told only when the time is up"
        # No job runs: the hub reads where a case stands off its dates.
        await self._let_it_be(due + timedelta(hours=10))
        (entry,) = (await u13.docket(side="HIGHER"))["edges"]
        case = entry["node"]
        decide = _instant(case["nextDeadline"]["at"])
        _say(f"  {_day(due + timedelta(hours=10))} 期满：{case['state']}，{UNIONS['U13'].name} 得知该事项")
        _say(f"    应在 {_day(decide)} 前处理 · the union above is told, and may act")
        released = await u13.release_in_lieu(_in_lieu_input(case["handoff"]["id"], due + timedelta(hours=10)))
        _say(
            f"  {UNIONS['U13'].name} 代为签署转出：{released['state']} · released in lieu; the member has not moved yet"
        )
        accepted = await u2.accept_handoff(_acceptance_input(asked["id"], due + timedelta(hours=10)))
        seen = await _read(u2, accepted)
        _say(f"  {UNIONS['U2'].name} 签署接收：{accepted['state']} · moved; 王三的接转栏 · the column:")
        for line in seen["transferEntry"]["line"].splitlines():
            _say(f"  │ {line}")

    async def _placement(self) -> None:
        _title(
            7,
            "暂时保留：刘六到尚无工会的新店工作，会籍先转入居住地的街道工会；新店工会建立后转入（第十三条）",
            "a placement with the union of the residence, and the way home once the employer has its own (A13)",
        )
        today = self._now().astimezone(_SHANGHAI).date().isoformat()
        member = await self._join("M6")
        u3, u5 = self._clients["U3"], self._clients["U5"]
        placing = {"receivingUnion": u5.union, "reasonCode": "PLACEMENT", "newEmployerUscc": EMPLOYERS["新店"]}
        released = await u3.release_member(_release_input(member["id"], outDate=today, **placing))
        taking = {"handoffId": released["id"], "inDate": today, "holdingBasis": "PLACEMENT", "formReceived": True}
        await u5.accept_handoff(taking)
        (waiting,) = (await u5.placements())["edges"]
        _say(f"  {UNIONS['U5'].name} 接收：会籍状态 {waiting['node']['member']['status']}，{waiting['node']['state']}")
        await self._found(NEW_SHOP)
        (due,) = (await u5.placements(state="EXIT_DUE"))["edges"]
        u14, node = self._clients["U14"], due["node"]
        (told,) = await u14.awaited_members()
        _say(f"  {NEW_SHOP.name} 建立：{node['state']} → {node['exitTo']['name']} · the street union is told where to")
        _say(f"  {NEW_SHOP.name} 得知 {told['members']} 人在 {told['union']['name']} 等待 · a number, and no name")
        leaving = {"receivingUnion": u14.union, "reasonCode": node["exitReasonCode"], "outDate": today}
        going = await u5.release_member({"memberId": member["id"], "duesPaidThrough": "2025-03", **leaving})
        home = {**_acceptance_input(going["id"], self._now()), "inDate": today, "employerUscc": EMPLOYERS["新店"]}
        accepted = await u14.accept_handoff(home)
        _say(f"  {NEW_SHOP.name} 签署接收：{accepted['state']} · home")

    async def _prove(self, handoff: dict[str, Any]) -> None:
        _title(
            10, "张一的会员证与证明：从两份签署文书得出，可离线核验", "M1's certificate, and a proof that needs no hub"
        )
        u2 = self._clients["U2"]
        proof = await u2.proof(handoff["id"])
        assert proof is not None
        keys = await u2.hub_keys()
        proved = verify_proof(proof, keys)
        _say(f"  离线核验通过 · verified offline: {len(proved.steps)} statements, {len(proof):,} bytes")
        for step in proved.steps:
            _say(f"    {step.received_at:%Y-%m-%d %H:%M}Z {step.act:<8} {step.signer} → {step.state_after}")
        held = await u2.members(matching={"name": "张一"})
        certificate = await u2.certificate(held["edges"][0]["node"]["id"])
        assert certificate is not None
        _say("\n  ┌─ 工会组织关系接转 ─────────────────────────────────────")
        for entry in certificate["transferColumn"]:
            for line in entry["line"].splitlines():
                _say(f"  │ {line}")
        _say("  └────────────────────────────────────────────────────────")

    async def _entrust(self) -> None:
        _title(
            8,
            "委托管理：派遣单位工会与用工单位工会签订协议，期间会籍不动（第九条）",
            "an entrustment between a dispatch union and a host union, and its end (A9)",
        )
        member = await self._join("M5")
        await play_entrustment(self._clients, member, _day(self._now()), _say)

    async def _lend(self) -> None:
        _title(
            9,
            "借调：赵四借调到外地满六个月以上，会籍随之转入借调单位工会；期满转回（第十四条）",
            "a secondment of six months or more, and the way back when it is over (A14)",
        )
        member = await self._join("M4")
        today = self._now().astimezone(_SHANGHAI).date().isoformat()
        await play_secondment(self._clients, member, today, self._term_is_over, _say)

    # The clock

    async def _term_is_over(self) -> str:
        after = LAST_DAY + timedelta(days=1)
        await self._let_it_be(datetime.combine(after, _SHANGHAI_MORNING.timetz()))
        return after.isoformat()

    async def _let_it_be(self, instant: datetime) -> None:
        await self._hub.set_clock(instant)
        self._set_at = (instant, time.monotonic())

    def _now(self) -> datetime:
        """The unions' clock, which goes with the hub's."""
        instant, since = self._set_at
        return instant + timedelta(seconds=time.monotonic() - since)


class _Wire(httpx.AsyncBaseTransport):
    """The wire, with the bytes of the last answer: what a stranger really gets."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self.last = b""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        self.last = await response.aread()
        return response

    async def aclose(self) -> None:
        """Stay open: the unions of the demo share the wire."""


def _union_input(union: UnionFixture) -> dict[str, Any]:
    more = {_camel(name): value for name, value in union.more.items()}
    units = [
        {"employerUscc": unit["employer_uscc"], "from": unit["from"].isoformat()}
        for unit in more.pop("memberUnits", ())
    ]
    asked = {"name": union.name, "kind": union.kind, "establishedOn": "2005-01-01", **more}
    if union.uscc is not None:
        asked["uscc"] = union.uscc
    return {**asked, "memberUnits": units} if units else asked


def _join_input(member: MemberFixture) -> dict[str, Any]:
    province, number = member.certificate
    return {
        "person": {
            "name": member.name,
            "sex": member.sex,
            "birthMonth": f"{member.id_number[6:10]}-{member.id_number[10:12]}",
            "ethnicGroup": "01",
            "politicalStatus": "13",
            "idType": "RESIDENT_ID",
            "idNumber": member.id_number,
            "residenceDivisionCode": member.residence,
            "isRuralMigrant": False,
            "employmentForm": "FULL",
        },
        "channel": "WRITTEN",
        "joinedOn": member.joined_on.isoformat(),
        "holdingBasis": member.holding_basis,
        "employerUscc": EMPLOYERS[member.employer],
        "certificate": {"provinceCode": province, "number": number},
        "certificateIssuedOn": member.joined_on.isoformat(),
        "duesPaidThrough": "2025-02",
    }


def _release_input(member_id: str, **changes: str) -> dict[str, Any]:
    return {
        "memberId": member_id,
        "receivingUnion": UNIONS["U2"].uri,
        "reasonCode": "CHANGE_OF_EMPLOYER",
        "outDate": "2025-03-03",
        "duesPaidThrough": "2025-02",
        "relationEndedOn": "2025-02-28",
        "newEmployerUscc": EMPLOYERS["乙"],
        **changes,
    }


def _request_input(ref: str) -> dict[str, Any]:
    member = MEMBERS[ref]
    province, number = member.certificate
    return {
        "certificate": {"provinceCode": province, "number": number},
        "name": member.name,
        "birthMonth": f"{member.id_number[6:10]}-{member.id_number[10:12]}",
        "reasonCode": "CHANGE_OF_EMPLOYER",
        "employerUscc": EMPLOYERS["乙"],
        "relationStartedOn": "2025-03-03",
        "consent": {"form": "WRITTEN", "givenOn": "2025-03-05", "evidenceSha256": sha256_b64url(b"consent")},
    }


def _in_lieu_input(handoff_id: str, instant: datetime) -> dict[str, Any]:
    return {
        "handoffId": handoff_id,
        "outDate": _day(instant),
        "duesPaidThrough": "2025-02",
        "relationEndedOn": "2025-02-28",
        "newEmployerUscc": EMPLOYERS["乙"],
        "ground": "NO_RESPONSE",
        "evidenceSha256": sha256_b64url(b"three reminders"),
    }


def _acceptance_input(handoff_id: str, instant: datetime) -> dict[str, Any]:
    return {
        "handoffId": handoff_id,
        "inDate": _day(instant),
        "holdingBasis": "ORDINARY",
        "employerUscc": EMPLOYERS["乙"],
        "relationStartedOn": "2025-03-03",
        "formReceived": True,
    }


async def _read(client: HubClient, handoff: dict[str, Any]) -> dict[str, Any]:
    """Read a case once more, with its deadline and its entry in the column."""
    seen = await client.handoff(handoff["id"])
    assert seen is not None
    return seen


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(instant: datetime) -> str:
    """Give the day in Shanghai that an instant lies in, or ends."""
    return (instant - timedelta(microseconds=1)).astimezone(_SHANGHAI).date().isoformat()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _title(number: int, zh: str, en: str) -> None:
    _say(f"\n{number}. {zh}\n   {en}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
