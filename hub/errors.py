"""Every lawful "no" of the hub: one exception, and a catalogue of codes as data.

A refusal is an answer, not a fault: it has a code, the articles it rests on, one sentence in Chinese and one in
English, and what to do next. Nothing is stored when one is raised, with two exceptions: an acceptance that voids its
handoff (`desk.cases.accept`), and the log of a look-up that found a member (`desk.joining.note_hit`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["CATALOGUE", "Code", "Refusal"]


class Code(StrEnum):
    """The code of a refusal. Frozen once released."""

    MEMBER_NOT_FOUND_OR_NOT_HELD = "MEMBER_NOT_FOUND_OR_NOT_HELD"
    NOT_HOLDER = "NOT_HOLDER"
    NOT_FIRST_HOLDER = "NOT_FIRST_HOLDER"
    ALREADY_MEMBER_USE_TRANSFER = "ALREADY_MEMBER_USE_TRANSFER"
    NOT_A_MEMBER = "NOT_A_MEMBER"
    JOIN_NOT_APPROVED_BY_UNION = "JOIN_NOT_APPROVED_BY_UNION"
    DISCRIMINATORY_GROUND = "DISCRIMINATORY_GROUND"
    CONTRACT_NOT_REQUIRED = "CONTRACT_NOT_REQUIRED"
    HANDOFF_ALREADY_OPEN = "HANDOFF_ALREADY_OPEN"
    HANDOFF_NOT_OPEN = "HANDOFF_NOT_OPEN"
    LABOUR_RELATION_UNCHANGED = "LABOUR_RELATION_UNCHANGED"
    AWAITING_POST_NO_CHANGE = "AWAITING_POST_NO_CHANGE"
    STUDY_LEAVE_NO_CHANGE = "STUDY_LEAVE_NO_CHANGE"
    NO_LABOUR_RELATION_YET = "NO_LABOUR_RELATION_YET"
    REFUSAL_GROUND_NOT_ALLOWED = "REFUSAL_GROUND_NOT_ALLOWED"
    RELEASE_WITHHELD_GROUND_NOT_ALLOWED = "RELEASE_WITHHELD_GROUND_NOT_ALLOWED"
    PROOF_OF_MEMBERSHIP_MISSING = "PROOF_OF_MEMBERSHIP_MISSING"
    PROOF_OF_MEMBERSHIP_MISMATCH = "PROOF_OF_MEMBERSHIP_MISMATCH"
    MEMBER_CONSENT_REQUIRED = "MEMBER_CONSENT_REQUIRED"
    NO_CASE_FOR_HIGHER_UNION = "NO_CASE_FOR_HIGHER_UNION"
    RECEIVER_MISMATCH = "RECEIVER_MISMATCH"
    RECEIVER_CANNOT_HOLD = "RECEIVER_CANNOT_HOLD"
    EMPLOYER_HAS_UNION = "EMPLOYER_HAS_UNION"
    DISPATCH_MUST_JOIN_HOST = "DISPATCH_MUST_JOIN_HOST"
    NOT_REEMPLOYED_USE_RETENTION = "NOT_REEMPLOYED_USE_RETENTION"
    NOT_RESIDENCE_AREA = "NOT_RESIDENCE_AREA"
    NOT_WORKPLACE_AREA = "NOT_WORKPLACE_AREA"
    RECEIVER_KIND_NOT_ALLOWED = "RECEIVER_KIND_NOT_ALLOWED"
    ISSUER_IS_JOINT_UNION = "ISSUER_IS_JOINT_UNION"
    ISSUER_IS_GRASSROOTS_UNION = "ISSUER_IS_GRASSROOTS_UNION"
    IN_DATE_BEFORE_OUT_DATE = "IN_DATE_BEFORE_OUT_DATE"
    DATE_IN_FUTURE = "DATE_IN_FUTURE"
    BACKDATE_TOO_FAR = "BACKDATE_TOO_FAR"
    DUES_MONTH_IMPLAUSIBLE = "DUES_MONTH_IMPLAUSIBLE"
    RELEASE_EXPIRED = "RELEASE_EXPIRED"
    COUNT_EXCLUDES_RETAINED = "COUNT_EXCLUDES_RETAINED"
    CERTIFICATE_NUMBER_DUPLICATE = "CERTIFICATE_NUMBER_DUPLICATE"
    CERTIFICATE_NUMBER_FORMAT = "CERTIFICATE_NUMBER_FORMAT"
    CERTIFICATE_NOT_VALID = "CERTIFICATE_NOT_VALID"
    CERTIFICATE_NOT_ISSUED = "CERTIFICATE_NOT_ISSUED"
    FEE_NOT_ALLOWED = "FEE_NOT_ALLOWED"
    NOT_PROVINCIAL_FEDERATION = "NOT_PROVINCIAL_FEDERATION"
    SAMPLE_NOT_APPROVED = "SAMPLE_NOT_APPROVED"
    PRINT_NOT_AUTHORISED = "PRINT_NOT_AUTHORISED"
    PRINT_REPORT_EXISTS = "PRINT_REPORT_EXISTS"
    UNION_NOT_ACTIVE = "UNION_NOT_ACTIVE"
    UNION_STILL_HOLDS_MEMBERS = "UNION_STILL_HOLDS_MEMBERS"
    ENTRUSTMENT_CLAUSE_MISSING = "ENTRUSTMENT_CLAUSE_MISSING"
    ENTRUSTMENT_PARTY_INVALID = "ENTRUSTMENT_PARTY_INVALID"
    ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION = "ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION"
    COVERAGE_OUTSIDE_DISPATCH = "COVERAGE_OUTSIDE_DISPATCH"
    ENTRUSTMENT_NOT_IN_FORCE = "ENTRUSTMENT_NOT_IN_FORCE"
    ALREADY_ENTRUSTED = "ALREADY_ENTRUSTED"
    ENTRUSTED_HOST_CANNOT_ACT = "ENTRUSTED_HOST_CANNOT_ACT"
    COUNTED_BY_DISPATCH_UNION = "COUNTED_BY_DISPATCH_UNION"
    SIGNATURE_INVALID = "SIGNATURE_INVALID"
    SIGNING_KEY_NOT_VALID = "SIGNING_KEY_NOT_VALID"
    SIGNER_IS_NOT_CALLER = "SIGNER_IS_NOT_CALLER"
    STATEMENT_MALFORMED = "STATEMENT_MALFORMED"
    STATEMENT_EXPIRED = "STATEMENT_EXPIRED"
    CLOCK_SKEW = "CLOCK_SKEW"
    DOCUMENT_TAMPERED = "DOCUMENT_TAMPERED"
    STALE_VERSION = "STALE_VERSION"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    STEP_NOT_ALLOWED = "STEP_NOT_ALLOWED"
    REASON_NOT_ALLOWED = "REASON_NOT_ALLOWED"
    UNION_NOT_FOUND = "UNION_NOT_FOUND"
    INPUT_INVALID = "INPUT_INVALID"
    NOT_NEXT_HIGHER_UNION = "NOT_NEXT_HIGHER_UNION"
    KEY_PROOF_INVALID = "KEY_PROOF_INVALID"
    PURPOSE_REQUIRED = "PURPOSE_REQUIRED"
    INTERNAL_RETIREMENT_NO_CHANGE = "INTERNAL_RETIREMENT_NO_CHANGE"
    PLACEMENT_IS_NOT_RETENTION = "PLACEMENT_IS_NOT_RETENTION"
    REEMPLOYED_USE_TRANSFER = "REEMPLOYED_USE_TRANSFER"
    REHIRED_RETIREE_NO_TRANSFER = "REHIRED_RETIREE_NO_TRANSFER"
    IN_MILITARY_SERVICE = "IN_MILITARY_SERVICE"
    DUES_EXEMPT_IN_RETENTION = "DUES_EXEMPT_IN_RETENTION"
    VOTING_SUSPENDED = "VOTING_SUSPENDED"
    SECONDMENT_TOO_SHORT = "SECONDMENT_TOO_SHORT"
    SECONDMENT_HOST_HAS_NO_UNION = "SECONDMENT_HOST_HAS_NO_UNION"
    SECONDMENT_TERM_MISSING = "SECONDMENT_TERM_MISSING"
    SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST = "SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST"
    REVERSION_ONLY_TO_HOME = "REVERSION_ONLY_TO_HOME"
    SECONDMENT_RETURN_FIRST = "SECONDMENT_RETURN_FIRST"
    EMPLOYER_NOT_CLOSED = "EMPLOYER_NOT_CLOSED"
    WITHDRAWAL_NOT_REQUESTED_BY_MEMBER = "WITHDRAWAL_NOT_REQUESTED_BY_MEMBER"
    WITHDRAWAL_STEPS_INCOMPLETE = "WITHDRAWAL_STEPS_INCOMPLETE"
    DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET = "DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET"
    EXPULSION_NO_CRIMINAL_PUNISHMENT = "EXPULSION_NO_CRIMINAL_PUNISHMENT"
    EXPULSION_STEPS_INCOMPLETE = "EXPULSION_STEPS_INCOMPLETE"
    FILING_TO_WRONG_LEVEL = "FILING_TO_WRONG_LEVEL"
    CERTIFICATE_COLLECTED_BEFORE_FILING = "CERTIFICATE_COLLECTED_BEFORE_FILING"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue says of a code. `{name}` in a sentence is filled from the refusal's facts."""

    articles: tuple[str, ...]
    zh: str
    en: str
    next_zh: str
    next_en: str
    retryable: bool = False  #: the same statement may succeed later, unchanged


def _entry(articles: str, zh: str, en: str, next_zh: str, next_en: str, *, retryable: bool = False) -> Entry:
    return Entry(tuple(articles.split()), zh, en, next_zh, next_en, retryable)


CATALOGUE: dict[Code, Entry] = {
    Code.MEMBER_NOT_FOUND_OR_NOT_HELD: _entry(
        "A11",
        "未找到该会员，或其会籍不由本会管理。",
        "No such member, or the membership is not held by your union.",
        "请核对会员编号；如会员已到本会所在单位工作，请其原工会办理转出。",
        "Check the id; if the member now works with you, the union that holds the membership must release it.",
    ),
    Code.NOT_HOLDER: _entry(
        "A12",
        "只有会籍所在工会可以办理此项手续。",
        "Only the union that holds the membership may do this.",
        "请由会籍所在工会办理。",
        "Ask the holding union to act.",
    ),
    Code.NOT_FIRST_HOLDER: _entry(
        "A25",
        "进入本系统以前的接转、保留记录，只能由会籍进入本系统时的所在工会补录。",
        "Lines of before the hub are brought in by the union that brought the membership into it, and by no other.",
        "请按现有记录办理；记录有误的，联系补录的工会核对。",
        "Work with the lines as they stand; where one is wrong, ask the union that brought them in.",
    ),
    Code.ALREADY_MEMBER_USE_TRANSFER: _entry(
        "A3 A8",
        "该职工已是会员，不需重复入会，请办理会籍接转。",
        "This person is already a member: one joins once and is transferred ever after.",
        "请会员出示会员证，由其会籍所在工会办理转出。",
        "Ask the member for the certificate and have the holding union release the membership.",
    ),
    Code.NOT_A_MEMBER: _entry(
        "A5",
        "未查到有效会籍，请先办理入会。",
        "There is no membership in force: it has ended.",
        "会籍已终止的，不能再办理手续，其信息也不再更改；本人仍是会员的，请以其有效会籍办理。",
        "Nothing more can be done with a membership that has ended; if the person has another, act on that one.",
    ),
    Code.JOIN_NOT_APPROVED_BY_UNION: _entry(
        "A2 A4 A5",
        "入会须经有权管理会籍的基层工会审核批准，本会不能以此方式吸收会员。",
        "Joining needs the approval of a union that may hold members in this way; yours may not.",
        "请由职工所在单位的基层工会（或办法第六、七条所列工会）办理。",
        "Have the employer's grassroots union (or one that articles 6 and 7 name) enrol the person.",
    ),
    Code.DISCRIMINATORY_GROUND: _entry(
        "A4",
        "不得以民族、种族、性别、职业、宗教信仰、教育程度为由拒绝。",
        "Ethnicity, race, sex, occupation, religion and education are no grounds to refuse.",
        "请办理接转登记；如有法定理由，请改用该理由。",
        "Accept the member, or state a lawful ground.",
    ),
    Code.CONTRACT_NOT_REQUIRED: _entry(
        "A7",
        "灵活就业会员接转不以劳动合同为条件。",
        "A written labour contract is no condition of the transfer.",
        "请办理接转登记；如职工确未在本单位工作，请说明无劳动关系。",
        "Accept the member; if there is no labour relation at all, state that ground.",
    ),
    Code.HANDOFF_ALREADY_OPEN: _entry(
        "HUB-P04",
        "该会员有正在办理的接转手续，请勿重复提交。",
        "A handoff of this member is already open.",
        "请等待该手续办结；已转出的，可先撤回原转出凭证。",
        "Wait until it is closed; who has released may recall that release first.",
    ),
    Code.HANDOFF_NOT_OPEN: _entry(
        "HUB-P04",
        "该接转手续{state_zh}，不能再办理。",
        "This handoff is closed ({state}).",
        "如仍需接转，请重新提出请求，或由会籍所在工会重新办理转出。",
        "If the member is still to move, ask anew, or let the holding union sign a new release.",
    ),
    Code.LABOUR_RELATION_UNCHANGED: _entry(
        "A3",
        "劳动（工作）关系未发生变化，会籍不作变动。",
        "The labour relation has not changed, so the membership stays where it is.",
        "劳动关系解除或终止后再办理转出，并填写终止日期。",
        "Release once the relation has ended, and state the date on which it did.",
    ),
    Code.AWAITING_POST_NO_CHANGE: _entry(
        "A3",
        "待岗期间劳动关系仍在，会籍不作变动。",
        "While awaiting a post the labour relation continues: the membership does not move.",
        "无需办理接转。",
        "Nothing is to be done.",
    ),
    Code.STUDY_LEAVE_NO_CHANGE: _entry(
        "A14",
        "脱产学习且劳动关系仍在原单位，会籍不作变动。",
        "Off-job study with the labour relation kept does not move the membership.",
        "无需办理接转；如已离职，请按实际原因办理。",
        "Nothing is to be done; if the relation has ended, release for the true reason.",
    ),
    Code.NO_LABOUR_RELATION_YET: _entry(
        "A13 A20",
        "尚未与用人单位建立劳动关系，不能接转。",
        "No labour relation with the new employer is stated yet, so the member can't be taken in.",
        "请填写用人单位代码和劳动关系起始日期，建立劳动关系后再接收。",
        "State the employer and the day on which the relation began, once it has.",
    ),
    Code.REFUSAL_GROUND_NOT_ALLOWED: _entry(
        "A12",
        "新的用人单位工会应予以接转登记，所列理由不能作为拒绝依据。",
        "The new employer's union shall register the transfer: the ground stated is not one to refuse on.",
        "请办理接转登记；可用的理由：{allowed_zh}。",
        "Accept the member; grounds open here: {allowed}.",
    ),
    Code.RELEASE_WITHHELD_GROUND_NOT_ALLOWED: _entry(
        "A12",
        "欠交会费等不能作为不予转出的理由。",
        "The ground stated is not one to withhold a release on; arrears are none.",
        "请签署转出；可用的理由：{allowed_zh}。",
        "Release the member; grounds open here: {allowed}.",
    ),
    Code.PROOF_OF_MEMBERSHIP_MISSING: _entry(
        "A12",
        "请提供会员证或会员卡等会员身份证明。",
        "A proof of membership is needed: the certificate, the card or an identity document.",
        "请会员出示会员证，重新起草时填写其编号。",
        "Ask the member for the certificate and draft again with its number.",
    ),
    Code.PROOF_OF_MEMBERSHIP_MISMATCH: _entry(
        "A12",
        "所提供的会员身份证明与会籍信息不符。",
        "The proof given does not match a membership.",
        "请与会员核对证件编号、姓名和出生年月；核对无误仍不相符的，请会员向原工会查询。",
        "Check number, name and month of birth with the member; if they are right, the member's own union can tell.",
    ),
    Code.MEMBER_CONSENT_REQUIRED: _entry(
        "HUB-P15",
        "须附会员本人同意。",
        "The member's own consent is needed, in writing, in person or electronic, and no more than 30 days old.",
        "请取得会员同意，填写形式、日期和同意书摘要。",
        "Obtain it, and state its form, its day and the hash of its text.",
    ),
    Code.NO_CASE_FOR_HIGHER_UNION: _entry(
        "HUB-P02",
        "该事项未到上级工会办理的条件。",
        "No such case lies with your union.",
        "请查看本会作为上级工会的待办事项（docket，side: HIGHER）。",
        "See the cases that lie with your union as the higher one: docket(side: HIGHER).",
    ),
    Code.RECEIVER_MISMATCH: _entry(
        "A12",
        "本会不是指定的接收工会。",
        "Your union is not the one that the release names as receiver.",
        "请由转出凭证所列的接收工会办理。",
        "The union named in the release must act.",
    ),
    Code.RECEIVER_CANNOT_HOLD: _entry(
        "A15",
        "该工会不能以此原因直接管理会员会籍。",
        "The union named can't hold a member for this reason.",
        "请指定新用人单位的基层工会（联合基层工会）为接收工会。",
        "Name the new employer's grassroots (or joint) union as receiver.",
    ),
    Code.EMPLOYER_HAS_UNION: _entry(
        "A6 A13",
        "该单位已建立工会，应在该单位工会办理。",
        "The employer has a union, so the member belongs there.",
        "请由 {union} 办理。",
        "The union to turn to: {union}.",
    ),
    Code.DISPATCH_MUST_JOIN_HOST: _entry(
        "A9",
        "派遣单位没有工会的，应在用工单位工会入会。",
        "The dispatch agency has no union, so the member belongs with that of the host enterprise.",
        "请直接转入 {union}。",
        "Release the member to {union}.",
    ),
    Code.NOT_REEMPLOYED_USE_RETENTION: _entry(
        "A13 A19",
        "尚未再就业，应办理保留会籍。",
        "The member works nowhere yet: the membership is retained, not placed.",
        "已再就业的，请填写新用人单位代码；未再就业的，请办理保留会籍。",
        "If the member works again, state the new employer; if not, record a retention.",
    ),
    Code.NOT_RESIDENCE_AREA: _entry(
        "A13 A19",
        "该工会不是会员居住地工会。",
        "The union named is not one of the area where the member lives.",
        "请核对会员居住地代码，转入居住地乡镇（街道）或村（社区）工会；会员不愿转入的，可转入用人单位所在地工会。",
        "Check the division code of the residence and name a street or village union there; a member who won't go "
        "there may go to one of the workplace (WORKPLACE_AREA).",
    ),
    Code.NOT_WORKPLACE_AREA: _entry(
        "A6 A13",
        "该工会不在用人单位所在地。",
        "The union named is not one of the area where the new employer lies.",
        "请转入用人单位所在地的乡镇（街道）、村（社区）或开发区工会。",
        "Name a street, village or zone union of the employer's area.",
    ),
    Code.RECEIVER_KIND_NOT_ALLOWED: _entry(
        "A13 A19",
        "应为居住地乡镇（街道）或村（社区）工会。",
        "The receiver is to be a street or village union of the area; another only where there is neither.",
        "请在该地区的乡镇（街道）或村（社区）工会中选择，由会员决定。",
        "Name one of the area's street or village unions, as the member chooses.",
    ),
    Code.ISSUER_IS_JOINT_UNION: _entry(
        "A15",
        "会籍接转由联合基层工会办理。",
        "The joint grassroots union handles its members' transfers, not the branch of a member unit.",
        "请提请联合基层工会办理。",
        "Ask the joint union to sign.",
    ),
    Code.ISSUER_IS_GRASSROOTS_UNION: _entry(
        "A15",
        "会籍接转由会员所在基层工会办理。",
        "The member's grassroots union handles the transfer, not the federation.",
        "请会员所在基层工会办理。",
        "Ask the member's grassroots union to sign.",
    ),
    Code.IN_DATE_BEFORE_OUT_DATE: _entry(
        "NX-3",
        "转入日期不得早于转出日期。",
        "The date of intake can't be before the date of release.",
        "请更正转入日期后重新签署。",
        "Correct the date and sign again.",
    ),
    Code.DATE_IN_FUTURE: _entry(
        "NX-3",
        "不得填写将来日期。",
        "A date in the future can't be stated.",
        "请填写不晚于当日的日期。",
        "State a date no later than today (Asia/Shanghai).",
    ),
    Code.BACKDATE_TOO_FAR: _entry(
        "HUB-P06",
        "补填日期超过期限（{days} 天）。",
        "The date lies too far back (more than {days} days).",
        "请填写办理当日的日期。",
        "State the date on which the column is filled in.",
    ),
    Code.DUES_MONTH_IMPLAUSIBLE: _entry(
        "NX-3",
        "“会费交至”年月不合理。",
        "The month to which dues are paid can't be right.",
        "请核对会费交纳记录后更正（应在 {earliest} 至 {latest} 之间）。",
        "Check the dues record and correct it (from {earliest} to {latest}).",
    ),
    Code.COUNT_EXCLUDES_RETAINED: _entry(
        "A16",
        "保留会籍的人员不列入会员统计。",
        "Who is retained is not in the head count.",
        "恢复会籍或者再就业接转以后，自当日起列入统计。",
        "Once restored, or transferred to a new employer's union, the member is counted from that day on.",
    ),
    Code.RELEASE_EXPIRED: _entry(
        "HUB-P01",
        "转出凭证已超过有效期，请原工会重新开具。",
        "The release has expired.",
        "请原工会重新签署转出凭证。",
        "Ask the holding union to sign a new release.",
    ),
    Code.CERTIFICATE_NUMBER_DUPLICATE: _entry(
        "N2",
        "会员证编号重复。",
        "This certificate number is already in use in the province.",
        "请核对会员证编号。",
        "Check the number on the certificate.",
    ),
    Code.CERTIFICATE_NUMBER_FORMAT: _entry(
        "N2",
        "会员证编号不符合编号办法。",
        "The certificate number does not have the form that its province prescribes.",
        "请核对会员证编号和发证省份代码。",
        "Check the number and the code of the issuing province.",
    ),
    Code.ENTRUSTMENT_CLAUSE_MISSING: _entry(
        "A9",
        "委托管理协议须明确会员组织活动、权益维护等责任与义务。",
        "An entrustment agreement must say who answers for activities, and who for the protection of rights.",
        "请补充缺少的条款后重新起草。",
        "Add the clause that is missing and draft the agreement again.",
    ),
    Code.ENTRUSTMENT_PARTY_INVALID: _entry(
        "A9",
        "委托管理协议只能由劳务派遣单位工会与用工单位工会签订，且为本会签署的协议。",
        "An entrustment agreement is between the dispatch agency's union and the host enterprise's, and yours is none.",
        "请核对双方工会、派遣单位、用工单位和协议编号。",
        "Check both unions, the agency, the enterprise, and which agreement is meant.",
    ),
    Code.ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION: _entry(
        "A9",
        "名册中有会员的会籍不在派遣单位工会，不能委托管理。",
        "The roster names a member whose membership the dispatch union does not hold.",
        "请从名册中移除该会员；其会籍在用工单位工会的，由该工会管理。",
        "Take this entry off the roster; a member who joined the host's union is managed by that union.",
    ),
    Code.COVERAGE_OUTSIDE_DISPATCH: _entry(
        "A9",
        "委托管理的期间须在劳务派遣期间和协议期限之内。",
        "A coverage must lie within the time of the dispatch and the term of the agreement, and not be over.",
        "请核对派遣起止日期、协议期限和委托起止日期。",
        "Check the days of the dispatch, of the agreement and of the coverage.",
    ),
    Code.ENTRUSTMENT_NOT_IN_FORCE: _entry(
        "A9",
        "委托管理协议未生效或已终止。",
        "The entrustment agreement is not in force: not yet, or no more.",
        "请核对协议的状态和期限；已终止的须另行签订。",
        "Check where the agreement stands and its term; if it has ended, sign a new one.",
    ),
    Code.ALREADY_ENTRUSTED: _entry(
        "HUB-P18",
        "该会员已有委托管理，期间重叠。",
        "This member is already entrusted for some of these days.",
        "请先将该会员移出原协议的名册，或调整委托期间。",
        "Take the member off the other roster first, or choose other days.",
    ),
    Code.ENTRUSTED_HOST_CANNOT_ACT: _entry(
        "A9 A16",
        "委托管理会员的会籍由派遣单位工会管理、统计，受托工会不能办理。",
        "An entrusted member's membership is managed and counted by the dispatch union, not by the entrusted one.",
        "请由派遣单位工会办理；本会只办理协议约定的活动和维权事项。",
        "Ask the dispatch union; yours records activities and rights cases only, as the agreement says.",
    ),
    Code.COUNTED_BY_DISPATCH_UNION: _entry(
        "A9 A16",
        "委托管理会员由派遣单位工会统计，本会不统计。",
        "An entrusted member is counted by the dispatch union, and not by yours.",
        "请勿计入本会人数；统计以派遣单位工会为准。",
        "Leave the member out of your figures: the dispatch union has the member in its own.",
    ),
    Code.CERTIFICATE_NOT_VALID: _entry(
        "NX-7",
        "该会员证已挂失、收回或作废，或已由省级工会登记为损毁、缺失。",
        "This certificate was reported lost, collected or declared void, or is spoiled or missing from the stock.",
        "请用现行会员证或证件号码证明会员身份，遗失的由会籍所在工会补办；颁发请另用编号。",
        "Prove the membership by the present certificate or an ID number; the holder reissues a lost one, under a "
        "number that is in stock.",
    ),
    Code.CERTIFICATE_NOT_ISSUED: _entry(
        "N6",
        "应颁发会员证，不得以服务卡代替。",
        "A certificate is still to be issued; a service card does not stand in for it.",
        "请由接收入会的工会颁发会员证。",
        "The union that enrolled the member issues one.",
    ),
    Code.FEE_NOT_ALLOWED: _entry(
        "N5",
        "不得向会员收取费用。",
        "Nothing may be charged to a member for a certificate.",
        "请将费用填为 0。",
        "State a fee of 0.",
    ),
    Code.NOT_PROVINCIAL_FEDERATION: _entry(
        "N4",
        "仅省级工会可办理。",
        "Only the federation of the province may do this.",
        "请由该省级工会办理。",
        "Ask the federation of that province.",
    ),
    Code.SAMPLE_NOT_APPROVED: _entry(
        "N4",
        "式样未经审核同意，不得确定承印单位，不得印制。",
        "Nobody is chosen to print, and nothing is printed, before the national federation has approved the sample.",
        "请先将该单位印制的式样报审核同意，再确定承印单位；日期不得早于审核同意之日。",
        "Submit the printer's sample, choose the printer once it is approved, and date nothing before.",
    ),
    Code.PRINT_NOT_AUTHORISED: _entry(
        "N3",
        "印模使用未经批准，不得印制。",
        "A run is printed under a loan of the seal impression: approved by that day, and not sent back before it.",
        "请先申请使用印模，经审核同意后印制，并填写该次借用的编号。",
        "Ask for the loan, print once it is approved, and name it.",
    ),
    Code.PRINT_REPORT_EXISTS: _entry(
        "N4",
        "该年度印制数量已报备。",
        "The printed count of that year is filed already.",
        "需要更改的，请作为新版本（newVersion）报备，版本号为已报备版本加一。",
        "To change it, file a new version (newVersion): one more than the version that is filed.",
    ),
    Code.UNION_NOT_ACTIVE: _entry(
        "HUB-P09",
        "该工会正在注销或已注销。",
        "The union is being wound up or is closed.",
        "请向其上一级工会查询承接工会。",
        "Ask its next-higher union which union succeeds it.",
    ),
    Code.UNION_STILL_HOLDS_MEMBERS: _entry(
        "HUB-P09",
        "该工会仍有在册会员或未了结事项，不能注销：在册会员{members}人，未办结接转{handoffs}件，未终止委托管理协议{agreements}份，"
        "待转回借调会员{reversions}人，下级工会{unions}个。",
        "The union can't be closed yet. Left with it: {members} members held, {handoffs} open handoffs, "
        "{agreements} live agreements, {reversions} seconded members to come back, {unions} unions beneath it.",
        "请先将会员逐一转出（可由贵会代为办理），终止协议，并将借调会员的转回指定给承接工会或予以放弃。",
        "Let each member be released, if need be in its stead, end the agreements, retarget or sign away the returns.",
    ),
    Code.SIGNATURE_INVALID: _entry(
        "NX-7",
        "签章无效。",
        "The signature does not verify with a registered key of the signing union.",
        "请用本会已登记的签章密钥重新签署。",
        "Sign again with a signing key that is registered for your union.",
    ),
    Code.SIGNING_KEY_NOT_VALID: _entry(
        "NX-7",
        "签章密钥尚未生效、已停用或已撤销。",
        "The signing key is not yet, or no longer, in force.",
        "请用有效的签章密钥重新签署。",
        "Sign again with a key in force.",
    ),
    Code.SIGNER_IS_NOT_CALLER: _entry(
        "HUB-P17",
        "签署文书的工会与登录的工会不一致。",
        "The statement is signed by another union than the one that is logged in.",
        "请以签署工会的身份提交。",
        "Send the statement as the union that signed it.",
    ),
    Code.STATEMENT_MALFORMED: _entry(
        "HUB-P17",
        "文书格式不正确。",
        "The statement does not have the prescribed form.",
        "请按接口约定重新生成文书（见 path）；建议使用 draft 查询给出的 claims。",
        "Make it anew as the contract says (path names the part); best sign a draft's claims as they are.",
    ),
    Code.STATEMENT_EXPIRED: _entry(
        "HUB-P17",
        "文书已过有效时间。",
        "The statement's own time of validity has passed.",
        "请重新起草并签署。",
        "Draft and sign it again.",
    ),
    Code.CLOCK_SKEW: _entry(
        "HUB-P17",
        "时钟偏差过大；平台时间为 {now}。",
        "The statement's time lies ahead of the hub's clock, which reads {now}.",
        "请校准时钟后重新提交。",
        "Set the clock right and send it again.",
        retryable=True,
    ),
    Code.DOCUMENT_TAMPERED: _entry(
        "HUB-P17",
        "所引文书的摘要与存档不符。",
        "A hash in the statement is not that of the document on file.",
        "请重新起草，并核对所引文书。",
        "Draft it again and compare the document it refers to (path names the hash).",
    ),
    Code.STALE_VERSION: _entry(
        "HUB-P17",
        "会籍版本已变化，请重新起草。",
        "The membership has changed since the statement was drafted.",
        "请重新起草并签署。",
        "Draft and sign it again.",
    ),
    Code.IDEMPOTENCY_CONFLICT: _entry(
        "HUB-P17",
        "同一编号的文书内容不同。",
        "Another statement with this jti was received before, with other content.",
        "请使用新的 jti 重新签署。",
        "Sign again with a new jti.",
    ),
    Code.RATE_LIMITED: _entry(
        "HUB-P17",
        "操作过于频繁。",
        "Your union, or unions together, have looked for too many persons; it may ask no more today.",
        "请稍后再试。",
        "Try again later.",
        retryable=True,
    ),
    Code.STEP_NOT_ALLOWED: _entry(
        "HUB-P17",
        "现为{state_zh}，不能办理此项。",
        "This step is not open where things stand: {state}.",
        "请查看会籍状态，或接转手续的下一步（explain）。",
        "Look at the status of the membership, or, of a handoff, at explain for what may be done next.",
    ),
    Code.REASON_NOT_ALLOWED: _entry(
        "HUB-P17",
        "不能以此原因办理。",
        "The reason stated is not one that this act can rest on.",
        "可用的原因：{allowed_zh}。",
        "Reasons open here: {allowed}.",
    ),
    Code.UNION_NOT_FOUND: _entry(
        "HUB-P17",
        "未找到该工会。",
        "No union of that name is registered.",
        "请核对统一社会信用代码。",
        "Check the union's code.",
    ),
    Code.INPUT_INVALID: _entry(
        "HUB-P17",
        "填写的内容不正确：{why_zh}。",
        "What was entered can't be right: {why_en}.",
        "请按 path 所指内容更正。",
        "Correct the part that path names.",
    ),
    Code.NOT_NEXT_HIGHER_UNION: _entry(
        "HUB-P17",
        "只有本工会或其上一级工会可以办理此项登记。",
        "Only the union itself, or its next-higher union, may do this.",
        "请由上一级工会办理。",
        "Ask the next-higher union.",
    ),
    Code.KEY_PROOF_INVALID: _entry(
        "HUB-P17",
        "密钥持有证明无效。",
        "The proof that the union possesses the new key does not verify.",
        "请用新密钥重新签署持有证明。",
        "Sign a fresh proof with the new key.",
    ),
    Code.PURPOSE_REQUIRED: _entry(
        "HUB-P17 A11",
        "查看完整证件号码须注明用途。",
        "A purpose is needed to read a full ID number.",
        "请填写用途（2 至 200 个字）。",
        "State the purpose in 2 to 200 characters.",
    ),
    Code.INTERNAL_RETIREMENT_NO_CHANGE: _entry(
        "A18",
        "内部退养会籍暂不变动。",
        "Internal retirement leaves the membership as it is: in law the relation goes on.",
        "待正式退休后再办理保留会籍。",
        "Record the retention once the member has formally retired.",
    ),
    Code.PLACEMENT_IS_NOT_RETENTION: _entry(
        "A13 A21",
        "暂时保留在居住地工会不是保留会籍，会员权利义务不变。",
        "To be placed with the residence union is no retention: the member votes and pays dues as before.",
        "会员已再就业的，请以相应原因办理转出，不办理保留会籍。",
        "If the member works again, release for that reason; there is nothing to retain.",
    ),
    Code.REEMPLOYED_USE_TRANSFER: _entry(
        "A13 A19",
        "已再就业，应办理会籍接转，不办理保留会籍。",
        "The member works for another employer: the membership is transferred there, not kept here.",
        "请向新单位工会（或居住地工会）办理转出。",
        "Release the member to the union of the new employer, or of the residence.",
    ),
    Code.REHIRED_RETIREE_NO_TRANSFER: _entry(
        "A17",
        "退休返聘保留会籍不变。",
        "A retiree who works again stays retained where the membership is.",
        "无需办理；保留会籍登记有误的，请撤销该登记。",
        "Nothing is to be done; if the retention was entered by mistake, annul it.",
    ),
    Code.IN_MILITARY_SERVICE: _entry(
        "A20",
        "服兵役期间保留会籍。",
        "During military service the membership stays retained.",
        "待退役后，凭劳动关系办理恢复或接转。",
        "After the discharge restore or transfer the member, once there is a labour relation.",
    ),
    Code.EMPLOYER_NOT_CLOSED: _entry(
        "A19",
        "原用人单位未关闭或破产。",
        "No closure and no bankruptcy of the former employer is stated.",
        "请填写关闭（破产）的决定及日期；原单位仍在的，会籍仍由本会保留。",
        "State the decision and its day; while the employer goes on, the membership stays retained with your union.",
    ),
    Code.DUES_EXEMPT_IN_RETENTION: _entry(
        "A21",
        "保留会籍期间免交会费，{exempt_from} 起的月份不登记会费。",
        "In retention no dues are owed: from {exempt_from} on no month is paid, and none is in arrears.",
        "会费最多登记至保留会籍当月。",
        "Record dues up to the month of the retention at most.",
    ),
    Code.VOTING_SUSPENDED: _entry(
        "A21",
        "保留会籍期间不享有选举权、被选举权和表决权。",
        "In retention a member neither elects, nor can be elected, nor votes.",
        "其他会员权利不变；恢复会籍后，自恢复之时起享有。",
        "The member's other rights are untouched; these come back with the restoration.",
    ),
    Code.WITHDRAWAL_NOT_REQUESTED_BY_MEMBER: _entry(
        "A22",
        "退会须本人提出。",
        "A member leaves by the member's own request: its day and the hash of its text are needed.",
        "请取得会员本人的退会申请，填写日期和摘要；会员未提出的，不能办理退会。",
        "Obtain the member's request and state its day and hash; without one nobody is withdrawn.",
    ),
    Code.WITHDRAWAL_STEPS_INCOMPLETE: _entry(
        "A22",
        "须先做思想工作并经基层工会讨论。",
        "The member is talked to, the union discusses it, and it is announced: a step is missing, or out of its order.",
        "请依次补齐思想工作、讨论和宣布，填写各自的日期。",
        "Make the steps in their order and state the day of each.",
    ),
    Code.DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET: _entry(
        "A22",
        "不符合自动退会条件。",
        "The conditions are not met: without proper reason, six months in a row both unpaid and absent, admonished in "
        "vain.",
        "须无正当理由连续六个月以上既不交纳会费又不参加工会组织生活，并经教育拒不改正；接转办理期间不计。",
        "Both conditions must have lasted six months, with no handoff under way, and the admonition have failed.",
    ),
    Code.EXPULSION_NO_CRIMINAL_PUNISHMENT: _entry(
        "A23",
        "未受刑事处分。",
        "Nobody is expelled who was not punished for a crime: a judgment in force is needed.",
        "请填写已生效判决的日期和摘要；判决尚未生效的，待其生效后办理。",
        "State the judgment by its hash and the day on which it took effect, once it has.",
    ),
    Code.EXPULSION_STEPS_INCOMPLETE: _entry(
        "A23",
        "缺少小组意见或委员会决定。",
        "The opinion of the union group, or the decision of the grassroots committee, is missing.",
        "请补齐工会小组意见（未设小组的，注明会议纪要已载明）和基层委员会决定及其日期。",
        "State the group's opinion (or that there is no group, as the minutes say) and the committee's decision.",
    ),
    Code.FILING_TO_WRONG_LEVEL: _entry(
        "A23",
        "应报上一级工会备案。",
        "A decision is filed with the union next above yours, and no other.",
        "请报本会的上一级工会（parentUnion）备案。",
        "File it with your parentUnion.",
    ),
    Code.CERTIFICATE_COLLECTED_BEFORE_FILING: _entry(
        "N6",
        "备案后收回会员证。",
        "After an expulsion the certificate is collected once the decision was filed, not before.",
        "请先报上一级工会备案，再填写不早于备案日期的收回日期。",
        "File the decision first, and state a day no earlier than the filing.",
    ),
    Code.SECONDMENT_TOO_SHORT: _entry(
        "A14",
        "借调不满六个月，会籍不作变动；满六个月须至 {last_day}。",
        "A secondment of less than six months does not move the membership: six months end on {last_day}.",
        "只登记借调即可；借调期延长后满六个月的，再办理转出。",
        "Record the secondment; offer it once the agreed term is of six months or more.",
    ),
    Code.SECONDMENT_HOST_HAS_NO_UNION: _entry(
        "A14",
        "借调单位尚未建立工会，会籍不作变动。",
        "The host has no union: the membership stays where it is.",
        "只登记借调即可；借调单位建立工会后，可再办理转出。",
        "Record the secondment; it may be offered once the host has a union.",
    ),
    Code.SECONDMENT_TERM_MISSING: _entry(
        "A14",
        "须注明借调的起止日期，且借调期尚未届满；否则会籍不作变动。",
        "A secondment states the days on which it starts and ends, and has not run out; else nothing moves.",
        "请注明借调期满日期；已届满的，无需办理转出。",
        "State when the term ends; of one that is over nothing is to be done.",
    ),
    Code.SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST: _entry(
        "A14",
        "借调会员不得由借调单位工会转往他处。",
        "A seconded member is not the host's to release elsewhere.",
        "请以 SECONDMENT_RETURN 转回所在单位工会；会员已离开原单位或正式调入的，先由所在单位工会办理。",
        "Release it home by SECONDMENT_RETURN; if it has left its home employer, or stays, the home union signs first.",
    ),
    Code.REVERSION_ONLY_TO_HOME: _entry(
        "A14",
        "借调期满应转回所在单位工会。",
        "At the end of a secondment the membership goes back to the home union, and nowhere else.",
        "请以所在单位工会为接收工会。",
        "Name the home union as the receiver.",
    ),
    Code.SECONDMENT_RETURN_FIRST: _entry(
        "A14 A17",
        "请先转回所在单位工会，再办理保留会籍。",
        "The member goes home first: the home union records the retention.",
        "请先办理转回；保留会籍由所在单位工会办理。",
        "Release the member home; the retention is the home union's to record.",
    ),
}


class Refusal(Exception):  # noqa: N818 - the domain's word for it
    """A lawful "no". Takes the code, where in the input the fault lies, and facts for the sentences."""

    def __init__(
        self, code: Code, *, path: tuple[str, ...] = (), possible_from: datetime | None = None, **facts: object
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.path = path
        self.possible_from = possible_from
        self.facts = facts

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles (A…, N…, NX-…) or hub policies (HUB-P…) it rests on."""
        return CATALOGUE[self.code].articles

    @property
    def message(self) -> str:
        """One sentence in Chinese."""
        return CATALOGUE[self.code].zh.format_map(self.facts)

    @property
    def message_en(self) -> str:
        """The same in English."""
        return CATALOGUE[self.code].en.format_map(self.facts)

    @property
    def next_step(self) -> str:
        """What to do next, Chinese first."""
        entry = CATALOGUE[self.code]
        return f"{entry.next_zh.format_map(self.facts)} {entry.next_en.format_map(self.facts)}"

    @property
    def retryable(self) -> bool:
        """Whether the same statement may succeed later, unchanged."""
        return CATALOGUE[self.code].retryable
