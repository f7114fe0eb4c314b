"""Every act of the contract over HTTP: what its draft gives to sign, what signing it does, and what neither does."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import pytest

from federation.encoding import sha256_b64url
from federation.keys import PrivateKey, read_jwks
from federation.proof import verify_proof
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import HANDOFF_QUERY, MEMBER_QUERY, RECEIPT_QUERY, WITH_PERSON
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.stage import TODAY, day
from tests.e2e.wire import claims_of, header_of, person_in, sha256_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

COMMON = {"iss", "aud", "sub", "jti", "iat", "exp"}
WEEK_SECONDS = 7 * 24 * 3600
#: What stands in no statement, since a statement lives for ever.
PERSONAL = (*(text for m in MEMBERS.values() for text in (m.name, m.id_number, m.residence)), inputs.MOBILE)


class Case(NamedTuple):
    """An act against which nothing speaks: by whom, with what input, and the claims that must and may be in it."""

    mutation: str
    typ: str
    object_name: str
    prepared: Callable[[Stage], Awaitable[tuple[str, Json]]]
    required: str
    optional: str = ""


NEWCOMER = inputs.joining(
    MEMBERS["M1"],
    of={"name": "钱七", "idNumber": "990101198001010010", "birthMonth": "1980-01"},
    certificate={"provinceCode": "31", "number": "000077"},
)


def _id_number(seventeen: str) -> str:
    """Complete an ID number by ISO 7064 MOD 11-2."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(seventeen))
    return seventeen + "10X98765432"[total % 11]


async def _join(_: Stage) -> tuple[str, Json]:
    person = NEWCOMER["person"] | {"idNumber": _id_number("99010119800101001")}
    return "U1", NEWCOMER | {"person": person}


async def _amendment(stage: Stage) -> tuple[str, Json]:
    return "U1", {
        "memberId": stage.member("M1"),
        "isCorrection": True,
        "person": {"name": "张一一", "idType": "PASSPORT", "idNumber": "E99887766", "residenceDivisionCode": "310117"},
        "idChange": "FURTHER",
        "duesPaidThrough": "2025-01",
    }


async def _retention(stage: Stage) -> tuple[str, Json]:
    return "U1", inputs.retaining(stage.member("M1"))


async def _reason_change(stage: Stage) -> tuple[str, Json]:
    await stage["U1"].act("recordRetention", inputs.retaining(stage.member("M1"), "UNEMPLOYMENT"))
    return "U1", {"memberId": stage.member("M1"), "reason": "RETIREMENT", "changedOn": "2025-03-01"}


async def _restoration(stage: Stage) -> tuple[str, Json]:
    await stage["U1"].act("recordRetention", inputs.retaining(stage.member("M1"), "UNEMPLOYMENT"))
    return "U1", inputs.restoring(stage.member("M1"))


async def _annulment(stage: Stage) -> tuple[str, Json]:
    await stage["U1"].act("recordRetention", inputs.retaining(stage.member("M1")))
    return "U1", {"memberId": stage.member("M1")}


async def _withdrawal(stage: Stage) -> tuple[str, Json]:
    return "U1", inputs.withdrawing(stage.member("M1"), collectedOn="2025-03-02")


async def _deemed(stage: Stage) -> tuple[str, Json]:
    dues = {"memberId": stage.member("M1"), "isCorrection": True, "duesPaidThrough": "2024-07"}
    await stage["U1"].act("amendMember", dues)
    return "U1", inputs.deeming(stage.member("M1"), collectedOn="2025-03-02")


async def _expulsion(stage: Stage) -> tuple[str, Json]:
    return "U1", inputs.expelling(stage.member("M1"))


async def _death(stage: Stage) -> tuple[str, Json]:
    return "U1", {"memberId": stage.member("M1"), "diedOn": "2025-03-01", "evidenceSha256": inputs.EVIDENCE}


async def _proposal(stage: Stage) -> tuple[str, Json]:
    asked = {"memberId": stage.member("M1"), "opinionSha256": inputs.EVIDENCE, "opinionOn": "2025-02-20"}
    return "U1", asked


async def _drop(stage: Stage) -> tuple[str, Json]:
    _, proposed = await _proposal(stage)
    await stage["U1"].act("proposeExpulsion", proposed)
    return "U1", {"memberId": stage.member("M1"), "droppedOn": "2025-03-01"}


async def _filing(stage: Stage) -> tuple[str, Json]:
    await stage["U1"].act("decideExpulsion", inputs.expelling(stage.member("M1")))
    return "U1", {"memberId": stage.member("M1"), "filedOn": "2025-02-26"}


async def _acknowledgement(stage: Stage) -> tuple[str, Json]:
    _, asked = await _filing(stage)
    filed = await stage["U1"].act("fileExpulsion", asked)
    return "U13", {"membershipId": filed["membershipId"]}


async def _filing_return(stage: Stage) -> tuple[str, Json]:
    _, asked = await _acknowledgement(stage)
    return "U13", asked | {"papers": ["GROUP_OPINION", "JUDGMENT"]}


async def _collection(stage: Stage) -> tuple[str, Json]:
    await stage["U1"].act("recordWithdrawal", inputs.withdrawing(stage.member("M1")))
    return "U1", {"memberId": stage.member("M1"), "collectedOn": "2025-03-03"}


async def _reversal(stage: Stage) -> tuple[str, Json]:
    await stage["U1"].act("decideExpulsion", inputs.expelling(stage.member("M1")))
    return "U1", {"memberId": stage.member("M1"), "annulmentSha256": inputs.EVIDENCE, "annulledOn": "2025-03-01"}


async def _secondment(stage: Stage) -> tuple[str, Json]:
    term = {"startsOn": "2025-03-01", "endsOn": "2025-05-31"}
    return "U1", {"memberId": stage.member("M4"), "hostEmployerUscc": EMPLOYERS["戊"], **term}


async def _term(stage: Stage) -> tuple[str, Json]:
    _, asked = await _secondment(stage)
    await stage["U1"].act("recordSecondment", asked)
    return "U1", {"memberId": stage.member("M4"), "endsOn": "2025-06-30"}


async def _lent(stage: Stage) -> str:
    offered = await stage["U1"].act("releaseMember", inputs.offering(stage.member("M4")))
    await stage["U12"].act("acceptHandoff", inputs.taking(offered["id"], "2025-03-03", "SECONDMENT"))
    return stage.member("M4")


async def _early_end(stage: Stage) -> tuple[str, Json]:
    return "U1", {"memberId": await _lent(stage), "endedOn": "2025-03-03"}


async def _extension(stage: Stage) -> tuple[str, Json]:
    return "U12", {"memberId": await _lent(stage), "endsOn": "2026-06-30"}


async def _conversion(stage: Stage) -> tuple[str, Json]:
    return "U1", {"memberId": await _lent(stage)}


async def _end_of_home(stage: Stage) -> tuple[str, Json]:
    return "U1", {"memberId": await _lent(stage), "relationEndedOn": "2025-03-03"}


async def _import(_: Stage) -> tuple[str, Json]:
    """A membership of M1 that U2 holds on paper."""
    return "U2", inputs.on_paper(MEMBERS["M1"])


async def _history(stage: Stage) -> tuple[str, Json]:
    return "U1", inputs.history(stage.member("M1"))


async def _dues(stage: Stage) -> tuple[str, Json]:
    return "U1", {"memberId": stage.member("M1"), "paidThrough": "2025-05"}


async def _merge(stage: Stage) -> tuple[str, Json]:
    second = await stage["U2"].act("importMember", inputs.on_paper(MEMBERS["M1"]))
    return "U2", {"memberId": second["id"], "survivor": True}


async def _decision(stage: Stage) -> tuple[str, Json]:
    _, asked = await _merge(stage)
    second = await stage["U2"].act("mergeMemberships", asked)
    await stage.let_it_be(day(3, 25, hour=0))
    return "U9", {"membershipId": second["membershipId"], "evidenceSha256": inputs.EVIDENCE}


async def _release(stage: Stage) -> tuple[str, Json]:
    return "U1", inputs.release(stage.member("M1"))


async def _acceptance(stage: Stage) -> tuple[str, Json]:
    return "U2", inputs.acceptance((await stage.released())["id"], intakeRegisterNo="2025-17")


async def _refusal(stage: Stage) -> tuple[str, Json]:
    handoff = await stage.released()
    return "U2", {"handoffId": handoff["id"], "ground": "DOCUMENT_DEFECT", "fields": ["out_date"]}


async def _recall(stage: Stage) -> tuple[str, Json]:
    return "U1", {"handoffId": (await stage.released())["id"]}


async def _union(_: Stage) -> tuple[str, Json]:
    return "U9", {
        "uscc": "81310117MC1D25256C",
        "name": "新店工会",
        "kind": "GRASSROOTS_INDEPENDENT",
        "provinceCode": "31",
        "employerUsccs": [EMPLOYERS["新店"]],
        "establishedOn": "2025-03-01",
    }


async def _union_amendment(stage: Stage) -> tuple[str, Json]:
    return "U9", {"union": stage["U2"].uri, "name": "乙公司工会", "employerUsccs": [EMPLOYERS["乙"], EMPLOYERS["新店"]]}


async def _winding_up(stage: Stage) -> tuple[str, Json]:
    return "U13", {"union": stage["U1"].uri, "decidedOn": "2025-03-03", "successorUnion": stage["U2"].uri}


async def _closing(stage: Stage) -> tuple[str, Json]:
    await stage["U9"].act("windUpUnion", {"union": stage["U15"].uri, "decidedOn": "2025-03-03"})
    return "U9", {"union": stage["U15"].uri, "closedOn": "2025-03-03"}


async def _retargeting(stage: Stage) -> tuple[str, Json]:
    lent = await _lent(stage)
    await stage["U13"].act("windUpUnion", {"union": stage["U1"].uri, "decidedOn": "2025-03-03"})
    return "U13", {"memberId": lent, "homeUnion": stage["U2"].uri}


async def _key(stage: Stage) -> tuple[str, Json]:
    return "U1", stage.key_input(stage["U1"].uri, "SIGNING", PrivateKey.generate("ES256"))


async def _retirement(stage: Stage) -> tuple[str, Json]:
    return "U13", {
        "union": stage["U1"].uri,
        "kid": stage["U1"].signing.kid,
        "use": "SIGNING",
        "at": "2025-04-01T00:00:00Z",
    }


async def _revocation(stage: Stage) -> tuple[str, Json]:
    given = await _retirement(stage)
    return given[0], given[1] | {"at": "2025-02-01T00:00:00Z", "reason": "COMPROMISED"}


REPORT = {"form": "WRITTEN", "givenOn": "2025-03-03", "evidenceSha256": inputs.EVIDENCE}
_ANOTHER = {"provinceCode": "31", "number": "000101"}


async def _issue(stage: Stage) -> tuple[str, Json]:
    m1 = stage.member("M1")
    await stage["U1"].act("voidCertificate", {"memberId": m1})
    return "U1", {"memberId": m1, "certificate": _ANOTHER, "certificateIssuedOn": "2025-03-03", "fee": 0}


async def _loss(stage: Stage) -> tuple[str, Json]:
    return "U1", {"memberId": stage.member("M1"), "consent": REPORT}


async def _recovery(stage: Stage) -> tuple[str, Json]:
    ref, asked = await _loss(stage)
    await stage[ref].act("recordLoss", asked)
    return ref, {"memberId": asked["memberId"]}


async def _reissue(stage: Stage) -> tuple[str, Json]:
    return "U1", {"memberId": stage.member("M1"), "certificate": _ANOTHER, "reason": "FULL"}


async def _voiding(stage: Stage) -> tuple[str, Json]:
    return "U1", {"memberId": stage.member("M1")}


async def _scheme(_: Stage) -> tuple[str, Json]:
    return "U10", {"provinceCode": "31", "pattern": "31\\d{10}"}


async def _policy(_: Stage) -> tuple[str, Json]:
    return "U10", {"evidenceSha256": sha256_b64url(b"resolved"), "releaseValidDays": 60}


_ON_A_CERTIFICATE = "custody_version data_version certificate"

CASES = {
    case.mutation: case
    for case in (
        Case(
            "joinMember",
            "join",
            "join",
            _join,
            "channel joined_on holding_basis dues_paid_through card_sha256",
            "employer_uscc member_unit relation_started_on certificate issuing_union",
        ),
        Case(
            "amendMember",
            "member-amendment",
            "amendment",
            _amendment,
            "custody_version data_version is_correction fields",
            "id_change dues_paid_through card_sha256",
        ),
        Case(
            "importMember",
            "import",
            "import",
            _import,
            "channel joined_on holding_basis dues_paid_through card_sha256",
            "employer_uscc member_unit relation_started_on certificate issuing_union status retention",
        ),
        Case(
            "importHistory",
            "history",
            "history",
            _history,
            "custody_version data_version transfers retentions paper_sha256",
            "corrects_sha256",
        ),
        Case("recordDues", "dues", "dues", _dues, "paid_from paid_through", "agreement_id"),
        Case("mergeMemberships", "merge", "merge", _merge, "merge_sha256 survivor"),
        Case("decideMerge", "merge-decision", "decision", _decision, "merge_sha256", "evidence_sha256"),
        Case(
            "recordRetention",
            "retention",
            "retention",
            _retention,
            "custody_version reason retained_on",
            "retired_on early",
        ),
        Case(
            "changeRetentionReason",
            "retention-reason",
            "change",
            _reason_change,
            "custody_version reason changed_on",
            "retired_on",
        ),
        Case(
            "restoreMembership",
            "restoration",
            "restoration",
            _restoration,
            "custody_version restored_on",
            "employer_uscc relation_started_on",
        ),
        Case("annulRetention", "retention-annulment", "annulment", _annulment, "custody_version retention_sha256"),
        Case(
            "recordWithdrawal",
            "withdrawal",
            "withdrawal",
            _withdrawal,
            "custody_version requested_on request_sha256 persuaded_on discussed_on announced_on",
            "collected_on",
        ),
        Case(
            "recordDeemedWithdrawal",
            "deemed-withdrawal",
            "deemed_withdrawal",
            _deemed,
            "custody_version unpaid_since absent_since admonished_on refused_to_correct resolved_on",
            "collected_on",
        ),
        Case(
            "decideExpulsion",
            "expulsion",
            "expulsion",
            _expulsion,
            "custody_version judgment_sha256 effective_on opinion_sha256 opinion_on has_no_group decision_sha256 "
            "decided_on",
        ),
        Case(
            "proposeExpulsion", "expulsion-proposal", "proposal", _proposal, "custody_version opinion_sha256 opinion_on"
        ),
        Case("dropExpulsion", "expulsion-drop", "drop", _drop, "custody_version proposal_sha256 dropped_on"),
        Case("recordDeath", "death", "death", _death, "custody_version died_on", "evidence_sha256"),
        Case("fileExpulsion", "expulsion-filing", "filing", _filing, "expulsion_sha256 filed_on filed_with"),
        Case("acknowledgeFiling", "filing-acknowledgement", "acknowledgement", _acknowledgement, "filing_sha256"),
        Case("returnFiling", "filing-return", "filing_return", _filing_return, "filing_sha256 papers"),
        Case(
            "collectCertificate",
            "certificate-collection",
            "collection",
            _collection,
            "custody_version data_version certificate collected_on",
        ),
        Case(
            "reverseExpulsion",
            "expulsion-reversal",
            "reversal",
            _reversal,
            "custody_version expulsion_sha256 annulment_sha256 annulled_on",
        ),
        Case(
            "recordSecondment",
            "secondment",
            "secondment",
            _secondment,
            "custody_version host_employer_uscc starts_on ends_on",
        ),
        Case(
            "changeSecondmentTerm",
            "secondment-term",
            "secondment",
            _term,
            "custody_version starts_on ends_on",
        ),
        Case("endSecondmentEarly", "secondment-end", "end", _early_end, "custody_version ended_on"),
        Case(
            "extendSecondment",
            "secondment-extension",
            "extension",
            _extension,
            "custody_version ends_on extension_sha256",
        ),
        Case(
            "convertSecondment",
            "secondment-conversion",
            "conversion",
            _conversion,
            "custody_version conversion_sha256",
        ),
        Case("endHomeRelation", "home-relation-end", "end", _end_of_home, "custody_version relation_ended_on"),
        Case(
            "releaseMember",
            "release",
            "release",
            _release,
            "handoff_id custody_version prev_sha256 receiving_union out_date reason_code reason_text articles "
            "dues_paid_through valid_until form_custody card_sha256",
            "relation_ended_on new_employer_uscc",
        ),
        Case(
            "acceptHandoff",
            "acceptance",
            "acceptance",
            _acceptance,
            "handoff_id release_sha256 in_date holding_basis next_dues_month form_received",
            "employer_uscc relation_started_on intake_register_no",
        ),
        Case("refuseHandoff", "refusal", "refusal", _refusal, "handoff_id release_sha256 ground", "fields"),
        Case("recallHandoff", "recall", "recall", _recall, "handoff_id release_sha256"),
        Case(
            "registerUnion",
            "union",
            "union",
            _union,
            "name kind established_on",
            "uscc local_code province_code jurisdiction_code employer_usccs member_units contains",
        ),
        Case("amendUnion", "union-amendment", "union", _union_amendment, "version", "name employer_usccs"),
        Case("windUpUnion", "union-winding-up", "union", _winding_up, "version decided_on successor_union"),
        Case("closeUnion", "union-closing", "union", _closing, "version closed_on"),
        Case(
            "retargetSecondment",
            "secondment-retargeting",
            "retargeting",
            _retargeting,
            "custody_version home_union in_lieu_of",
        ),
        Case("issueCertificate", "certificate-issue", "issue", _issue, f"{_ON_A_CERTIFICATE} fee"),
        Case("recordLoss", "certificate-loss", "loss", _loss, f"{_ON_A_CERTIFICATE} consent"),
        Case("recoverCertificate", "certificate-recovery", "recovery", _recovery, _ON_A_CERTIFICATE),
        Case(
            "reissueCertificate",
            "certificate-reissue",
            "reissue",
            _reissue,
            f"{_ON_A_CERTIFICATE} supersedes reason fee",
        ),
        Case("voidCertificate", "certificate-voiding", "voiding", _voiding, _ON_A_CERTIFICATE),
        Case("setNumberingScheme", "numbering-scheme", "scheme", _scheme, "province_code pattern from_on", "check"),
        Case("setPolicy", "policy", "policy", _policy, "effective_from evidence_sha256", "release_valid_days"),
        Case("registerKey", "key", "key", _key, "use jwk not_before proof"),
        Case("retireKey", "key-retirement", "key", _retirement, "kid use retired_at"),
        Case("revokeKey", "key-revocation", "key", _revocation, "kid use reason invalid_from"),
    )
}


@pytest.mark.parametrize("mutation", CASES)
async def test_a_draft_gives_the_exact_claims_and_changes_nothing(stage: Stage, mutation: str) -> None:
    case = CASES[mutation]
    ref, asked = await case.prepared(stage)
    party, before = stage[ref], await stage.everything()

    draft = await party.draft(mutation, asked)
    another = await party.draft(mutation, asked)

    assert await stage.everything() == before
    assert (draft["typ"], draft["refusals"]) == (f"unionhub.{case.typ}+jwt", [])
    claims = json.loads(draft["claims"])
    assert claims.keys() == COMMON | {case.object_name}
    assert (claims["iss"], claims["aud"]) == (party.uri, party.hub)
    assert 0 < claims["exp"] - claims["iat"] <= WEEK_SECONDS
    assert abs(claims["iat"] - party.clock.now().timestamp()) < 5
    assert UUID(claims["jti"]) != UUID(json.loads(another["claims"])["jti"])
    named = claims[case.object_name].keys()
    assert set(case.required.split()) <= named <= set(case.required.split()) | set(case.optional.split())
    assert None not in claims[case.object_name].values()
    assert not [text for text in PERSONAL if text in draft["claims"]]


@pytest.mark.parametrize("mutation", CASES)
async def test_a_draft_signed_as_it_is_acts_and_has_its_receipt(stage: Stage, mutation: str) -> None:
    case = CASES[mutation]
    ref, asked = await case.prepared(stage)
    party = stage[ref]
    draft = await party.draft(mutation, asked)
    statement = party.sign(draft)

    answer = await party.submit(mutation, statement, person_in(mutation, draft))
    answer = await party.submit(
        mutation, statement, draft["card"]["json"] if mutation in WITH_PERSON and draft["card"] else None
    )

    assert answer["__typename"] in {
        "Member",
        "Secondment",
        "Handoff",
        "Union",
        "MergeDecision",
        "Certificate",
        "NumberingScheme",
        "PolicyVersion",
        "Ending",
        "FilingMark",
    }
    receipt = await party.ask(RECEIPT_QUERY, sha256=sha256_of(statement))
    told = claims_of(receipt)
    assert header_of(receipt)["typ"] == "unionhub.receipt+jwt"
    assert (told["iss"], told["sub"]) == (stage.hub, claims_of(statement)["sub"])
    assert told["receipt"]["statement_sha256"] == sha256_of(statement)
    assert (told["receipt"]["typ"], told["receipt"]["signer"]) == (draft["typ"], party.uri)
    # It is told to who signed, and to nobody else.
    for other in ("U2", "U15", "U0"):
        if other != ref:
            assert await stage[other].ask(RECEIPT_QUERY, sha256=sha256_of(statement)) is None


async def test_the_card_is_bound_by_its_hash_and_salted(stage: Stage) -> None:
    for mutation in ("joinMember", "amendMember", "releaseMember"):
        case = CASES[mutation]
        ref, asked = await case.prepared(stage)
        draft = await stage[ref].draft(mutation, asked)
        bound = json.loads(draft["claims"])[case.object_name]["card_sha256"]
        assert bound == sha256_b64url(draft["card"]["json"].encode())
        assert len(json.loads(draft["card"]["json"])["salt"]) >= 22


async def test_what_was_joined_with_is_what_the_holder_reads(stage: Stage) -> None:
    member = await stage["U1"].ask(MEMBER_QUERY, id=stage.member("M1"))
    holdings, certificate = member.pop("holdings"), member.pop("certificate")
    assert member == {
        "id": stage.member("M1"),
        "membershipId": stage.members["M1"]["membershipId"],
        "name": "张一",
        "sex": "1",
        "birthMonth": "1988-05",
        "ethnicGroup": inputs.ETHNIC_GROUP,
        "politicalStatus": inputs.POLITICAL_STATUS,
        "idType": "RESIDENT_ID",
        "idNumberMasked": member["idNumberMasked"],
        "mobileMasked": member["mobileMasked"],
        "residenceDivisionCode": "310120001001",
        "isRuralMigrant": False,
        "employmentForm": "FULL",
        "employerUscc": EMPLOYERS["甲"],
        "memberUnit": None,
        "joinedOn": "2012-07-01",
        "status": "ACTIVE",
        "holdingBasis": "ORDINARY",
        "custodyVersion": 1,
        "dataVersion": 1,
        "amendments": [],
        "placement": None,
        "duesExempt": False,
        "votingRights": {"elect": True, "beElected": True, "vote": True},
        "retention": None,
        "retentions": [],
        "secondment": None,
        "duesPaidThrough": "2025-02",
        "openHandoff": None,
    }
    assert member["idNumberMasked"].endswith("0016")
    assert MEMBERS["M1"].id_number[:14] not in member["idNumberMasked"]
    assert member["mobileMasked"].endswith(inputs.MOBILE[-4:])
    assert inputs.MOBILE[:-4] not in member["mobileMasked"]
    assert [(holding["union"]["uri"], holding["until"]) for holding in holdings] == [(UNIONS["U1"].uri, None)]
    assert (certificate["issuedOn"], certificate["issuingUnion"]) == ("2012-07-01", UNIONS["U1"].name)
    assert certificate["transferColumn"] == []


async def test_release_and_acceptance_bind_each_other_and_what_came_before(stage: Stage) -> None:
    u1, u2 = stage["U1"], stage["U2"]
    accepted = await stage.moved()
    steps = (await u2.ask(HANDOFF_QUERY, id=accepted["id"]))["steps"]
    release, acceptance = (step["statement"] for step in steps)

    released = claims_of(release)
    taken_in = claims_of(acceptance)["acceptance"]
    assert (released["iss"], released["release"]["custody_version"]) == (u1.uri, 1)
    assert released["release"]["reason_text"] == "调动"
    assert released["sub"] == stage.members["M1"]["membershipId"]
    assert taken_in["release_sha256"] == sha256_of(release)
    assert (taken_in["handoff_id"], taken_in["next_dues_month"]) == (released["release"]["handoff_id"], "2025-03")
    assert header_of(release) == {"alg": u1.signing.alg, "kid": u1.signing.kid, "typ": "unionhub.release+jwt"}
    receipt = claims_of(steps[1]["receipt"])["receipt"]
    assert (receipt["release_sha256"], receipt["acceptance_sha256"]) == (sha256_of(release), sha256_of(acceptance))
    assert (receipt["state_after"], receipt["custody_version_after"]) == ("ACCEPTED", 2)
    # The next release names the custody as it stands now, and the acceptance by which U2 came to hold.
    draft = await u2.draft(
        "releaseMember",
        inputs.release(stage.member("M1"), receivingUnion=UNIONS["U3"].uri, newEmployerUscc=EMPLOYERS["小店乙"]),
    )
    onward = json.loads(draft["claims"])["release"]
    assert (onward["custody_version"], onward["prev_sha256"]) == (2, sha256_of(acceptance))
    # The salt of the card is renewed at each move.
    salts = [json.loads(card["json"])["salt"] for card in (accepted["card"], draft["card"])]
    assert salts[0] != salts[1]


async def test_each_side_sees_its_own_side_of_the_case(stage: Stage) -> None:
    released = await stage.released()
    as_holder = await stage["U1"].ask(HANDOFF_QUERY, id=released["id"])
    as_receiver = await stage["U2"].ask(HANDOFF_QUERY, id=released["id"])
    assert (as_holder["side"], as_receiver["side"]) == ("HOLDER", "RECEIVER")
    assert as_holder["member"] == {"id": stage.member("M1"), "name": "张一"}
    assert as_receiver["member"] is None
    mine = {"side", "member"}
    assert {k: v for k, v in as_holder.items() if k not in mine} == {
        k: v for k, v in as_receiver.items() if k not in mine
    }
    assert as_holder["validUntil"] == "2025-06-01"  # HUB-P01: 90 days
    assert as_holder["nextDeadline"]["at"] == "2025-06-01T16:00:00Z"
    assert as_holder["nextDeadline"]["rule"] == "HUB-P01"
    assert as_holder["transferEntry"]["line"].endswith("甲机械厂工会（盖章）")
    assert as_holder["transferEntry"]["inDate"] is None


async def test_a_release_expires_by_its_date_with_no_job(stage: Stage) -> None:
    released = await stage.released()
    u1, u2 = stage["U1"], stage["U2"]
    statement = await u2.drafted("acceptHandoff", inputs.acceptance(released["id"]))
    await stage.let_it_be(day(6, 1, hour=23))
    assert (await u1.ask(HANDOFF_QUERY, id=released["id"]))["state"] == "RELEASED"
    before = await stage.everything()
    await stage.let_it_be(day(6, 2, hour=0) + timedelta(seconds=1))

    for party in (u1, u2):
        seen = await party.ask(HANDOFF_QUERY, id=released["id"])
        assert (seen["state"], seen["closedAt"]) == ("EXPIRED", "2025-06-01T16:00:00Z")
        assert [step["act"] for step in seen["steps"]] == ["release", "expire"]
        assert seen["nextDeadline"] is None
    assert (await u1.ask(MEMBER_QUERY, id=stage.member("M1")))["openHandoff"] is None
    late = await u2.draft("acceptHandoff", inputs.acceptance(released["id"], inDate="2025-06-01"))
    assert late["refusals"][0]["code"] == Code.RELEASE_EXPIRED
    assert (await u2.submit("acceptHandoff", u2.sign(late)))["code"] == Code.RELEASE_EXPIRED
    assert (await u2.submit("acceptHandoff", statement))["code"] == Code.STATEMENT_EXPIRED
    assert (await u1.refused("recallHandoff", {"handoffId": released["id"]}))["code"] == Code.HANDOFF_NOT_OPEN
    assert await stage.everything() == before
    # A new release closes it first, dated at its deadline.
    again = await stage.released(outDate="2025-06-02")
    assert again["state"] == "RELEASED"
    seen = await u2.ask(HANDOFF_QUERY, id=released["id"])
    assert (seen["state"], seen["closedAt"], seen["card"]) == ("EXPIRED", "2025-06-01T16:00:00Z", None)
    assert [(step["act"], step["at"]) for step in seen["steps"]][1:] == [("expire", "2025-06-01T16:00:00Z")]


async def test_a_recall_closes_and_frees(stage: Stage) -> None:
    released = await stage.released()
    assert (await stage["U1"].refused("releaseMember", inputs.release(stage.member("M1"))))[
        "code"
    ] == Code.HANDOFF_ALREADY_OPEN

    recalled = await stage["U1"].act("recallHandoff", {"handoffId": released["id"]})

    assert recalled["state"] == "RECALLED"
    late = await stage["U2"].refused("acceptHandoff", inputs.acceptance(released["id"]))
    assert late["code"] == Code.HANDOFF_NOT_OPEN
    assert (await stage.released())["state"] == "RELEASED"


async def test_a_failed_second_check_voids_and_is_told_each_time(stage: Stage) -> None:
    """The one refusal that is stored: with its step and its receipt."""
    released = await stage.released()
    u2 = stage["U2"]
    statement = await u2.drafted("acceptHandoff", inputs.acceptance(released["id"]))
    await stage.superuser.execute("update hub.unions set kind = 'COUNTY_FEDERATION' where uri = $1", u2.uri)

    first = await u2.hand_in("acceptHandoff", statement)
    again = await u2.hand_in("acceptHandoff", statement)

    assert first.data["answer"]["code"] == Code.RECEIVER_CANNOT_HOLD
    assert first == again
    seen = await stage["U1"].ask(HANDOFF_QUERY, id=released["id"])
    assert (seen["state"], seen["ground"], seen["steps"][-1]["act"]) == ("VOIDED", "RECEIVER_CANNOT_HOLD", "void")
    assert await u2.ask(RECEIPT_QUERY, sha256=sha256_of(statement)) == seen["steps"][-1]["receipt"]
    held = (await stage["U1"].ask(MEMBER_QUERY, id=stage.member("M1")))["holdings"]
    assert [(holding["union"]["uri"], holding["until"]) for holding in held] == [(stage["U1"].uri, None)]


@pytest.mark.invariant("I6")
async def test_a_proof_holds_offline_under_the_published_keys(stage: Stage) -> None:
    accepted = await stage.moved()
    keys = read_jwks((await stage.http.get("/.well-known/jwks.json")).content)
    proofs = {(await stage[ref].ask(HANDOFF_QUERY, id=accepted["id"]))["proof"] for ref in ("U1", "U2")}
    assert len(proofs) == 1
    proved = verify_proof(proofs.pop(), keys)
    assert [(step.act, step.signer, step.state_after) for step in proved.steps] == [
        ("release", stage["U1"].uri, "RELEASED"),
        ("accept", stage["U2"].uri, "ACCEPTED"),
    ]


@pytest.mark.article("NX-3")
async def test_the_column_prints_from_the_statements_when_every_card_is_erased(stage: Stage) -> None:
    accepted = await stage.moved()
    await stage.superuser.execute("delete from hub.cards")
    seen = await stage["U2"].ask(HANDOFF_QUERY, id=accepted["id"])
    assert seen["card"] is None
    assert seen["transferEntry"] == accepted["transferEntry"]
    assert seen["proof"] is not None


async def test_a_member_goes_there_and_back(stage: Stage) -> None:
    """Three moves: the intervals meet, one holder at a time, and each of the unions keeps its own cases."""
    await stage.moved()
    for sender, receiver, employer, hours in (("U2", "U3", "小店乙", 1), ("U3", "U1", "甲", 2)):
        await stage.let_it_be(TODAY + timedelta(hours=hours))
        there = inputs.release(
            stage.member("M1"), receivingUnion=UNIONS[receiver].uri, newEmployerUscc=EMPLOYERS[employer]
        )
        handoff = await stage[sender].act("releaseMember", there)
        await stage[receiver].act("acceptHandoff", inputs.acceptance(handoff["id"], employerUscc=EMPLOYERS[employer]))
    member = await stage["U1"].ask(MEMBER_QUERY, id=stage.member("M1"))
    held = member["holdings"]
    assert [holding["union"]["name"] for holding in held] == [UNIONS[ref].name for ref in ("U1", "U2", "U3", "U1")]
    assert [holding["until"] for holding in held] == [*(holding["from"] for holding in held[1:]), None]
    assert (member["custodyVersion"], len(member["certificate"]["transferColumn"])) == (4, 3)
    assert await stage["U2"].ask(MEMBER_QUERY, id=stage.member("M1")) is None


async def test_null_and_absent_are_the_same_in_an_input(stage: Stage) -> None:
    asked: dict[str, Any] = inputs.release(stage.member("M1")) | {"formCustody": None, "handoffId": None}
    draft = await stage["U1"].draft("releaseMember", asked)
    assert draft["refusals"] == []
    assert json.loads(draft["claims"])["release"]["form_custody"]
