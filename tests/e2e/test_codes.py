"""Every refusal code over HTTP: brought about once, with its articles, both languages, next step, path and time.

Where both exist, the draft and the act refuse alike (`Party.refused`); what each must tell is looked at on the wire.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import uuid4

import pytest

from federation.keys import PrivateKey
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import CERTIFICATES_QUERY, REFUSAL, REVEAL, ROLL_QUERY
from tests.e2e.forging import NO_HASH, NO_MEMBER, RELEASE_TYP, made_up_release, signed
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.stage import TODAY, day
from tests.e2e.test_acts import NEWCOMER
from tests.e2e.test_keys import end_of
from tests.e2e.test_prints import printer
from tests.e2e.wire import claims_of, look_at
from tests.winding import set_state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

Provoke: TypeAlias = "Callable[[Stage], Awaitable[Json]]"
PROVOKED: Final[dict[str, tuple[Provoke, list[str], list[str], bool]]] = {}


def provokes(code: str, articles: str, *path: str, retryable: bool = False) -> Callable[[Provoke], Provoke]:
    """Enter a function that brings a refusal about, with what the domain and the contract say of it."""

    def enter(function: Provoke) -> Provoke:
        PROVOKED[code] = (function, articles.split(), list(path), retryable)
        return function

    return enter


@pytest.mark.parametrize("code", list(Code))
async def test_each_code_is_told_as_it_must_be(stage: Stage, code: Code) -> None:
    provoked, articles, path, retryable = PROVOKED[code]
    refusal = await provoked(stage)
    assert refusal["code"] == code
    assert refusal["articles"] == articles
    assert refusal["path"] == path
    assert refusal["retryable"] is retryable


async def test_the_schema_has_these_codes_and_no_other(stage: Stage) -> None:
    listed = await stage["U1"].ask('{ answer: __type(name: "RefusalCode") { enumValues { name } } }')
    assert {value["name"] for value in listed["enumValues"]} == set(PROVOKED)


# ---- who may act


@provokes("UNION_STILL_HOLDS_MEMBERS", "HUB-P09")
async def _still_holds(stage: Stage) -> Json:
    await stage["U13"].act("windUpUnion", {"union": UNIONS["U1"].uri, "decidedOn": "2025-03-03"})
    return await stage["U13"].refused("closeUnion", {"union": UNIONS["U1"].uri, "closedOn": "2025-03-03"})


@provokes("MEMBER_NOT_FOUND_OR_NOT_HELD", "A11")
async def _not_held(stage: Stage) -> Json:
    return await stage["U2"].submit("releaseMember", made_up_release(stage["U2"], str(uuid4()), UNIONS["U3"].uri))


@provokes("NOT_HOLDER", "A12")
async def _not_holder(stage: Stage) -> Json:
    return await stage["U2"].refused("recallHandoff", {"handoffId": (await stage.released())["id"]})


@provokes("NOT_FIRST_HOLDER", "A25")
async def _not_first(stage: Stage) -> Json:
    await stage.moved()
    return await stage["U2"].refused("importHistory", inputs.history(stage.member("M1")))


@provokes("VOTING_SUSPENDED", "A21", "memberId")
async def _no_vote(stage: Stage) -> Json:
    await stage["U1"].act("recordRetention", inputs.retaining(stage.member("M1")))
    refusal: Json = await stage["U1"].ask(ROLL_QUERY, memberId=stage.member("M1"))
    return look_at(refusal)


@provokes("RECEIVER_MISMATCH", "A12")
async def _receiver_mismatch(stage: Stage) -> Json:
    return await stage["U1"].refused("acceptHandoff", inputs.acceptance((await stage.released())["id"]))


@provokes("ISSUER_IS_JOINT_UNION", "A15")
async def _joint(stage: Stage) -> Json:
    return await stage["U3a"].submit("releaseMember", made_up_release(stage["U3a"], str(uuid4())))


@provokes("ISSUER_IS_GRASSROOTS_UNION", "A15")
async def _grassroots(stage: Stage) -> Json:
    return await stage["U4"].submit("releaseMember", made_up_release(stage["U4"], str(uuid4())))


@provokes("UNION_NOT_ACTIVE", "HUB-P09")
async def _not_active(stage: Stage) -> Json:
    await set_state(stage.superuser, "CLOSED", UNIONS["U1"].uri)
    return await stage["U1"].refused("releaseMember", inputs.release(stage.member("M1")))


@provokes("NOT_NEXT_HIGHER_UNION", "HUB-P17")
async def _not_next_higher(stage: Stage) -> Json:
    asked = stage.key_input(UNIONS["U1"].uri, "SIGNING", PrivateKey.generate())
    return await stage["U2"].refused("registerKey", asked)


# ---- the join


@provokes("ALREADY_MEMBER_USE_TRANSFER", "A3 A8")
async def _already_member(stage: Stage) -> Json:
    asked = inputs.joining(MEMBERS["M1"], certificate=None, certificateIssuedOn=None)
    return await stage["U2"].refused("joinMember", asked)


@provokes("NOT_A_MEMBER", "A5")
async def _not_a_member(stage: Stage) -> Json:
    """One that has ended by a merge, in the hands of its last holder."""
    u1, u2 = stage["U1"], stage["U2"]
    second = await u2.act("importMember", inputs.on_paper(MEMBERS["M1"]))
    await u2.act("mergeMemberships", {"memberId": second["id"], "survivor": False})
    await u1.act("mergeMemberships", {"memberId": stage.member("M1"), "survivor": True})
    return await u2.refused("releaseMember", inputs.release(second["id"], receivingUnion=UNIONS["U3"].uri))


_REPORT = {"form": "WRITTEN", "givenOn": "2025-03-03", "evidenceSha256": inputs.EVIDENCE}


@provokes("CERTIFICATE_NOT_VALID", "NX-7")
async def _certificate_not_valid(stage: Stage) -> Json:
    u1, u2 = stage["U1"], stage["U2"]
    await u1.act("recordLoss", {"memberId": stage.member("M1"), "consent": _REPORT})
    asked = inputs.asking(MEMBERS["M1"], relationStartedOn="2025-03-01", consent=_REPORT)
    return await u2.submit("requestHandoff", await u2.drafted("requestHandoff", asked))


@provokes("FEE_NOT_ALLOWED", "N5", "reissue", "fee")
async def _fee(stage: Stage) -> Json:
    number = {"provinceCode": "31", "number": "000101"}
    asked = {"memberId": stage.member("M1"), "certificate": number, "reason": "FULL", "fee": 10}
    return await stage["U1"].refused("reissueCertificate", asked)


@provokes("NOT_PROVINCIAL_FEDERATION", "N4")
async def _not_provincial(stage: Stage) -> Json:
    return await stage["U1"].refused("setNumberingScheme", {"provinceCode": "31", "pattern": "\\d{12}"})


@provokes("SAMPLE_NOT_APPROVED", "N4", "printer", "sample_id")
async def _sample_not_approved(stage: Stage) -> Json:
    asked = {"printerUscc": EMPLOYERS["乙"], "charterVersion": "2023", "layoutSha256": inputs.EVIDENCE}
    sample = await stage["U10"].act("submitSample", asked)
    asked = {"sampleId": sample["sampleId"], "publicisedOn": "2025-03-03", "decisionSha256": inputs.EVIDENCE}
    return await stage["U10"].refused("choosePrinter", asked)


@provokes("PRINT_NOT_AUTHORISED", "N3", "run", "loan_id")
async def _not_authorised(stage: Stage) -> Json:
    await printer(stage["U10"], stage["U0"])
    loan = await stage["U10"].act("requestSealLoan", {"applicationSha256": inputs.EVIDENCE})
    numbers = {"firstNumber": "000101", "lastNumber": "000600"}
    return await stage["U10"].refused(
        "recordPrintRun", {"loanId": loan["loanId"], "printedOn": "2025-03-03", **numbers}
    )


@provokes("PRINT_REPORT_EXISTS", "N4", "report", "version")
async def _report_exists(stage: Stage) -> Json:
    await stage["U10"].act("filePrintReport", {"year": 2025, "printedCount": 1})
    return await stage["U10"].refused("filePrintReport", {"year": 2025, "printedCount": 2})


@provokes("CERTIFICATE_NOT_ISSUED", "N6", "certificate")
async def _not_issued(stage: Stage) -> Json:
    """A warning, and no refusal: it stands by the member."""
    member = await stage["U1"].act("joinMember", _newcomer(certificate=None, certificateIssuedOn=None))
    (warning,) = (await stage["U1"].ask(CERTIFICATES_QUERY, id=member["id"]))["warnings"]
    found: Json = warning
    return found


@provokes("RATE_LIMITED", "HUB-P17", retryable=True)
async def _rate_limited(stage: Stage) -> Json:
    await stage.superuser.execute(
        "insert into hub.disclosures (union_id, at, disclosure_id, kind, membership_id) "
        "select u.union_id, $2, gen_random_uuid(), 'ALREADY_MEMBER', gen_random_uuid() "
        "from hub.unions u, generate_series(1, 200) where u.uri = $1",
        UNIONS["U2"].uri,
        TODAY,
    )
    return await _already_member(stage)


@provokes("JOIN_NOT_APPROVED_BY_UNION", "A2 A4 A5", "join", "holding_basis")
async def _not_approved(stage: Stage) -> Json:
    return await stage["U10"].refused("joinMember", _newcomer())


@provokes("EMPLOYER_HAS_UNION", "A6 A13", "join", "employer_uscc")
async def _employer_has_union(stage: Stage) -> Json:
    asked = _newcomer(holdingBasis="PRE_ESTABLISHMENT", employerUscc=EMPLOYERS["乙"])
    refusal = await stage["U5"].refused("joinMember", asked)
    assert UNIONS["U2"].name in refusal["nextStep"]
    return refusal


@provokes("CERTIFICATE_NUMBER_DUPLICATE", "N2", "join", "certificate", "number")
async def _duplicate(stage: Stage) -> Json:
    return await stage["U1"].refused("joinMember", _newcomer(certificate={"provinceCode": "31", "number": "000001"}))


@provokes("CERTIFICATE_NUMBER_FORMAT", "N2", "join", "certificate")
async def _format(stage: Stage) -> Json:
    return await stage["U1"].refused("joinMember", _newcomer(certificate={"provinceCode": "00", "number": "000001"}))


# ---- the release


@provokes("HANDOFF_ALREADY_OPEN", "HUB-P04")
async def _already_open(stage: Stage) -> Json:
    await stage.released()
    refusal = await stage["U1"].refused("releaseMember", inputs.release(stage.member("M1")))
    assert refusal["possibleFrom"] == "2025-06-01T16:00:00Z"
    return refusal


@provokes("LABOUR_RELATION_UNCHANGED", "A3", "release", "relation_ended_on")
async def _unchanged(stage: Stage) -> Json:
    return await stage["U1"].refused("releaseMember", inputs.release(stage.member("M1"), relationEndedOn=None))


@provokes("AWAITING_POST_NO_CHANGE", "A3", "release", "reason_code")
async def _awaiting_post(stage: Stage) -> Json:
    return await _released_for(stage, "AWAITING_POST")


@provokes("STUDY_LEAVE_NO_CHANGE", "A14", "release", "reason_code")
async def _study(stage: Stage) -> Json:
    return await _released_for(stage, "OFF_JOB_STUDY")


@provokes("REASON_NOT_ALLOWED", "HUB-P17", "release", "reason_code")
async def _reason(stage: Stage) -> Json:
    for code in ("PLACEMENT_EXIT", "SECONDMENT_RETURN", "RESIDENCE_MOVE", "DISPATCH_CHOICE", "CORRECTION"):
        assert (await _released_for(stage, code))["code"] == "REASON_NOT_ALLOWED"
    return await _released_for(stage, "NO_SUCH_REASON")


async def _placing(stage: Stage, ref: str = "M3", by: str = "U1", **changes: Any) -> Json:
    given = {"reasonCode": "PLACEMENT", "receivingUnion": UNIONS["U5"].uri, "newEmployerUscc": EMPLOYERS["新店"]}
    return await stage[by].refused("releaseMember", inputs.release(stage.member(ref), **given | changes))


@provokes("DISPATCH_MUST_JOIN_HOST", "A9", "release", "host_employer_uscc")
async def _must_join_host(stage: Stage) -> Json:
    dispatched = {"newEmployerUscc": EMPLOYERS["己"], "hostEmployerUscc": EMPLOYERS["丁"]}
    return await _placing(stage, "M6", "U3", **dispatched)


@provokes("NOT_REEMPLOYED_USE_RETENTION", "A13 A19", "release", "new_employer_uscc")
async def _not_reemployed(stage: Stage) -> Json:
    return await _placing(stage, newEmployerUscc=None)


@provokes("NOT_RESIDENCE_AREA", "A13 A19", "release", "receiving_union")
async def _not_residence(stage: Stage) -> Json:
    return await _placing(stage, "M1")


@provokes("NOT_WORKPLACE_AREA", "A6 A13", "release", "receiving_union")
async def _not_workplace(stage: Stage) -> Json:
    return await _placing(stage, reasonCode="WORKPLACE_AREA", newEmployerUscc=EMPLOYERS["己"])


@provokes("RECEIVER_KIND_NOT_ALLOWED", "A13 A19", "release", "receiving_union")
async def _not_of_the_kind(stage: Stage) -> Json:
    return await _placing(stage, receivingUnion=UNIONS["U9"].uri)


@provokes("RECEIVER_CANNOT_HOLD", "A15", "release", "receiving_union")
async def _cannot_hold(stage: Stage) -> Json:
    for ref in ("U4", "U3a", "U0"):
        refusal = await stage["U1"].refused(
            "releaseMember", inputs.release(stage.member("M1"), receivingUnion=UNIONS[ref].uri)
        )
        assert refusal["code"] == "RECEIVER_CANNOT_HOLD"
    return await stage["U1"].refused(
        "releaseMember", inputs.release(stage.member("M1"), receivingUnion=UNIONS["U9"].uri)
    )


@provokes("UNION_NOT_FOUND", "HUB-P17", "release", "receiving_union")
async def _union_not_found(stage: Stage) -> Json:
    unknown = "urn:union:81310117MC1D25256C"
    return await stage["U1"].refused("releaseMember", inputs.release(stage.member("M1"), receivingUnion=unknown))


@provokes("DATE_IN_FUTURE", "NX-3", "release", "out_date")
async def _future(stage: Stage) -> Json:
    refusal = await stage["U1"].refused("releaseMember", inputs.release(stage.member("M1"), outDate="2025-03-04"))
    assert refusal["possibleFrom"] == "2025-03-03T16:00:00Z"
    return refusal


@provokes("BACKDATE_TOO_FAR", "HUB-P06", "release", "out_date")
async def _backdated(stage: Stage) -> Json:
    changes = {"outDate": "2024-12-02", "relationEndedOn": "2024-11-30"}
    refusal = await stage["U1"].refused("releaseMember", inputs.release(stage.member("M1"), **changes))
    assert (await stage.released("M2", **changes | {"outDate": "2024-12-03"}))["state"] == "RELEASED"  # 90 days
    return refusal


@provokes("DUES_MONTH_IMPLAUSIBLE", "NX-3", "release", "dues_paid_through")
async def _dues(stage: Stage) -> Json:
    u1 = stage["U1"]
    for month in ("2012-05", "2026-04"):
        refusal = await u1.refused("releaseMember", inputs.release(stage.member("M1"), duesPaidThrough=month))
    for ref, month in (("M1", "2012-06"), ("M2", "2026-03")):
        assert (await stage.released(ref, duesPaidThrough=month))["duesPaidThrough"] == month
    return refusal


@provokes("STALE_VERSION", "HUB-P17", "release", "custody_version")
async def _stale(stage: Stage) -> Json:
    """A release drafted before the member went away and came back."""
    old = await stage["U1"].drafted("releaseMember", inputs.release(stage.member("M1")))
    await stage.moved()
    back = inputs.release(stage.member("M1"), receivingUnion=UNIONS["U1"].uri, newEmployerUscc=EMPLOYERS["甲"])
    handoff = await stage["U2"].act("releaseMember", back)
    await stage["U1"].act("acceptHandoff", inputs.acceptance(handoff["id"], employerUscc=EMPLOYERS["甲"]))
    return await stage["U1"].submit("releaseMember", old)


# ---- acceptance, refusal, recall


@provokes("NO_LABOUR_RELATION_YET", "A13 A20", "acceptance", "employer_uscc")
async def _no_relation(stage: Stage) -> Json:
    asked = inputs.acceptance((await stage.released())["id"], employerUscc=None)
    return await stage["U2"].refused("acceptHandoff", asked)


@provokes("IN_DATE_BEFORE_OUT_DATE", "NX-3", "acceptance", "in_date")
async def _before(stage: Stage) -> Json:
    asked = inputs.acceptance((await stage.released())["id"], inDate="2025-03-02")
    return await stage["U2"].refused("acceptHandoff", asked)


@provokes("RELEASE_EXPIRED", "HUB-P01")
async def _expired(stage: Stage) -> Json:
    released = await stage.released()
    await stage.let_it_be(day(6, 2))
    return await stage["U2"].refused("acceptHandoff", inputs.acceptance(released["id"], inDate="2025-06-01"))


@provokes("HANDOFF_NOT_OPEN", "HUB-P04")
async def _not_open(stage: Stage) -> Json:
    released = await stage.released()
    await stage["U1"].act("recallHandoff", {"handoffId": released["id"]})
    refusal = await stage["U2"].refused("acceptHandoff", inputs.acceptance(released["id"]))
    assert "RECALLED" in refusal["messageEn"]
    assert "已撤回" in refusal["message"]
    return refusal


@provokes("STEP_NOT_ALLOWED", "HUB-P17")
async def _step(stage: Stage) -> Json:
    """No act of this version leaves a case in a state that is open and not released: the row is set so by hand."""
    released = await stage.released()
    await stage.superuser.execute("update hub.dockets set state = 'REQUESTED'")
    return await stage["U2"].refused("acceptHandoff", inputs.acceptance(released["id"]))


# ---- secondment


async def _lent(stage: Stage) -> str:
    """Lend M4 to U12."""
    offered = await stage["U1"].act("releaseMember", inputs.offering(stage.member("M4")))
    await stage["U12"].act("acceptHandoff", inputs.taking(offered["id"], "2025-03-03", "SECONDMENT"))
    return stage.member("M4")


@provokes("SECONDMENT_TOO_SHORT", "A14", "release", "secondment", "ends_on")
async def _too_short(stage: Stage) -> Json:
    term = {"startsOn": "2025-01-15", "endsOn": "2025-07-13"}
    return await stage["U1"].refused("releaseMember", inputs.offering(stage.member("M4"), secondment=term))


@provokes("SECONDMENT_TERM_MISSING", "A14", "release", "secondment", "starts_on")
async def _no_term(stage: Stage) -> Json:
    return await stage["U1"].refused("releaseMember", inputs.offering(stage.member("M4"), secondment=None))


@provokes("SECONDMENT_HOST_HAS_NO_UNION", "A14", "release", "receiving_union")
async def _no_union(stage: Stage) -> Json:
    asked = inputs.offering(stage.member("M4"), newEmployerUscc=EMPLOYERS["新店"])
    return await stage["U1"].refused("releaseMember", asked)


@provokes("SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST", "A14", "release", "reason_code")
async def _releasable(stage: Stage) -> Json:
    return await stage["U12"].refused("releaseMember", inputs.release(await _lent(stage)))


@provokes("REVERSION_ONLY_TO_HOME", "A14", "release", "receiving_union")
async def _only_home(stage: Stage) -> Json:
    elsewhere = {"receivingUnion": UNIONS["U2"].uri, "duesPaidThrough": "2025-02"}
    return await stage["U12"].refused("releaseMember", inputs.returning(await _lent(stage), "2025-03-03", **elsewhere))


@provokes("SECONDMENT_RETURN_FIRST", "A14 A17")
async def _return_first(stage: Stage) -> Json:
    return await stage["U12"].refused("recordRetention", inputs.retaining(await _lent(stage)))


# ---- retention


@provokes("INTERNAL_RETIREMENT_NO_CHANGE", "A18", "retention", "reason")
async def _internal_retirement(stage: Stage) -> Json:
    return await stage["U1"].refused("recordRetention", inputs.retaining(stage.member("M1"), "INTERNAL_RETIREMENT"))


@provokes("PLACEMENT_IS_NOT_RETENTION", "A13 A21", "retention", "reason")
async def _placed(stage: Stage) -> Json:
    asked = inputs.retaining(stage.member("M1"), "PLACED_WITHOUT_LOCAL_UNION")
    return await stage["U1"].refused("recordRetention", asked)


@provokes("REEMPLOYED_USE_TRANSFER", "A13 A19", "retention", "new_employer_uscc")
async def _reemployed(stage: Stage) -> Json:
    asked = inputs.retaining(stage.member("M1"), "UNEMPLOYMENT", newEmployerUscc=EMPLOYERS["乙"])
    return await stage["U1"].refused("recordRetention", asked)


@provokes("REHIRED_RETIREE_NO_TRANSFER", "A17")
async def _rehired(stage: Stage) -> Json:
    await stage["U1"].act("recordRetention", inputs.retaining(stage.member("M1")))
    return await stage["U1"].refused("restoreMembership", inputs.restoring(stage.member("M1")))


@provokes("IN_MILITARY_SERVICE", "A20", "restoration", "discharged_on")
async def _in_service(stage: Stage) -> Json:
    await stage["U1"].act("recordRetention", inputs.retaining(stage.member("M1"), "MILITARY_SERVICE"))
    return await stage["U1"].refused("restoreMembership", inputs.restoring(stage.member("M1")))


@provokes("EMPLOYER_NOT_CLOSED", "A19", "release", "closure")
async def _not_closed(stage: Stage) -> Json:
    m3 = stage.member("M3")
    await stage["U1"].act("recordRetention", inputs.retaining(m3, "UNEMPLOYMENT"))
    asked = {"receivingUnion": UNIONS["U5"].uri, "reasonCode": "EMPLOYER_CLOSURE", "newEmployerUscc": None}
    return await stage["U1"].refused("releaseMember", inputs.release(m3, **asked))


@provokes("DUES_EXEMPT_IN_RETENTION", "A21", "amendment", "dues_paid_through")
async def _exempt(stage: Stage) -> Json:
    await stage["U1"].act("recordRetention", inputs.retaining(stage.member("M1")))
    asked = {"memberId": stage.member("M1"), "isCorrection": False, "duesPaidThrough": "2025-03"}
    refusal = await stage["U1"].refused("amendMember", asked)
    assert "2025-03" in refusal["message"]
    return refusal


# ---- the end of a membership


@provokes("WITHDRAWAL_NOT_REQUESTED_BY_MEMBER", "A22", "withdrawal", "request_sha256")
async def _not_requested(stage: Stage) -> Json:
    asked = inputs.withdrawing(stage.member("M1"), requestSha256=None)
    return await stage["U1"].refused("recordWithdrawal", asked)


@provokes("WITHDRAWAL_STEPS_INCOMPLETE", "A22", "withdrawal", "persuaded_on")
async def _steps(stage: Stage) -> Json:
    return await stage["U1"].refused("recordWithdrawal", inputs.withdrawing(stage.member("M1"), persuadedOn=None))


@provokes("DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET", "A22", "deemed_withdrawal", "unpaid_since")
async def _paid(stage: Stage) -> Json:
    return await stage["U1"].refused("recordDeemedWithdrawal", inputs.deeming(stage.member("M1")))


@provokes("EXPULSION_NO_CRIMINAL_PUNISHMENT", "A23", "expulsion", "judgment_sha256")
async def _unpunished(stage: Stage) -> Json:
    return await stage["U1"].refused("decideExpulsion", inputs.expelling(stage.member("M1"), judgmentSha256=None))


@provokes("EXPULSION_STEPS_INCOMPLETE", "A23", "expulsion", "opinion_sha256")
async def _no_opinion(stage: Stage) -> Json:
    return await stage["U1"].refused("decideExpulsion", inputs.expelling(stage.member("M1"), opinionSha256=None))


@provokes("FILING_TO_WRONG_LEVEL", "A23", "filing", "filed_with")
async def _wrong_level(stage: Stage) -> Json:
    await stage["U1"].act("decideExpulsion", inputs.expelling(stage.member("M1")))
    asked = {"memberId": stage.member("M1"), "filedOn": "2025-02-26", "filedWith": stage["U10"].uri}
    return await stage["U1"].refused("fileExpulsion", asked)


@provokes("CERTIFICATE_COLLECTED_BEFORE_FILING", "N6", "collection", "collected_on")
async def _collected_before(stage: Stage) -> Json:
    await stage["U1"].act("decideExpulsion", inputs.expelling(stage.member("M1")))
    asked = {"memberId": stage.member("M1"), "collectedOn": "2025-02-26"}
    return await stage["U1"].refused("collectCertificate", asked)


# ---- the receiver's refusal


@provokes("REFUSAL_GROUND_NOT_ALLOWED", "A12", "refusal", "ground")
async def _ground(stage: Stage) -> Json:
    handoff = (await stage.released())["id"]
    for ground in ("UNRETURNED_ITEMS", "AGE", "HUKOU", "PART_TIME", "NO_QUOTA", "OTHER", "OPTION_DECLINED"):
        refusal = await stage["U2"].refused("refuseHandoff", {"handoffId": handoff, "ground": ground})
        assert "NO_LABOUR_RELATION_HERE" in refusal["nextStep"]
    return refusal


@provokes("RELEASE_WITHHELD_GROUND_NOT_ALLOWED", "A12", "objection", "ground")
async def _withheld(stage: Stage) -> Json:
    asked = await _asked(stage)
    for ground in ("ARREARS", "UNRETURNED_ITEMS", "AGE", "NO_CONTRACT", "OTHER"):
        refusal = await stage["U1"].refused("objectToRequest", {"handoffId": asked["id"], "ground": ground})
        assert "RELATION_CONTINUES" in refusal["nextStep"]
    return refusal


@provokes("PROOF_OF_MEMBERSHIP_MISSING", "A12")
async def _no_proof(stage: Stage) -> Json:
    return await stage["U2"].refused("requestHandoff", _asking(certificate=None))


@provokes("PROOF_OF_MEMBERSHIP_MISMATCH", "A12")
async def _mismatch(stage: Stage) -> Json:
    """The draft says nothing of it, and so not whether there is such a member: the request does."""
    u2 = stage["U2"]
    answers = [
        await u2.hand_in("requestHandoff", await u2.drafted("requestHandoff", _asking(**wrong)))
        for wrong in ({"name": "王五"}, {"certificate": {"provinceCode": "31", "number": "999999"}})
    ]
    assert answers[0].body == answers[1].body
    refusal: Json = answers[0].data["answer"]
    return look_at(refusal)


@provokes("MEMBER_CONSENT_REQUIRED", "HUB-P15", "request", "consent", "given_on")
async def _consent(stage: Stage) -> Json:
    u2 = stage["U2"]
    assert (await u2.refused("requestHandoff", _asking(consent=None)))["path"] == ["request", "consent"]
    return await u2.refused("requestHandoff", _asking(consent={**_CONSENT, "givenOn": "2025-01-31"}))


@provokes("NO_CASE_FOR_HIGHER_UNION", "HUB-P02")
async def _no_case(stage: Stage) -> Json:
    asked = await _asked(stage)
    drafts = [
        await stage["U13"].draft("dismissRequest", {"handoffId": handoff, "ground": "NOT_OUR_MEMBER"})
        for handoff in (asked["id"], NO_MEMBER)
    ]
    assert drafts[0] == drafts[1]
    refusal: Json = drafts[0]["refusals"][0]
    return refusal


_CONSENT: Final = {"form": "WRITTEN", "givenOn": "2025-03-02", "evidenceSha256": inputs.EVIDENCE}


def _asking(**changes: Any) -> Json:
    given = {"relationStartedOn": "2025-03-01", "consent": _CONSENT}
    return inputs.asking(MEMBERS["M1"], **{**given, **changes})


async def _asked(stage: Stage) -> Json:
    """U2 has asked for M1."""
    return await stage["U2"].act("requestHandoff", _asking())


@provokes("DISCRIMINATORY_GROUND", "A4", "refusal", "ground")
async def _discriminatory(stage: Stage) -> Json:
    handoff = (await stage.released())["id"]
    for ground in ("ETHNICITY", "RACE", "SEX", "OCCUPATION", "RELIGION", "EDUCATION"):
        refusal = await stage["U2"].refused("refuseHandoff", {"handoffId": handoff, "ground": ground})
        assert refusal["code"] == "DISCRIMINATORY_GROUND"
    return refusal


@provokes("CONTRACT_NOT_REQUIRED", "A7", "refusal", "ground")
async def _contract(stage: Stage) -> Json:
    asked = {"handoffId": (await stage.released())["id"], "ground": "NO_CONTRACT"}
    return await stage["U2"].refused("refuseHandoff", asked)


# ---- the statement


@provokes("STATEMENT_MALFORMED", "HUB-P17", "release", "out_date")
async def _malformed(stage: Stage) -> Json:
    made_up = made_up_release(stage["U1"], stage.members["M1"]["membershipId"], out_date="2025-02-30")
    return await stage["U1"].submit("releaseMember", made_up)


@provokes("SIGNATURE_INVALID", "NX-7", "header", "kid")
async def _signature(stage: Stage) -> Json:
    stage["U1"].signing = PrivateKey.generate()
    statement = await stage["U1"].drafted("releaseMember", inputs.release(stage.member("M1")))
    return await stage["U1"].submit("releaseMember", statement)


@provokes("SIGNING_KEY_NOT_VALID", "NX-7", "header", "kid")
async def _key_not_valid(stage: Stage) -> Json:
    u1 = stage["U1"]
    statement = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
    await u1.act("retireKey", end_of(u1, u1.signing, u1.clock.now()))
    return await u1.submit("releaseMember", statement)


@provokes("SIGNER_IS_NOT_CALLER", "HUB-P17", "iss")
async def _not_caller(stage: Stage) -> Json:
    statement = await stage["U1"].drafted("releaseMember", inputs.release(stage.member("M1")))
    return await stage["U2"].submit("releaseMember", statement)


@provokes("STATEMENT_EXPIRED", "HUB-P17", "exp")
async def _statement_expired(stage: Stage) -> Json:
    statement = await stage["U1"].drafted("releaseMember", inputs.release(stage.member("M1")))
    await stage.let_it_be(TODAY + timedelta(days=8))
    return await stage["U1"].submit("releaseMember", statement)


@provokes("CLOCK_SKEW", "HUB-P17", "iat", retryable=True)
async def _skew(stage: Stage) -> Json:
    u1 = stage["U1"]
    claims = claims_of(await u1.drafted("releaseMember", inputs.release(stage.member("M1"))))
    ahead = signed(claims | {"iat": claims["iat"] + 3600}, RELEASE_TYP, u1.signing)
    refusal = await u1.submit("releaseMember", ahead)
    assert "2025-03-03T02:0" in refusal["message"]
    await stage.let_it_be(TODAY + timedelta(hours=1))
    assert (await u1.submit("releaseMember", ahead))["state"] == "RELEASED"
    return refusal


@provokes("DOCUMENT_TAMPERED", "HUB-P17", "acceptance", "release_sha256")
async def _tampered(stage: Stage) -> Json:
    released = await stage.released()
    u2 = stage["U2"]
    claims = claims_of(await u2.drafted("acceptHandoff", inputs.acceptance(released["id"])))
    claims["acceptance"]["release_sha256"] = NO_HASH
    return await u2.submit("acceptHandoff", signed(claims, "unionhub.acceptance+jwt", u2.signing))


@provokes("IDEMPOTENCY_CONFLICT", "HUB-P17", "jti")
async def _conflict(stage: Stage) -> Json:
    u1 = stage["U1"]
    statement = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
    await u1.submit("releaseMember", statement)
    other = signed(claims_of(statement) | {"sub": str(uuid4())}, RELEASE_TYP, u1.signing)
    return await u1.submit("releaseMember", other)


@provokes("INPUT_INVALID", "HUB-P17", "release", "receiving_union")
async def _input(stage: Stage) -> Json:
    asked = inputs.release(stage.member("M1"), receivingUnion=UNIONS["U1"].uri)
    return await stage["U1"].refused("releaseMember", asked)


@provokes("KEY_PROOF_INVALID", "HUB-P17", "key", "proof")
async def _proof(stage: Stage) -> Json:
    asked = stage.key_input(UNIONS["U1"].uri, "SIGNING", PrivateKey.generate())
    other = stage.key_input(UNIONS["U1"].uri, "SIGNING", PrivateKey.generate())
    return await stage["U1"].refused("registerKey", asked | {"proof": other["proof"]})


@provokes("PURPOSE_REQUIRED", "HUB-P17 A11", "purpose")
async def _purpose(stage: Stage) -> Json:
    return look_at(await stage["U1"].ask(REVEAL, memberId=stage.member("M1"), purpose=" "))


# ---- entrustment


@provokes("ENTRUSTMENT_CLAUSE_MISSING", "A9", "entrustment", "activities")
async def _clause(stage: Stage) -> Json:
    return await stage["U7"].refused("proposeEntrustment", inputs.entrustment(activities=None))


@provokes("ENTRUSTMENT_PARTY_INVALID", "A9", "entrustment", "host_union")
async def _party(stage: Stage) -> Json:
    return await stage["U2"].refused("proposeEntrustment", inputs.entrustment())


@provokes("ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION", "A9", "entrustment", "roster", "0")
async def _not_entrusted_by_holder(stage: Stage) -> Json:
    return await stage["U7"].refused("proposeEntrustment", inputs.entrustment(inputs.entry(stage.member("M1"))))


@provokes("COVERAGE_OUTSIDE_DISPATCH", "A9", "entrustment", "roster", "0")
async def _outside_dispatch(stage: Stage) -> Json:
    line = inputs.entry(stage.member("M5"), dispatchTo="2025-05-31")
    return await stage["U7"].refused("proposeEntrustment", inputs.entrustment(line))


@provokes("ENTRUSTMENT_NOT_IN_FORCE", "A9")
async def _not_in_force(stage: Stage) -> Json:
    agreement = await stage["U7"].act("proposeEntrustment", inputs.entrustment())
    return await stage["U7"].refused("terminateEntrustment", {"agreementId": agreement["id"]})


@provokes("ALREADY_ENTRUSTED", "HUB-P18", "entrustment", "roster", "0")
async def _entrusted_already(stage: Stage) -> Json:
    await stage.entrusted()
    return await stage["U7"].refused("proposeEntrustment", inputs.entrustment(inputs.entry(stage.member("M5"))))


@provokes("ENTRUSTED_HOST_CANNOT_ACT", "A9 A16")
async def _entrusted_host(stage: Stage) -> Json:
    await stage.entrusted()
    jws = made_up_release(stage["U8"], stage.members["M5"]["membershipId"], UNIONS["U2"].uri)
    return await stage["U8"].submit("releaseMember", jws)


@provokes("COUNT_EXCLUDES_RETAINED", "A16")
async def _count_excludes_retained(stage: Stage) -> Json:
    u1, member = stage["U1"], stage.member("M3")
    await u1.act("recordRetention", inputs.retaining(member))
    union = (await u1.ask("{ answer: viewer { union { id } } }"))["union"]["id"]
    query = (
        "query ($union: ID!, $member: ID!) { answer: explainCount(unionId: $union, memberId: $member, "
        f'asOf: "2025-03-03") {{ refusal {{ {REFUSAL} }} }} }}'
    )
    return look_at((await u1.ask(query, union=union, member=member))["refusal"])


@provokes("COUNTED_BY_DISPATCH_UNION", "A9 A16")
async def _counted_by_dispatch_union(stage: Stage) -> Json:
    await stage.entrusted()
    union = (await stage["U8"].ask("{ answer: viewer { union { id } } }"))["union"]["id"]
    query = (
        "query ($union: ID!, $member: ID!) { answer: explainCount(unionId: $union, memberId: $member, "
        f'asOf: "2025-03-03") {{ refusal {{ {REFUSAL} }} }} }}'
    )
    return look_at((await stage["U8"].ask(query, union=union, member=stage.member("M5")))["refusal"])


# ---- the order, and all of them at once


async def test_a_draft_tells_all_that_speaks_against_it_in_order(stage: Stage) -> None:
    await stage.released()
    asked = inputs.release(
        stage.member("M1"),
        relationEndedOn=None,
        receivingUnion=UNIONS["U9"].uri,
        outDate="2025-03-20",
        duesPaidThrough="2030-01",
    )
    draft = await stage["U1"].draft("releaseMember", asked)
    assert [refusal["code"] for refusal in draft["refusals"]] == [
        "HANDOFF_ALREADY_OPEN",
        "LABOUR_RELATION_UNCHANGED",
        "RECEIVER_CANNOT_HOLD",
        "DATE_IN_FUTURE",
        "DUES_MONTH_IMPLAUSIBLE",
    ]
    # The claims are given all the same; the act answers the first of them.
    assert json.loads(draft["claims"])["release"]["out_date"] == "2025-03-20"
    assert (await stage["U1"].submit("releaseMember", stage["U1"].sign(draft)))["code"] == "HANDOFF_ALREADY_OPEN"


async def test_a_draft_without_its_subject_tells_that_alone(stage: Stage) -> None:
    draft = await stage["U1"].draft("releaseMember", inputs.release(NO_MEMBER, outDate="2030-01-01"))
    assert (draft["claims"], draft["card"]) == (None, None)
    assert [refusal["code"] for refusal in draft["refusals"]] == ["MEMBER_NOT_FOUND_OR_NOT_HELD"]


async def test_the_ex_holder_is_told_that_it_is_no_longer_the_holder(stage: Stage) -> None:
    await stage.moved()
    draft = await stage["U1"].draft("releaseMember", inputs.release(stage.member("M1")))
    assert [refusal["code"] for refusal in draft["refusals"]] == ["NOT_HOLDER"]
    assert (draft["claims"], draft["card"]) == (None, None)


async def _released_for(stage: Stage, reason_code: str) -> Json:
    """Ask for a release for a reason that no release may have; the statement is made by hand, as no draft gives it."""
    u1 = stage["U1"]
    draft = await u1.draft("releaseMember", inputs.release(stage.member("M1"), reasonCode=reason_code))
    refusal: Json = draft["refusals"][0]
    answer = await u1.submit("releaseMember", u1.sign(draft))
    assert answer.pop("__typename") == "Refusal"
    assert answer == refusal
    return refusal


def _newcomer(**changes: Any) -> Json:
    """Give the input of a join of somebody who is nobody's member, without an ID number."""
    person = NEWCOMER["person"] | {"idType": "OTHER"}
    del person["idNumber"]
    return inputs.changed(NEWCOMER | {"person": person}, changes)
