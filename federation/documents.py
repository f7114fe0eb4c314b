"""The GraphQL texts that the client sends: constants, so that a hub that caches documents has seen each before."""

from dataclasses import dataclass
from typing import Final

from federation import acts, acts_printing, acts_winding, entrusting
from federation.act import Act

REFUSAL: Final = "code articles message messageEn nextStep path retryable possibleFrom"
UNION_NAME: Final = "uri name"
UNION: Final = (
    "id uri uscc name kind state provinceCode jurisdictionCode establishedOn closedOn version "
    "keys { kid use alg jwk notBefore retiredAt revokedAt reason invalidFrom }"
)
CARD: Final = (
    "card { json name sex birthMonth joinedOn certificate { provinceCode number } issuingUnion duesPaidThrough }"
)
HANDOFF: Final = (
    "id handoffId state reasonCode side "
    f"releasingUnion {{ {UNION_NAME} }} receivingUnion {{ {UNION_NAME} }} "
    "outDate inDate validUntil duesPaidThrough ground requestedAt releasedAt closedAt"
)
MEMBER: Final = (
    "id membershipId name sex birthMonth joinedOn status holdingBasis custodyVersion duesPaidThrough duesExempt "
    "dataVersion employerUscc memberUnit"
)
SECONDMENT: Final = (
    "memberId membershipId side state startsOn endsOn endedEarlyOn dueOn remindOn hostEmployerUscc memberName sex "
    f"birthMonth isLive inDate homeUnion {{ {UNION_NAME} }} hostUnion {{ {UNION_NAME} }}"
)
CERTIFICATE_NOW: Final = "number { provinceCode number } state issuedOn issuingUnion endedAt reason"
ENDING: Final = (
    "membershipId status endedOn at statementSha256 certificateCollectedOn certificateOutstanding warnings "
    "expulsionState filingOverdue filedOn filingMark missingPapers reversedAt"
)
DEADLINE: Final = "at rule consequence days inWorkingDays tentative"
TRANSFER_ENTRY: Final = "outDate outReasonText duesPaidThrough releasingSeal inDate receivingSeal line"
RETENTION_ENTRY: Final = "retainedMonth reasonText retentionSeal restoredMonth restorationSeal line"
PAGE: Final = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
AGREEMENT: Final = (
    "id agreementId agreementNo state termFrom termUntil agreementSha256 rosterVersion document inForceFrom endedAt "
    f"dispatchSignedAt hostSignedAt dispatchUnion {{ {UNION_NAME} }} hostUnion {{ {UNION_NAME} }}"
)
CARE: Final = "recordId act kind occurredOn evidenceSha256 recordedAt"
COVERAGE: Final = (
    "coverageId memberId membershipId memberName state endReason isLive hostPost dispatchFrom dispatchTo coverageFrom "
    "coverageTo addedAt coveredAt endedAt"
)
POLICY_VERSION: Final = (
    "version effectiveFrom setAt evidenceSha256 statementSha256 settings { rule name value } "
    f"setBy {{ {UNION_NAME} }}"
)
STEP: Final = f"act side by {{ {UNION_NAME} }} at statementSha256"


@dataclass(frozen=True, slots=True)
class ActDocuments:
    """How one act is drafted and handed in."""

    act: type[Act]
    mutation: str
    draft: str
    submit: str


#: Whose data travel beside the statement; an amendment may touch none.
_PERSON: Final[dict[type[Act], str]] = {
    acts.Join: "String!",
    acts.Import: "String!",
    acts.MemberAmendment: "String",
}


#: What travels beside the statement besides: the text of an agreement, a roster.
_DOCUMENT: Final[dict[type[Act], str]] = {
    entrusting.EntrustmentProposal: "agreement",
    entrusting.RosterAmendment: "roster",
}


def _act(act: type[Act], mutation: str, draft_input: str, answer: str, selection: str, also: str = "") -> ActDocuments:
    """Write an act's texts. Takes the object that answers and what is read of it; `also`, another that may answer."""
    title = mutation[0].upper() + mutation[1:]
    person, document = _PERSON.get(act), _DOCUMENT.get(act)
    variables = "$statement: String!" + (f", $person: {person}" if person else "")
    arguments = "statement: $statement" + (", person: $person" if person else "")
    if document is not None:
        variables, arguments = f"{variables}, $document: String!", f"{arguments}, {document}: $document"
    return ActDocuments(
        act,
        mutation,
        f"query Draft{title}($input: {draft_input}!) {{ answer: draft{title}(input: $input) "
        f"{{ typ claims card {{ json }} {'document ' if document else ''}refusals {{ {REFUSAL} }} }} }}",
        f"mutation {title}({variables}) {{ answer: {mutation}({arguments}) "
        f"{{ __typename ... on {answer} {{ {selection} }} {also}... on Refusal {{ {REFUSAL} }} }} }}",
    )


JOIN: Final = _act(acts.Join, "joinMember", "JoinMemberDraft", "Member", MEMBER)
AMEND_MEMBER: Final = _act(acts.MemberAmendment, "amendMember", "AmendMemberDraft", "Member", MEMBER)
RECORD_RETENTION: Final = _act(acts.Retention, "recordRetention", "RecordRetentionDraft", "Member", MEMBER)
CHANGE_RETENTION_REASON: Final = _act(
    acts.ReasonChange, "changeRetentionReason", "ChangeRetentionReasonDraft", "Member", MEMBER
)
RESTORE_MEMBERSHIP: Final = _act(acts.Restoration, "restoreMembership", "RestoreMembershipDraft", "Member", MEMBER)
ANNUL_RETENTION: Final = _act(acts.Annulment, "annulRetention", "AnnulRetentionDraft", "Member", MEMBER)
WITHDRAW: Final = _act(acts.Withdrawal, "recordWithdrawal", "RecordWithdrawalDraft", "Member", MEMBER)
DEEM_WITHDRAWN: Final = _act(
    acts.DeemedWithdrawal, "recordDeemedWithdrawal", "RecordDeemedWithdrawalDraft", "Member", MEMBER
)
EXPEL: Final = _act(acts.Expulsion, "decideExpulsion", "DecideExpulsionDraft", "Member", MEMBER)
PROPOSE_EXPULSION: Final = _act(acts.ExpulsionProposal, "proposeExpulsion", "ProposeExpulsionDraft", "Member", MEMBER)
DROP_EXPULSION: Final = _act(acts.ExpulsionDrop, "dropExpulsion", "DropExpulsionDraft", "Member", MEMBER)
RECORD_DEATH: Final = _act(acts.Death, "recordDeath", "RecordDeathDraft", "Member", MEMBER)
FILE_EXPULSION: Final = _act(acts.ExpulsionFiling, "fileExpulsion", "FileExpulsionDraft", "Ending", ENDING)
ACKNOWLEDGE_FILING: Final = _act(
    acts.FilingAcknowledgement, "acknowledgeFiling", "AcknowledgeFilingDraft", "FilingMark", "membershipId receipt"
)
RETURN_FILING: Final = _act(
    acts.FilingReturn, "returnFiling", "ReturnFilingDraft", "FilingMark", "membershipId receipt"
)
REVERSE_EXPULSION: Final = _act(acts.ExpulsionReversal, "reverseExpulsion", "ReverseExpulsionDraft", "Member", MEMBER)
RECORD_SECONDMENT: Final = _act(acts.Secondment, "recordSecondment", "RecordSecondmentDraft", "Secondment", SECONDMENT)
CHANGE_SECONDMENT_TERM: Final = _act(
    acts.SecondmentTerm, "changeSecondmentTerm", "ChangeSecondmentTermDraft", "Secondment", SECONDMENT
)
END_SECONDMENT_EARLY: Final = _act(
    acts.EarlyEnd, "endSecondmentEarly", "EndSecondmentEarlyDraft", "Secondment", SECONDMENT
)
EXTEND_SECONDMENT: Final = _act(acts.Extension, "extendSecondment", "ExtendSecondmentDraft", "Secondment", SECONDMENT)
CONVERT_SECONDMENT: Final = _act(
    acts.Conversion, "convertSecondment", "ConvertSecondmentDraft", "Secondment", SECONDMENT
)
END_HOME_RELATION: Final = _act(
    acts.HomeRelationEnd, "endHomeRelation", "EndHomeRelationDraft", "Secondment", SECONDMENT
)
RETARGET_SECONDMENT: Final = _act(
    acts_winding.SecondmentRetargeting, "retargetSecondment", "RetargetSecondmentDraft", "Secondment", SECONDMENT
)
IMPORT: Final = _act(acts.Import, "importMember", "ImportMemberDraft", "Member", MEMBER)
IMPORT_HISTORY: Final = _act(acts.History, "importHistory", "ImportHistoryDraft", "Member", MEMBER)
RECORD_DUES: Final = _act(
    acts.DuesRecord,
    "recordDues",
    "RecordDuesDraft",
    "Member",
    MEMBER,
    also="... on DuesRecord { membershipId paidFrom paidThrough } ",
)
MERGE: Final = _act(acts.Merge, "mergeMemberships", "MergeDraft", "Member", MEMBER)
DECIDE_MERGE: Final = _act(
    acts.MergeDecision, "decideMerge", "MergeDecisionDraft", "MergeDecision", "membershipId receipt"
)
RELEASE: Final = _act(acts.Release, "releaseMember", "ReleaseMemberDraft", "Handoff", HANDOFF)
ACCEPT: Final = _act(acts.Acceptance, "acceptHandoff", "AcceptHandoffDraft", "Handoff", HANDOFF)
REFUSE: Final = _act(acts.Refusal, "refuseHandoff", "GroundDraft", "Handoff", HANDOFF)
RECALL: Final = _act(acts.Recall, "recallHandoff", "HandoffDraft", "Handoff", HANDOFF)
REQUEST: Final = _act(acts.Request, "requestHandoff", "RequestHandoffDraft", "Handoff", HANDOFF)
RELEASE_FOR_EXTERNAL: Final = _act(
    acts.ExternalRelease, "releaseForExternal", "ReleaseForExternalDraft", "Handoff", HANDOFF
)
ACCEPT_FOR_EXTERNAL: Final = _act(
    acts.ExternalAcceptance, "acceptForExternal", "AcceptForExternalDraft", "Handoff", HANDOFF
)
RELEASE_IN_LIEU: Final = _act(acts.InLieuRelease, "releaseInLieu", "ReleaseInLieuDraft", "Handoff", HANDOFF)
OBJECT: Final = _act(acts.Objection, "objectToRequest", "GroundDraft", "Handoff", HANDOFF)
CANCEL: Final = _act(acts.Cancellation, "cancelRequest", "HandoffDraft", "Handoff", HANDOFF)
DISMISS: Final = _act(acts.Dismissal, "dismissRequest", "GroundDraft", "Handoff", HANDOFF)
REGISTER_UNION: Final = _act(acts.UnionRegistration, "registerUnion", "UnionDraft", "Union", UNION)
AMEND_UNION: Final = _act(acts.UnionAmendment, "amendUnion", "AmendUnionDraft", "Union", UNION)
WIND_UP_UNION: Final = _act(acts_winding.UnionWindingUp, "windUpUnion", "WindUpUnionDraft", "Union", UNION)
CLOSE_UNION: Final = _act(acts_winding.UnionClosing, "closeUnion", "CloseUnionDraft", "Union", UNION)
REGISTER_KEY: Final = _act(acts.KeyRegistration, "registerKey", "KeyDraft", "Union", UNION)
RETIRE_KEY: Final = _act(acts.KeyRetirement, "retireKey", "KeyEndDraft", "Union", UNION)
REVOKE_KEY: Final = _act(acts.KeyRevocation, "revokeKey", "KeyEndDraft", "Union", UNION)

PROPOSE_ENTRUSTMENT: Final = _act(
    entrusting.EntrustmentProposal, "proposeEntrustment", "EntrustmentDraft", "EntrustmentAgreement", AGREEMENT
)
SIGN_ENTRUSTMENT: Final = _act(
    entrusting.EntrustmentSignature, "signEntrustment", "AgreementDraft", "EntrustmentAgreement", AGREEMENT
)
WITHDRAW_ENTRUSTMENT: Final = _act(
    entrusting.EntrustmentWithdrawal, "withdrawEntrustment", "AgreementDraft", "EntrustmentAgreement", AGREEMENT
)
TERMINATE_ENTRUSTMENT: Final = _act(
    entrusting.EntrustmentTermination, "terminateEntrustment", "AgreementDraft", "EntrustmentAgreement", AGREEMENT
)
AMEND_ROSTER: Final = _act(entrusting.RosterAmendment, "amendRoster", "RosterDraft", "EntrustmentAgreement", AGREEMENT)
ACKNOWLEDGE_COVERAGE: Final = _act(
    entrusting.CoverageAcknowledgement,
    "acknowledgeCoverage",
    "CoverageAnswerDraft",
    "EntrustmentAgreement",
    AGREEMENT,
)
DECLINE_COVERAGE: Final = _act(
    entrusting.CoverageDeclining, "declineCoverage", "CoverageAnswerDraft", "EntrustmentAgreement", AGREEMENT
)
RECORD_ACTIVITY: Final = _act(entrusting.ActivityRecord, "recordActivity", "CareDraft", "CareRecord", CARE)
RECORD_RIGHTS_CASE: Final = _act(entrusting.RightsCaseRecord, "recordRightsCase", "CareDraft", "CareRecord", CARE)

WITH_DOCUMENT: Final = (PROPOSE_ENTRUSTMENT, AMEND_ROSTER)
ISSUE_CERTIFICATE: Final = _act(
    acts.CertificateIssue, "issueCertificate", "IssueCertificateDraft", "Certificate", CERTIFICATE_NOW
)
RECORD_LOSS: Final = _act(acts.CertificateLoss, "recordLoss", "RecordLossDraft", "Certificate", CERTIFICATE_NOW)
RECOVER_CERTIFICATE: Final = _act(
    acts.CertificateRecovery, "recoverCertificate", "CertificateDraft", "Certificate", CERTIFICATE_NOW
)
REISSUE_CERTIFICATE: Final = _act(
    acts.CertificateReissue, "reissueCertificate", "ReissueCertificateDraft", "Certificate", CERTIFICATE_NOW
)
COLLECT_CERTIFICATE: Final = _act(
    acts.CertificateCollection, "collectCertificate", "CollectCertificateDraft", "Certificate", CERTIFICATE_NOW
)
VOID_CERTIFICATE: Final = _act(
    acts.CertificateVoiding, "voidCertificate", "CertificateDraft", "Certificate", CERTIFICATE_NOW
)
SET_NUMBERING_SCHEME: Final = _act(
    acts.NumberingScheme,
    "setNumberingScheme",
    "NumberingSchemeDraft",
    "NumberingScheme",
    "provinceCode fromOn pattern check",
)

SET_POLICY: Final = _act(acts.PolicyChange, "setPolicy", "PolicyDraft", "PolicyVersion", POLICY_VERSION)
POLICY: Final = (
    "query Policy($unionId: ID, $provinceCode: String, $asOf: Date) { answer: policy(unionId: $unionId, "
    "provinceCode: $provinceCode, asOf: $asOf) { asOf recordOf { " + UNION_NAME + " } values { rule name value unit "
    "source version effectiveFrom } } }"
)
POLICY_VERSIONS: Final = (
    "query PolicyVersions($unionId: ID, $provinceCode: String, $first: Int, $after: String) { answer: "
    "policyVersions(unionId: $unionId, provinceCode: $provinceCode, first: $first, after: $after) "
    f"{{ edges {{ cursor node {{ {POLICY_VERSION} }} }} {PAGE} }} }}"
)

CERTIFICATE_ACTS: Final = (
    ISSUE_CERTIFICATE,
    RECORD_LOSS,
    RECOVER_CERTIFICATE,
    REISSUE_CERTIFICATE,
    COLLECT_CERTIFICATE,
    VOID_CERTIFICATE,
    SET_NUMBERING_SCHEME,
)
SAMPLE: Final = "sampleId provinceCode state printerUscc charterVersion approvedOn chosenOn statementSha256"
SEAL_LOAN: Final = "loanId provinceCode state requestedAt approvedOn receivedOn returnedOn statementSha256"
PRINT_RUN: Final = "runId sampleId loanId firstNumber lastNumber printedCount printedOn issued spoiled missing inStock"
STOCK_LOSS: Final = "runId state firstNumber lastNumber lostCount recordedAt statementSha256"
PRINT_REPORT: Final = (
    "provinceCode year state dueAt isOverdue version printedCount recordedCount filedAt acknowledgedAt statementSha256"
)

SUBMIT_SAMPLE: Final = _act(
    acts_printing.SampleSubmission, "submitSample", "SubmitSampleDraft", "CertificateSample", SAMPLE
)
APPROVE_SAMPLE: Final = _act(
    acts_printing.SampleApproval, "approveSample", "ApproveSampleDraft", "CertificateSample", SAMPLE
)
CHOOSE_PRINTER: Final = _act(
    acts_printing.PrinterChoice, "choosePrinter", "ChoosePrinterDraft", "CertificateSample", SAMPLE
)
REQUEST_SEAL_LOAN: Final = _act(
    acts_printing.SealLoanRequest, "requestSealLoan", "RequestSealLoanDraft", "SealImpressionLoan", SEAL_LOAN
)
APPROVE_SEAL_LOAN: Final = _act(
    acts_printing.SealLoanApproval, "approveSealLoan", "ApproveSealLoanDraft", "SealImpressionLoan", SEAL_LOAN
)
RECEIVE_SEAL: Final = _act(
    acts_printing.SealCustody, "receiveSeal", "ReceiveSealDraft", "SealImpressionLoan", SEAL_LOAN
)
RETURN_SEAL: Final = _act(acts_printing.SealReturn, "returnSeal", "ReturnSealDraft", "SealImpressionLoan", SEAL_LOAN)
RECORD_PRINT_RUN: Final = _act(acts_printing.PrintRun, "recordPrintRun", "RecordPrintRunDraft", "PrintRun", PRINT_RUN)
RECORD_SPOILED: Final = _act(acts_printing.SpoiledNumbers, "recordSpoiled", "StockLossDraft", "StockLoss", STOCK_LOSS)
RECORD_MISSING: Final = _act(acts_printing.MissingNumbers, "recordMissing", "StockLossDraft", "StockLoss", STOCK_LOSS)
FILE_PRINT_REPORT: Final = _act(
    acts_printing.PrintReport, "filePrintReport", "FilePrintReportDraft", "AnnualPrintReport", PRINT_REPORT
)
ACKNOWLEDGE_PRINT_REPORT: Final = _act(
    acts_printing.PrintReportAcknowledgement,
    "acknowledgePrintReport",
    "AcknowledgePrintReportDraft",
    "AnnualPrintReport",
    PRINT_REPORT,
)

PRINTING_ACTS: Final = (
    SUBMIT_SAMPLE,
    APPROVE_SAMPLE,
    CHOOSE_PRINTER,
    REQUEST_SEAL_LOAN,
    APPROVE_SEAL_LOAN,
    RECEIVE_SEAL,
    RETURN_SEAL,
    RECORD_PRINT_RUN,
    RECORD_SPOILED,
    RECORD_MISSING,
    FILE_PRINT_REPORT,
    ACKNOWLEDGE_PRINT_REPORT,
)


def _manifest(act: type[Act], mutation: str) -> ActDocuments:
    """Give the texts of an act by manifest: a page of leaves travels beside it, and each has its outcome."""
    name = f"{mutation[0].upper()}{mutation[1:]}"
    draft = (
        f"query Draft{name}($input: {name}Draft!, $first: Int, $after: String) {{ answer: draft{name}(input: $input, "
        f"first: $first, after: $after) {{ leaves {{ membershipId leaf {CARD} refusals {{ {REFUSAL} }} }} "
        "pageInfo { hasNextPage endCursor } } }"
    )
    submit = (
        f"mutation {name}($statement: String!, $page: ManifestPage!) {{ answer: {mutation}(statement: $statement, "
        "page: $page) { __typename ... on HandoffBatch { batchId size receipt outcomes { index membershipId "
        f"handoff {{ {HANDOFF} }} refusal {{ {REFUSAL} }} }} }} ... on Refusal {{ {REFUSAL} }} }} }}"
    )
    return ActDocuments(act, mutation, draft, submit)


RELEASE_MANIFEST: Final = _manifest(acts.ReleaseManifest, "releaseManifest")
ACCEPT_MANIFEST: Final = _manifest(acts.AcceptanceManifest, "acceptManifest")

WITH_PERSON: Final = (JOIN, IMPORT, AMEND_MEMBER)

REVEAL_ID_NUMBER: Final = (
    "mutation RevealIdNumber($memberId: ID!, $purpose: String!) { answer: revealIdNumber(memberId: $memberId, "
    f"purpose: $purpose) {{ __typename ... on IdNumber {{ idType idNumber }} ... on Refusal {{ {REFUSAL} }} }} }}"
)
VIEWER: Final = f"query Viewer {{ answer: viewer {{ kid union {{ {UNION} }} }} }}"
UNION_BY_NAME: Final = (
    f"query Union($uri: String, $uscc: String) {{ answer: union(uri: $uri, uscc: $uscc) {{ {UNION} }} }}"
)
MEMBER_BY_ID: Final = f"query Member($id: ID!) {{ answer: member(id: $id) {{ {MEMBER} }} }}"
DUPLICATE: Final = (
    "query Duplicate($id: ID!) { answer: member(id: $id) { membershipId joinedOn duplicate { membershipId joinedOn "
    f"union {{ {UNION_NAME} }} keptByUs keptByOther }} }} }}"
)
MERGE_CASES: Final = (
    "query MergeCases { answer: mergeCases { membershipId joinedOn memberNameMasked decidableFrom keptByHolder "
    f"keptByOther union {{ {UNION_NAME} }} otherMembershipId otherJoinedOn otherUnion {{ {UNION_NAME} }} }} }}"
)
PLACEMENTS: Final = (
    "query Placements($state: PlacementState, $first: Int, $after: String) { answer: placements(state: $state, "
    "first: $first, after: $after) { edges { cursor node { state awaitingEmployerUscc since exitDueSince remindAt "
    f"exitReasonCode nextStep exitTo {{ {UNION_NAME} }} member {{ {MEMBER} }} }} }} {PAGE} }} }}"
)
AWAITED_MEMBERS: Final = (
    "query AwaitedMembers { answer: awaitedMembers { employerUscc members since nextStep "
    f"union {{ {UNION_NAME} }} }} }}"
)
MEMBERS: Final = (
    "query Members($filter: MemberFilter, $first: Int, $after: String) { answer: members(filter: $filter, "
    f"first: $first, after: $after) {{ edges {{ cursor node {{ {MEMBER} }} }} {PAGE} }} }}"
)
HANDOFF_BY_ID: Final = (
    f"query Handoff($id: ID!) {{ answer: handoff(id: $id) {{ {HANDOFF} {CARD} nextDeadline {{ {DEADLINE} }} "
    f"transferEntry {{ {TRANSFER_ENTRY} }} steps {{ {STEP} }} }} }}"
)
PROOF: Final = "query Proof($id: ID!) { answer: handoff(id: $id) { proof } }"
DOCKET: Final = (
    "query Docket($side: Side, $states: [HandoffState!], $first: Int, $after: String) { answer: docket(side: $side, "
    "states: $states, first: $first, after: $after) { edges { cursor node { side state "
    f"counterpart {{ {UNION_NAME} }} nextDeadline {{ {DEADLINE} }} handoff {{ {HANDOFF} }} }} }} {PAGE} }} }}"
)
CERTIFICATE: Final = (
    "query Certificate($memberId: ID!) { answer: certificate(memberId: $memberId) { number { provinceCode number } "
    f"state issuedOn issuingUnion transferColumn {{ {TRANSFER_ENTRY} }} retentionColumn {{ {RETENTION_ENTRY} }} }} }}"
)
EXPLAIN: Final = (
    f"query Explain($handoffId: ID!) {{ answer: explain(handoffId: $handoffId) {{ summary summaryEn missing "
    f"handoff {{ {HANDOFF} }} steps {{ {STEP} }} "
    f"next {{ act side articles union {{ {UNION_NAME} }} by {{ {DEADLINE} }} }} }} }}"
)
ENTRUSTMENT: Final = f"query Entrustment($id: ID!) {{ answer: entrustment(id: $id) {{ {AGREEMENT} }} }}"
SECONDMENTS: Final = (
    "query Secondments($side: SecondmentSide!, $states: [SecondmentState!], $first: Int, $after: String) { answer: "
    "secondments(side: $side, states: $states, first: $first, after: $after) { "
    f"edges {{ cursor node {{ {SECONDMENT} }} }} {PAGE} }} }}"
)
ENTRUSTMENTS: Final = (
    "query Entrustments($first: Int, $after: String) { answer: entrustments(first: $first, after: $after) { "
    f"edges {{ cursor node {{ {AGREEMENT} }} }} {PAGE} }} }}"
)
ROSTER: Final = (
    "query Roster($id: ID!, $states: [CoverageState!], $first: Int, $after: String) { answer: entrustment(id: $id) { "
    f"roster(states: $states, first: $first, after: $after) {{ edges {{ cursor node {{ {COVERAGE} }} }} {PAGE} }} }} }}"
)
RESPONSIBILITIES: Final = (
    "query Responsibilities($memberId: ID!) { answer: responsibilities(memberId: $memberId) { "
    f"duty isUnassigned union {{ {UNION_NAME} }} }} }}"
)
FILINGS: Final = (
    "query Filings($first: Int, $after: String) { answer: filings(first: $first, after: $after) { edges { cursor "
    "node { membershipId memberNameMasked effectiveOn decidedOn filedOn filedAt judgmentSha256 opinionSha256 "
    f"decisionSha256 filingMark missingPapers union {{ {UNION_NAME} }} }} }} {PAGE} }} }}"
)
OVERDUE_FILINGS: Final = (
    "query OverdueFilings($first: Int, $after: String) { answer: overdueFilings(first: $first, after: $after) { "
    f"edges {{ cursor node {{ {ENDING} member {{ {MEMBER} }} }} }} {PAGE} }} }}"
)
ENDING_BY_MEMBER: Final = f"query Ending($id: ID!) {{ answer: member(id: $id) {{ ending {{ {ENDING} }} }} }}"
RECEIPT: Final = "query Receipt($sha256: String!) { answer: receipt(statementSha256: $sha256) }"

#: Every text that the client sends: a hub may read them when it starts, and take their hashes instead of them.
ALL: Final = (
    *(
        text
        for act in (
            JOIN, IMPORT, IMPORT_HISTORY, RECORD_DUES, AMEND_MEMBER,
            RECORD_RETENTION, CHANGE_RETENTION_REASON, RESTORE_MEMBERSHIP,
            RECORD_SECONDMENT, CHANGE_SECONDMENT_TERM, END_SECONDMENT_EARLY, EXTEND_SECONDMENT, CONVERT_SECONDMENT,
            END_HOME_RELATION, RETARGET_SECONDMENT, WIND_UP_UNION, CLOSE_UNION,
            ANNUL_RETENTION, WITHDRAW, DEEM_WITHDRAWN, EXPEL, RECORD_DEATH, FILE_EXPULSION, ACKNOWLEDGE_FILING,
            PROPOSE_EXPULSION, DROP_EXPULSION,
            RETURN_FILING, REVERSE_EXPULSION,
            MERGE, DECIDE_MERGE, REQUEST, RELEASE, RELEASE_IN_LIEU, ACCEPT, REFUSE, RECALL,
            RELEASE_FOR_EXTERNAL, ACCEPT_FOR_EXTERNAL,
            OBJECT, CANCEL, DISMISS, REGISTER_UNION, AMEND_UNION, REGISTER_KEY, RETIRE_KEY, REVOKE_KEY,
            PROPOSE_ENTRUSTMENT, SIGN_ENTRUSTMENT, WITHDRAW_ENTRUSTMENT, TERMINATE_ENTRUSTMENT, AMEND_ROSTER,
            ACKNOWLEDGE_COVERAGE, DECLINE_COVERAGE, RECORD_ACTIVITY, RECORD_RIGHTS_CASE,
            *CERTIFICATE_ACTS, *PRINTING_ACTS, SET_POLICY,
            RELEASE_MANIFEST, ACCEPT_MANIFEST,
        )
        for text in (act.draft, act.submit)
    ),
    REVEAL_ID_NUMBER, VIEWER, UNION_BY_NAME, MEMBER_BY_ID, DUPLICATE, MERGE_CASES, MEMBERS, HANDOFF_BY_ID, PROOF,
    PLACEMENTS, AWAITED_MEMBERS, POLICY, POLICY_VERSIONS,
    DOCKET, CERTIFICATE, EXPLAIN, SECONDMENTS, ENTRUSTMENT, ENTRUSTMENTS, ROSTER, RESPONSIBILITIES, FILINGS,
    OVERDUE_FILINGS, ENDING_BY_MEMBER, RECEIPT,
)  # fmt: skip
