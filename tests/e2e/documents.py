"""The GraphQL texts of the tests: every field of each type once, by the contract."""

from __future__ import annotations

REFUSAL = "code articles message messageEn nextStep path retryable possibleFrom"
UNION_NAME = "uri name"
KEY = "kid use alg jwk notBefore retiredAt revokedAt reason invalidFrom"
AMENDMENT = "version at statementSha256 fields"
UNION = (
    "id uri uscc name kind provinceCode jurisdictionCode establishedOn closedOn state woundUpOn version "
    f"successorUnion {{ {UNION_NAME} }} amendments {{ {AMENDMENT} }} keys {{ {KEY} }}"
)
CARD = "json name sex birthMonth joinedOn certificate { provinceCode number } issuingUnion duesPaidThrough"
ENTRY = "outDate outReasonText duesPaidThrough releasingSeal inDate receivingSeal line"
DEADLINE = "at rule consequence days inWorkingDays tentative"
STEP = f"act side by {{ {UNION_NAME} }} at statement statementSha256 receipt"
HANDOFF = (
    f"id handoffId state reasonCode side releasingUnion {{ {UNION_NAME} }} receivingUnion {{ {UNION_NAME} }} "
    f"member {{ id name }} memberNameMasked card {{ {CARD} }} outDate inDate validUntil duesPaidThrough ground "
    f"requestedAt releasedAt closedAt nextDeadline {{ {DEADLINE} }} steps {{ {STEP} }} transferEntry {{ {ENTRY} }}"
)
POLICY_VERSION = (
    "version effectiveFrom setAt evidenceSha256 statement statementSha256 receipt settings { rule name value } "
    f"setBy {{ {UNION_NAME} }}"
)
RETENTION_ENTRY = "retainedMonth reasonText retentionSeal restoredMonth restorationSeal line"
CERTIFICATE = (
    f"number {{ provinceCode number }} issuedOn issuingUnion transferColumn {{ {ENTRY} }} "
    f"retentionColumn {{ {RETENTION_ENTRY} }}"
)
WHOLE_CERTIFICATE = (
    f"{CERTIFICATE} state endedAt reason supersedes {{ provinceCode number }} "
    "personPage { name sex ethnicGroup birthMonth politicalStatus joinedOn issuingUnion }"
)
SECONDMENT = (
    "memberId membershipId side state startsOn endsOn endedEarlyOn dueOn remindOn hostEmployerUscc memberName sex "
    f"birthMonth isLive inDate homeUnion {{ {UNION_NAME} }} hostUnion {{ {UNION_NAME} }} returnHandoff {{ id state }} "
    f"steps {{ act state endsOn at statementSha256 by {{ {UNION_NAME} }} }}"
)
RETENTION = "state reason retainedOn retainedMonth exemptFrom restoredOn restoredMonth"
RETENTIONS = "state steps { act state reason seal at statementSha256 }"
PLACEMENT = f"state awaitingEmployerUscc since exitDueSince remindAt exitReasonCode nextStep exitTo {{ {UNION_NAME} }}"
MEMBER = (
    "id membershipId name sex birthMonth ethnicGroup politicalStatus idType idNumberMasked mobileMasked "
    "residenceDivisionCode isRuralMigrant employmentForm employerUscc memberUnit joinedOn status holdingBasis "
    f"placement {{ {PLACEMENT} }} "
    f"custodyVersion dataVersion duesExempt votingRights {{ elect beElected vote }} retention {{ {RETENTION} }} "
    f"retentions {{ {RETENTIONS} }} amendments {{ {AMENDMENT} }} duesPaidThrough "
    f"certificate {{ {CERTIFICATE} }} openHandoff {{ id state }} secondment {{ state endsOn }} "
    f"holdings {{ from until union {{ {UNION_NAME} }} }}"
)
CARE = f"recordId act kind occurredOn evidenceSha256 recordedAt recordedBy {{ {UNION_NAME} }}"
COVERAGE = (
    "coverageId memberId membershipId memberName sex birthMonth state endReason isLive hostPost dispatchFrom "
    f"dispatchTo coverageFrom coverageTo addedAt coveredAt endedAt "
    f"hostUnion {{ {UNION_NAME} }} dispatchUnion {{ {UNION_NAME} }}"
)
AGREEMENT = (
    f"id agreementId agreementNo state author {{ {UNION_NAME} }} "
    f"dispatchUnion {{ {UNION_NAME} }} "
    f"hostUnion {{ {UNION_NAME} }} termFrom termUntil document agreementSha256 rosterVersion dispatchSignedAt "
    f"hostSignedAt inForceFrom endedAt supersedes {{ id }} steps {{ act toState at by {{ {UNION_NAME} }} }}"
)
ENDING = (
    "membershipId status endedOn at statementSha256 certificateCollectedOn certificateOutstanding warnings "
    f"expulsionState filingOverdue filedOn filedWith {{ {UNION_NAME} }} filingMark missingPapers reversedAt"
)
ENDED_QUERY = (
    f"query ($id: ID!) {{ answer: member(id: $id) {{ status unpaidMonths meetsDuesHalf ending {{ {ENDING} }} "
    f"endings {{ {ENDING} }} }} }}"
)
FILINGS_QUERY = (
    "query ($first: Int, $after: String) { answer: filings(first: $first, after: $after) { edges { node { membershipId "
    "memberNameMasked effectiveOn decidedOn filedOn filedAt judgmentSha256 opinionSha256 decisionSha256 filingMark "
    f"missingPapers union {{ {UNION_NAME} }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
)
PROPOSAL_QUERY = (
    "query ($id: ID!) { answer: member(id: $id) { status custodyVersion expulsionProposal { state opinionSha256 "
    "opinionOn proposedAt statementSha256 } } }"
)
OVERDUE_QUERY = (
    "query ($first: Int, $after: String) { answer: overdueFilings(first: $first, after: $after) { edges { node { "
    f"{ENDING} member {{ id name }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
)
SAMPLE = (
    "sampleId provinceCode state printerUscc charterVersion layoutSha256 submittedAt approvedOn publicisedOn chosenOn "
    f"statementSha256 union {{ {UNION_NAME} }}"
)
SEAL_LOAN = (
    "loanId provinceCode state applicationSha256 requestedAt approvedOn receivedOn custodianSha256 returnedOn "
    f"statementSha256 union {{ {UNION_NAME} }}"
)
PRINT_RUN = (
    "runId sampleId loanId charterVersion firstNumber lastNumber printedCount printedOn recordedAt issued spoiled "
    "missing inStock"
)
STOCK_LOSS = "runId state firstNumber lastNumber lostCount recordedAt statementSha256"
STOCK = (
    "printed issued issuedFromStock issuedFromEarlierStock spoiled missing inStock warnings "
    f"years {{ year printed issued spoiled missing inStock }} losses {{ {STOCK_LOSS} }}"
)
PRINT_REPORT = (
    "provinceCode year state dueAt isOverdue version printedCount recordedCount filedAt acknowledgedAt "
    f"statementSha256 union {{ {UNION_NAME} }}"
)
PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"

#: What each act drafts with and answers with.
ACTS = {
    "joinMember": ("JoinMemberDraft", "Member", MEMBER),
    "amendMember": ("AmendMemberDraft", "Member", MEMBER),
    "importMember": ("ImportMemberDraft", "Member", MEMBER),
    "mergeMemberships": ("MergeDraft", "Member", MEMBER),
    "decideMerge": ("MergeDecisionDraft", "MergeDecision", "membershipId receipt"),
    "recordRetention": ("RecordRetentionDraft", "Member", MEMBER),
    "changeRetentionReason": ("ChangeRetentionReasonDraft", "Member", MEMBER),
    "restoreMembership": ("RestoreMembershipDraft", "Member", MEMBER),
    "annulRetention": ("AnnulRetentionDraft", "Member", MEMBER),
    "importHistory": ("ImportHistoryDraft", "Member", MEMBER),
    "recordDues": ("RecordDuesDraft", "Member", MEMBER),
    "recordWithdrawal": ("RecordWithdrawalDraft", "Member", MEMBER),
    "recordDeemedWithdrawal": ("RecordDeemedWithdrawalDraft", "Member", MEMBER),
    "decideExpulsion": ("DecideExpulsionDraft", "Member", MEMBER),
    "proposeExpulsion": ("ProposeExpulsionDraft", "Member", MEMBER),
    "dropExpulsion": ("DropExpulsionDraft", "Member", MEMBER),
    "recordDeath": ("RecordDeathDraft", "Member", MEMBER),
    "fileExpulsion": ("FileExpulsionDraft", "Ending", ENDING),
    "acknowledgeFiling": ("AcknowledgeFilingDraft", "FilingMark", "membershipId receipt"),
    "returnFiling": ("ReturnFilingDraft", "FilingMark", "membershipId receipt"),
    "reverseExpulsion": ("ReverseExpulsionDraft", "Member", MEMBER),
    "recordSecondment": ("RecordSecondmentDraft", "Secondment", SECONDMENT),
    "changeSecondmentTerm": ("ChangeSecondmentTermDraft", "Secondment", SECONDMENT),
    "endSecondmentEarly": ("EndSecondmentEarlyDraft", "Secondment", SECONDMENT),
    "extendSecondment": ("ExtendSecondmentDraft", "Secondment", SECONDMENT),
    "convertSecondment": ("ConvertSecondmentDraft", "Secondment", SECONDMENT),
    "endHomeRelation": ("EndHomeRelationDraft", "Secondment", SECONDMENT),
    "retargetSecondment": ("RetargetSecondmentDraft", "Secondment", SECONDMENT),
    "releaseMember": ("ReleaseMemberDraft", "Handoff", HANDOFF),
    "requestHandoff": ("RequestHandoffDraft", "Handoff", HANDOFF),
    "releaseInLieu": ("ReleaseInLieuDraft", "Handoff", HANDOFF),
    "releaseForExternal": ("ReleaseForExternalDraft", "Handoff", HANDOFF),
    "acceptForExternal": ("AcceptForExternalDraft", "Handoff", HANDOFF),
    "objectToRequest": ("GroundDraft", "Handoff", HANDOFF),
    "cancelRequest": ("HandoffDraft", "Handoff", HANDOFF),
    "dismissRequest": ("GroundDraft", "Handoff", HANDOFF),
    "acceptHandoff": ("AcceptHandoffDraft", "Handoff", HANDOFF),
    "refuseHandoff": ("GroundDraft", "Handoff", HANDOFF),
    "recallHandoff": ("HandoffDraft", "Handoff", HANDOFF),
    "registerUnion": ("UnionDraft", "Union", UNION),
    "amendUnion": ("AmendUnionDraft", "Union", UNION),
    "windUpUnion": ("WindUpUnionDraft", "Union", UNION),
    "closeUnion": ("CloseUnionDraft", "Union", UNION),
    "registerKey": ("KeyDraft", "Union", UNION),
    "retireKey": ("KeyEndDraft", "Union", UNION),
    "revokeKey": ("KeyEndDraft", "Union", UNION),
    "proposeEntrustment": ("EntrustmentDraft", "EntrustmentAgreement", AGREEMENT),
    "signEntrustment": ("AgreementDraft", "EntrustmentAgreement", AGREEMENT),
    "withdrawEntrustment": ("AgreementDraft", "EntrustmentAgreement", AGREEMENT),
    "terminateEntrustment": ("AgreementDraft", "EntrustmentAgreement", AGREEMENT),
    "amendRoster": ("RosterDraft", "EntrustmentAgreement", AGREEMENT),
    "acknowledgeCoverage": ("CoverageAnswerDraft", "EntrustmentAgreement", AGREEMENT),
    "declineCoverage": ("CoverageAnswerDraft", "EntrustmentAgreement", AGREEMENT),
    "recordActivity": ("CareDraft", "CareRecord", CARE),
    "recordRightsCase": ("CareDraft", "CareRecord", CARE),
    "issueCertificate": ("IssueCertificateDraft", "Certificate", WHOLE_CERTIFICATE),
    "recordLoss": ("RecordLossDraft", "Certificate", WHOLE_CERTIFICATE),
    "recoverCertificate": ("CertificateDraft", "Certificate", WHOLE_CERTIFICATE),
    "reissueCertificate": ("ReissueCertificateDraft", "Certificate", WHOLE_CERTIFICATE),
    "collectCertificate": ("CollectCertificateDraft", "Certificate", WHOLE_CERTIFICATE),
    "voidCertificate": ("CertificateDraft", "Certificate", WHOLE_CERTIFICATE),
    "submitSample": ("SubmitSampleDraft", "CertificateSample", SAMPLE),
    "approveSample": ("ApproveSampleDraft", "CertificateSample", SAMPLE),
    "choosePrinter": ("ChoosePrinterDraft", "CertificateSample", SAMPLE),
    "requestSealLoan": ("RequestSealLoanDraft", "SealImpressionLoan", SEAL_LOAN),
    "approveSealLoan": ("ApproveSealLoanDraft", "SealImpressionLoan", SEAL_LOAN),
    "receiveSeal": ("ReceiveSealDraft", "SealImpressionLoan", SEAL_LOAN),
    "returnSeal": ("ReturnSealDraft", "SealImpressionLoan", SEAL_LOAN),
    "recordPrintRun": ("RecordPrintRunDraft", "PrintRun", PRINT_RUN),
    "recordSpoiled": ("StockLossDraft", "StockLoss", STOCK_LOSS),
    "recordMissing": ("StockLossDraft", "StockLoss", STOCK_LOSS),
    "filePrintReport": ("FilePrintReportDraft", "AnnualPrintReport", PRINT_REPORT),
    "acknowledgePrintReport": ("AcknowledgePrintReportDraft", "AnnualPrintReport", PRINT_REPORT),
    "setNumberingScheme": ("NumberingSchemeDraft", "NumberingScheme", "provinceCode fromOn pattern check"),
    "setPolicy": ("PolicyDraft", "PolicyVersion", POLICY_VERSION),
}

CERTIFICATES_QUERY = (
    "query ($id: ID!) { answer: member(id: $id) { joinedOn certificate { state number { provinceCode number } } "
    f"warnings {{ {REFUSAL} }} certificates {{ {WHOLE_CERTIFICATE} }} }} }}"
)
#: Whether a line of the certificate is of before the hub.
_MARKS = "isLegacy unverifiedCounterparty"
HISTORY_QUERY = (
    "query ($id: ID!) { answer: member(id: $id) { "
    f"history {{ version at statementSha256 proof by {{ {UNION_NAME} }} }} "
    f"duesRecords {{ paidFrom paidThrough statementSha256 by {{ {UNION_NAME} }} }} "
    f"certificate {{ transferColumn {{ {ENTRY} {_MARKS} }} retentionColumn {{ {RETENTION_ENTRY} {_MARKS} }} }} }} }}"
)
ROLL_QUERY = (
    "query ($unionId: ID, $asOf: Date, $memberId: ID, $first: Int, $after: String) { answer: electoralRoll(unionId: "
    "$unionId, asOf: $asOf, memberId: $memberId, first: $first, after: $after) { __typename "
    f"... on ElectorConnection {{ edges {{ cursor node {{ membershipId member {{ name }} }} }} {PAGE_INFO} }} "
    f"... on Refusal {{ {REFUSAL} }} }} }}"
)
#: `recordDues` as a host union reads the answer.
DUES = (
    "mutation ($statement: String!) { answer: recordDues(statement: $statement) { __typename ... on DuesRecord "
    f"{{ membershipId paidFrom paidThrough statementSha256 by {{ {UNION_NAME} }} }} ... on Member {{ id }} "
    f"... on Refusal {{ {REFUSAL} }} }} }}"
)
POLICY_QUERY = (
    "query ($unionId: ID, $provinceCode: String, $asOf: Date) { answer: policy(unionId: $unionId, "
    f"provinceCode: $provinceCode, asOf: $asOf) {{ asOf recordOf {{ {UNION_NAME} }} values {{ rule name value unit "
    "source version effectiveFrom nationalValue minimum maximum choices } } }"
)
POLICY_VERSIONS_QUERY = (
    "query ($unionId: ID, $provinceCode: String, $first: Int, $after: String) { answer: policyVersions(unionId: "
    "$unionId, provinceCode: $provinceCode, first: $first, after: $after) "
    f"{{ edges {{ cursor node {{ {POLICY_VERSION} }} }} {PAGE_INFO} }} }}"
)
SCHEME_QUERY = (
    "query ($provinceCode: String!, $on: Date!) { answer: numberingScheme(provinceCode: $provinceCode, on: $on) "
    "{ provinceCode fromOn pattern check } }"
)
SAMPLES_QUERY = f"{{ answer: certificateSamples {{ {SAMPLE} }} }}"
SEAL_LOANS_QUERY = f"{{ answer: sealLoans {{ {SEAL_LOAN} }} }}"
PRINT_RUNS_QUERY = f"{{ answer: printRuns {{ {PRINT_RUN} }} }}"
STOCK_QUERY = f"{{ answer: certificateStock {{ {STOCK} }} }}"
PRINT_REPORTS_QUERY = (
    f"query ($asOf: Date, $year: Int) {{ answer: printReports(asOf: $asOf, year: $year) {{ {PRINT_REPORT} }} }}"
)
VIEWER_QUERY = f"{{ answer: viewer {{ kid union {{ {UNION} }} }} }}"
PLACEMENTS_QUERY = (
    "query ($state: PlacementState, $first: Int, $after: String) "
    "{ answer: placements(state: $state, first: $first, after: $after) "
    f"{{ edges {{ cursor node {{ {PLACEMENT} member {{ membershipId }} }} }} {PAGE_INFO} }} }}"
)
AWAITED_QUERY = f"{{ answer: awaitedMembers {{ employerUscc members since nextStep union {{ {UNION_NAME} }} }} }}"
MEMBER_QUERY = f"query ($id: ID!) {{ answer: member(id: $id) {{ {MEMBER} }} }}"
DUPLICATE_QUERY = (
    "query ($id: ID!) { answer: member(id: $id) { membershipId joinedOn status duplicate { membershipId joinedOn "
    f"keptByUs keptByOther decidableFrom union {{ {UNION_NAME} }} }} }} }}"
)
MERGE_CASES_QUERY = (
    "{ answer: mergeCases { membershipId joinedOn memberNameMasked decidableFrom keptByHolder keptByOther "
    f"otherMembershipId otherJoinedOn union {{ {UNION_NAME} }} otherUnion {{ {UNION_NAME} }} }} }}"
)
HANDOFF_QUERY = f"query ($id: ID!) {{ answer: handoff(id: $id) {{ {HANDOFF} proof }} }}"
RECEIPT_QUERY = "query ($sha256: String!) { answer: receipt(statementSha256: $sha256) }"
UNION_QUERY = f"query ($uri: String, $uscc: String) {{ answer: union(uri: $uri, uscc: $uscc) {{ {UNION} }} }}"
CERTIFICATE_QUERY = f"query ($id: ID!) {{ answer: certificate(memberId: $id) {{ {CERTIFICATE} }} }}"
MEMBERS_QUERY = (
    "query ($filter: MemberFilter, $first: Int, $after: String) { answer: members(filter: $filter, first: $first, "
    f"after: $after) {{ edges {{ cursor node {{ {MEMBER} }} }} {PAGE_INFO} }} }}"
)
UNIONS_QUERY = (
    "query ($nameContains: String, $first: Int, $after: String) { answer: unions(nameContains: $nameContains, "
    f"first: $first, after: $after) {{ edges {{ cursor node {{ {UNION_NAME} }} }} {PAGE_INFO} }} }}"
)
DOCKET_QUERY = (
    "query ($side: Side, $states: [HandoffState!], $first: Int, $after: String) { answer: docket(side: $side, "
    "states: $states, first: $first, after: $after) { edges { cursor node { side state counterpart "
    f"{{ {UNION_NAME} }} nextDeadline {{ {DEADLINE} }} handoff {{ {HANDOFF} }} }} }} {PAGE_INFO} }} }}"
)
EXPLAIN_QUERY = (
    "query ($id: ID!) { answer: explain(handoffId: $id) { summary summaryEn missing handoff { id state } "
    f"steps {{ {STEP} }} next {{ act side articles union {{ {UNION_NAME} }} by {{ {DEADLINE} }} }} "
    f"later {{ act side possibleFrom union {{ {UNION_NAME} }} }} }} }}"
)
AGREEMENT_QUERY = (
    "query ($id: ID!, $first: Int, $after: String) { answer: entrustment(id: $id) { "
    f"{AGREEMENT} roster(first: $first, after: $after) {{ edges {{ cursor node {{ {COVERAGE} }} }} {PAGE_INFO} }} }} }}"
)
AGREEMENTS_QUERY = f"{{ answer: entrustments {{ edges {{ node {{ {AGREEMENT} }} }} {PAGE_INFO} }} }}"
RESPONSIBILITIES_QUERY = (
    "query ($id: ID!) { answer: responsibilities(memberId: $id) { duty isUnassigned "
    f"union {{ {UNION_NAME} }} agreement {{ id }} }} }}"
)
COVERED_MEMBER_QUERY = (
    f"query ($id: ID!) {{ answer: member(id: $id) {{ id coverage {{ {COVERAGE} agreement {{ id state }} }} "
    f"careRecords {{ {CARE} }} holdings {{ union {{ uri }} }} status }} }}"
)
REVEAL = (
    "mutation ($memberId: ID!, $purpose: String!) { answer: revealIdNumber(memberId: $memberId, purpose: $purpose) "
    f"{{ __typename ... on IdNumber {{ idType idNumber }} ... on Refusal {{ {REFUSAL} }} }} }}"
)


def draft_document(mutation: str) -> str:
    """Give the query for the draft of an act: `draft` and the mutation's name."""
    given, *_ = ACTS[mutation]
    field = f"draft{mutation[0].upper()}{mutation[1:]}"
    return (
        f"query ($input: {given}!) {{ answer: {field}(input: $input) "
        f"{{ typ claims card {{ {CARD} }} document refusals {{ {REFUSAL} }} }} }}"
    )


def act_document(mutation: str) -> str:
    """Give the mutation of an act."""
    _, answer, fields = ACTS[mutation]
    given, taken = arguments_of(mutation)
    return (
        f"mutation ({given}) {{ answer: {mutation}({taken}) "
        f"{{ __typename ... on {answer} {{ {fields} }} ... on Refusal {{ {REFUSAL} }} }} }}"
    )


#: Whose data travel beside the statement: always, or if they are amended.
WITH_PERSON = {"joinMember": "String!", "importMember": "String!", "amendMember": "String"}


#: What else travels beside it.
WITH_DOCUMENT = {"proposeEntrustment": "agreement", "amendRoster": "roster"}


def arguments_of(mutation: str) -> tuple[str, str]:
    """Give the variables of an act's mutation, and its arguments."""
    given, taken = "$statement: String!", "statement: $statement"
    if mutation in WITH_DOCUMENT:
        return f"{given}, $document: String!", f"{taken}, {WITH_DOCUMENT[mutation]}: $document"
    if mutation in WITH_PERSON:
        return f"{given}, $person: {WITH_PERSON[mutation]}", f"{taken}, person: $person"
    return given, taken


SECONDMENTS_QUERY = (
    "query ($side: SecondmentSide!, $states: [SecondmentState!], $first: Int, $after: String) { answer: "
    "secondments(side: $side, states: $states, first: $first, after: $after) "
    f"{{ edges {{ cursor node {{ {SECONDMENT} }} }} {PAGE_INFO} }} }}"
)
