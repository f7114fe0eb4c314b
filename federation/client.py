"""A union's client of a hub: asks for drafts, looks at them, signs, hands in, and reads.

The private keys never leave the process, and nothing is signed that says something else than was asked. Inputs and
answers are plain JSON, with the names of the hub's schema.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx

from federation import assertions, documents, merging, statements
from federation.documents import ActDocuments
from federation.drafts import Draft, check_draft
from federation.errors import AnswerLost, Refused
from federation.forms import KeyUse
from federation.keys import PrivateKey
from federation.session import RETRY_SECONDS, Session, real_clock

__all__ = ["Draft", "HubClient"]

Answer = dict[str, Any]
Input = Mapping[str, Any]


class HubClient(Session):
    """One union at one hub.

    The methods for acts ask for the draft, raise the first of its refusals (`Refused.also` has the rest), check that
    it says what was asked, sign it as it is and hand it in. Who wants a person to look first, or to keep the statement
    before it is sent, takes the parts: `draft`, `sign`, `submit`.
    """

    def __init__(
        self,
        origin: str,
        union: str,
        login_key: PrivateKey,
        signing_key: PrivateKey,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = real_clock,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        super().__init__(origin, union, login_key, transport=transport, now=now, retry_seconds=retry_seconds)
        self._signing_key = signing_key

    # The parts of an act

    async def draft(self, act: ActDocuments, asked: Input) -> Draft:
        """Ask for a draft of an act (`documents.RELEASE`, …). It changes nothing, and tells all refusals."""
        data = await self.execute(act.draft, {"input": dict(asked)})
        return Draft.from_answer(data["answer"])

    def sign(self, act: ActDocuments, draft: Draft, asked: Input) -> str:
        """Sign a draft, as it is, if it says what was asked. Refuses: StatementError."""
        check_draft(draft, act.act, asked, union=self.union, hub=self.hub, now=self.now())
        return statements.sign_claims(str(draft.claims), act.act.typ, self._signing_key)

    async def submit(
        self, act: ActDocuments, statement: str, person: str | None = None, *, document: str | None = None
    ) -> Answer:
        """Hand in a statement; the same one again, whenever, gives the same receipt and acts no second time.

        Takes, for a join or an amendment of a person's data, these: the draft's card; for an agreement or a roster, the
        draft's document. Gives the object as it is now.
        Refuses: Refused; AnswerLost, with the statement.
        """
        variables = {"statement": statement} | ({} if person is None else {"person": person})
        variables |= {} if document is None else {"document": document}
        try:
            data = await self.execute(act.submit, variables)
        except AnswerLost as lost:
            raise AnswerLost(str(lost), statement) from lost
        return _lawful(data["answer"])

    async def act(self, act: ActDocuments, asked: Input, *, checked: Input | None = None) -> Answer:
        """Draft, sign and hand in. `checked` is what the draft must say, where the input has other names for it."""
        draft = await self.draft(act, asked)
        if draft.refusals:
            first, *also = draft.refusals
            first.also = tuple(also)
            raise first
        statement = self.sign(act, draft, asked if checked is None else checked)
        person = draft.card if act in documents.WITH_PERSON else None
        return await self.submit(act, statement, person, document=draft.document)

    # Members

    async def join_member(self, asked: Input) -> Answer:
        """Take in a person who is nobody's member. Takes a `JoinMemberDraft`, gives the `Member` (A5)."""
        return await self.act(documents.JOIN, asked)

    async def amend_member(self, asked: Input) -> Answer:
        """Put a member's data right, or up to date. Takes an `AmendMemberDraft`, gives the `Member` (A11)."""
        return await self.act(documents.AMEND_MEMBER, asked)

    async def record_retention(self, asked: Input) -> Answer:
        """Retain a member who has retired, lost work or enlisted. Takes a `RecordRetentionDraft` (A17, A19, A20)."""
        return await self.act(documents.RECORD_RETENTION, asked)

    async def change_retention_reason(self, asked: Input) -> Answer:
        """Let a retention go on for another reason. Takes a `ChangeRetentionReasonDraft` (A17, A20)."""
        return await self.act(documents.CHANGE_RETENTION_REASON, asked)

    async def restore_membership(self, asked: Input) -> Answer:
        """Restore a retained member who works again and stays. Takes a `RestoreMembershipDraft` (A19, A20)."""
        return await self.act(documents.RESTORE_MEMBERSHIP, asked)

    async def annul_retention(self, member_id: str) -> Answer:
        """Annul a retention that was entered by mistake. Gives the `Member` (A21)."""
        return await self.act(documents.ANNUL_RETENTION, {"memberId": member_id})

    async def record_withdrawal(self, asked: Input) -> Answer:
        """End a membership at the member's request. Takes a `RecordWithdrawalDraft`, gives the `Member` (A22)."""
        return await self.act(documents.WITHDRAW, asked)

    async def record_deemed_withdrawal(self, asked: Input) -> Answer:
        """End a membership as deemed withdrawn. Takes a `RecordDeemedWithdrawalDraft` (A22)."""
        return await self.act(documents.DEEM_WITHDRAWN, asked)

    async def decide_expulsion(self, asked: Input) -> Answer:
        """Expel a member. Takes a `DecideExpulsionDraft`, gives the `Member`; it is still to be filed (A23)."""
        return await self.act(documents.EXPEL, asked)

    async def propose_expulsion(self, asked: Input) -> Answer:
        """Enter what the union group proposes. Takes a `ProposeExpulsionDraft`, gives the `Member`, unchanged (A23)."""
        return await self.act(documents.PROPOSE_EXPULSION, asked)

    async def drop_expulsion(self, asked: Input) -> Answer:
        """Drop what was proposed. Takes a `DropExpulsionDraft`, gives the `Member` (A23)."""
        return await self.act(documents.DROP_EXPULSION, asked)

    async def record_death(self, asked: Input) -> Answer:
        """Record that a member has died. Takes a `RecordDeathDraft`, gives the `Member`."""
        return await self.act(documents.RECORD_DEATH, asked)

    async def file_expulsion(self, asked: Input) -> Answer:
        """File an expulsion with the union above. Takes a `FileExpulsionDraft`, gives the `Ending` (A23)."""
        return await self.act(documents.FILE_EXPULSION, asked)

    async def acknowledge_filing(self, membership_id: str) -> Answer:
        """Mark a filing as read, as the union above. Gives the `FilingMark` (A23)."""
        return await self.act(documents.ACKNOWLEDGE_FILING, {"membershipId": membership_id})

    async def return_filing(self, membership_id: str, papers: Sequence[str]) -> Answer:
        """Send a filing back for papers, as the union above. Gives the `FilingMark` (A23)."""
        return await self.act(documents.RETURN_FILING, {"membershipId": membership_id, "papers": list(papers)})

    async def reverse_expulsion(self, asked: Input) -> Answer:
        """Reverse an expulsion. Takes a `ReverseExpulsionDraft`, gives the `Member` (A23)."""
        return await self.act(documents.REVERSE_EXPULSION, asked)

    async def filings(self, *, first: int | None = None, after: str | None = None) -> Answer:
        """List the expulsions that were filed with this union, a page at a time, the latest first (A23)."""
        return await self._read_all(documents.FILINGS, first=first, after=after)

    async def overdue_filings(self, *, first: int | None = None, after: str | None = None) -> Answer:
        """List the expulsions that this union has still to file, a page at a time, the earliest first (A23)."""
        return await self._read_all(documents.OVERDUE_FILINGS, first=first, after=after)

    async def ending(self, member_id: str) -> Answer | None:
        """Read how a membership ended, and what is still to be done; None as long as it has not."""
        member = await self._read(documents.ENDING_BY_MEMBER, id=member_id)
        return None if member is None else member["ending"]

    async def set_policy(self, asked: Input) -> Answer:
        """Set a province's policy, as its federation. Takes a `PolicyDraft`, gives the `PolicyVersion`."""
        return await self.act(documents.SET_POLICY, asked)

    async def policy(
        self, *, union_id: str | None = None, province: str | None = None, as_of: str | None = None
    ) -> Answer | None:
        """Read the policy that holds for a union or in a province on a day, today if none is given."""
        return await self._read(documents.POLICY, unionId=union_id, provinceCode=province, asOf=as_of)

    async def record_secondment(self, asked: Input) -> Answer:
        """Record that a member works elsewhere for a time. Takes a `RecordSecondmentDraft`, gives the `Secondment`."""
        return await self.act(documents.RECORD_SECONDMENT, asked)

    async def change_secondment_term(self, asked: Input) -> Answer:
        """Change the term of a secondment before any transfer. Takes a `ChangeSecondmentTermDraft` (A14)."""
        return await self.act(documents.CHANGE_SECONDMENT_TERM, asked)

    async def end_secondment_early(self, asked: Input) -> Answer:
        """End a secondment before its term, as the home union. Takes an `EndSecondmentEarlyDraft` (A14)."""
        return await self.act(documents.END_SECONDMENT_EARLY, asked)

    async def extend_secondment(self, asked: Input) -> Answer:
        """Sign a longer term: it counts with the other union's word. Takes an `ExtendSecondmentDraft` (A14)."""
        return await self.act(documents.EXTEND_SECONDMENT, asked)

    async def convert_secondment(self, member_id: str) -> Answer:
        """Sign that the member stays with the host: it counts with the other union's word (A12, A14)."""
        return await self.act(documents.CONVERT_SECONDMENT, {"memberId": member_id})

    async def end_home_relation(self, asked: Input) -> Answer:
        """Sign the right to have the member back away. Takes an `EndHomeRelationDraft`, gives the `Secondment`."""
        return await self.act(documents.END_HOME_RELATION, asked)

    async def retarget_secondment(self, asked: Input) -> Answer:
        """Name who has a seconded member back instead of a union wound up. Takes a `RetargetSecondmentDraft`."""
        return await self.act(documents.RETARGET_SECONDMENT, asked)

    async def import_member(self, asked: Input) -> Answer:
        """Bring in a membership of before the hub. Takes an `ImportMemberDraft`, gives the `Member` (A3, A25)."""
        return await self.act(documents.IMPORT, asked)

    async def import_history(self, asked: Input) -> Answer:
        """Bring in a certificate's lines of before the hub. Takes an `ImportHistoryDraft`, gives the `Member` (A25)."""
        return await self.act(documents.IMPORT_HISTORY, asked)

    async def record_dues(self, asked: Input) -> Answer:
        """Record months paid (NX-6). Takes a `RecordDuesDraft`, gives the `Member`, or to a host the `DuesRecord`."""
        return await self.act(documents.RECORD_DUES, asked)

    async def duplicate(self, member_id: str) -> Answer | None:
        """Read where another live membership of this member is held; the hub logs it. None if there is none (A3)."""
        member = await self._read(documents.DUPLICATE, id=member_id)
        return None if member is None else member["duplicate"]

    async def merge_memberships(self, member_id: str, *, survivor: bool) -> Answer:
        """Say whether this union's record of a member goes on, or the other one. Gives the `Member` (A3).

        What is signed is the document that this side writes by itself, from its own record and the other one as shown.
        """
        asked = {"memberId": member_id, "survivor": survivor}
        member = await self._read(documents.DUPLICATE, id=member_id)
        other = member["duplicate"] if member else None
        if member is None or other is None:
            return await self.act(documents.MERGE, asked)
        sides = (_side(member, self.union), _side(other, other["union"]["uri"]))
        stands = sides[0 if survivor else 1].membership_id
        checked = {"survivor": survivor, "mergeSha256": merging.merge_sha256(*sides, stands)}
        return await self.act(documents.MERGE, asked, checked=checked)

    async def merge_cases(self) -> list[Answer]:
        """Read the pairs that have come to this union to decide, the longest waiting first (A3, HUB-P02)."""
        cases: list[Answer] = (await self.execute(documents.MERGE_CASES, {}))["answer"]
        return cases

    async def decide_merge(self, case: Answer, evidence_sha256: str | None = None) -> Answer:
        """Decide that the record of a case goes on. Takes one of `merge_cases`, gives the `MergeDecision` (A3)."""
        given: dict[str, Any] = {} if evidence_sha256 is None else {"evidenceSha256": evidence_sha256}
        sides = (
            _side(case, case["union"]["uri"]),
            merging.MergeSide(
                UUID(case["otherMembershipId"]),
                case["otherUnion"]["uri"],
                date.fromisoformat(case["otherJoinedOn"]),
            ),
        )
        checked = given | {"mergeSha256": merging.merge_sha256(*sides, sides[0].membership_id)}
        asked = given | {"membershipId": case["membershipId"]}
        return await self.act(documents.DECIDE_MERGE, asked, checked=checked)

    async def release_member(self, asked: Input) -> Answer:
        """Let a member go to the union named. Takes a `ReleaseMemberDraft`, gives the `Handoff` (A12)."""
        return await self.act(documents.RELEASE, asked)

    async def accept_handoff(self, asked: Input) -> Answer:
        """Take in the member of a release to this union. Takes an `AcceptHandoffDraft`, gives the `Handoff`."""
        return await self.act(documents.ACCEPT, asked)

    async def refuse_handoff(self, handoff_id: str, ground: str, fields: Sequence[str] | None = None) -> Answer:
        """Send a release back on a lawful ground, naming the defective fields. Gives the `Handoff` (A12)."""
        asked: dict[str, Any] = {"handoffId": handoff_id, "ground": ground}
        return await self.act(documents.REFUSE, asked if fields is None else asked | {"fields": list(fields)})

    async def recall_handoff(self, handoff_id: str) -> Answer:
        """Take back a release of this union that nobody has accepted. Gives the `Handoff`."""
        return await self.act(documents.RECALL, {"handoffId": handoff_id})

    async def request_handoff(self, asked: Input) -> Answer:
        """Ask for a member who has come to work here. Takes a `RequestHandoffDraft`, gives the `Handoff` (A12)."""
        return await self.act(documents.REQUEST, asked)

    async def cancel_request(self, handoff_id: str) -> Answer:
        """Take back a request of this union. Gives the `Handoff`."""
        return await self.act(documents.CANCEL, {"handoffId": handoff_id})

    async def object_to_request(self, handoff_id: str, ground: str) -> Answer:
        """Object to another union's request for a member held here, on a listed ground. Gives the `Handoff` (A12)."""
        return await self.act(documents.OBJECT, {"handoffId": handoff_id, "ground": ground})

    async def release_in_lieu(self, asked: Input) -> Answer:
        """Release in the stead of a holder below that has let a request lie. Takes a `ReleaseInLieuDraft`."""
        return await self.act(documents.RELEASE_IN_LIEU, asked)

    async def release_for_external(self, asked: Input) -> Answer:
        """Sign what the paper of a union outside the hub says, for a request of this union (A25).

        Takes a `ReleaseForExternalDraft`, gives the `Handoff`: it can be accepted from then on.
        """
        return await self.act(documents.RELEASE_FOR_EXTERNAL, asked)

    async def accept_for_external(self, asked: Input) -> Answer:
        """Sign that a union outside the hub, to which this union has released, took the member in on paper (A25).

        Takes an `AcceptForExternalDraft`, gives the `Handoff`.
        """
        return await self.act(documents.ACCEPT_FOR_EXTERNAL, asked)

    async def dismiss_request(self, handoff_id: str, ground: str, evidence_sha256: str | None = None) -> Answer:
        """Find, above the holder, that a ground to object stands. Gives the `Handoff`."""
        asked: dict[str, Any] = {"handoffId": handoff_id, "ground": ground}
        return await self.act(
            documents.DISMISS, asked if evidence_sha256 is None else asked | {"evidenceSha256": evidence_sha256}
        )

    async def propose_entrustment(self, asked: Input) -> Answer:
        """Put an entrustment agreement before the other union (A9). Look at the draft's document before you sign."""
        return await self.act(documents.PROPOSE_ENTRUSTMENT, asked)

    async def sign_entrustment(self, agreement_id: str) -> Answer:
        """Sign an agreement as it stands. Read its document first."""
        return await self.act(documents.SIGN_ENTRUSTMENT, {"agreementId": agreement_id})

    async def withdraw_entrustment(self, agreement_id: str) -> Answer:
        """Take an agreement back before both have signed."""
        return await self.act(documents.WITHDRAW_ENTRUSTMENT, {"agreementId": agreement_id})

    async def terminate_entrustment(self, agreement_id: str) -> Answer:
        """End an agreement."""
        return await self.act(documents.TERMINATE_ENTRUSTMENT, {"agreementId": agreement_id})

    async def amend_roster(self, asked: Input) -> Answer:
        """Put members on the roster, take others off it."""
        return await self.act(documents.AMEND_ROSTER, asked)

    async def acknowledge_coverage(self, agreement_id: str, member_ids: Sequence[str]) -> Answer:
        """Take the duties for members who were put on the roster."""
        asked = {"agreementId": agreement_id, "memberIds": list(member_ids)}
        return await self.act(documents.ACKNOWLEDGE_COVERAGE, asked)

    async def decline_coverage(self, agreement_id: str, member_ids: Sequence[str]) -> Answer:
        """Take no duties for them."""
        return await self.act(documents.DECLINE_COVERAGE, {"agreementId": agreement_id, "memberIds": list(member_ids)})

    async def record_activity(self, asked: Input) -> Answer:
        """Record that a member took part in an activity."""
        return await self.act(documents.RECORD_ACTIVITY, asked)

    async def record_rights_case(self, asked: Input) -> Answer:
        """Record a case in which a member's rights were protected."""
        return await self.act(documents.RECORD_RIGHTS_CASE, asked)

    async def reveal_id_number(self, member_id: str, purpose: str) -> Answer:
        """Read a member's ID number; the hub logs it with the purpose. Gives the `IdNumber`."""
        data = await self.execute(documents.REVEAL_ID_NUMBER, {"memberId": member_id, "purpose": purpose})
        return _lawful(data["answer"])

    # Unions and keys

    async def register_union(self, asked: Input) -> Answer:
        """Bring a union of the next lower level in. Takes a `UnionDraft`, gives the `Union`."""
        return await self.act(documents.REGISTER_UNION, asked)

    async def amend_union(self, asked: Input) -> Answer:
        """Put right what is registered of a union of the next lower level. Takes an `AmendUnionDraft`."""
        return await self.act(documents.AMEND_UNION, asked)

    async def wind_up_union(self, asked: Input) -> Answer:
        """Wind up a union of the next lower level. Takes a `WindUpUnionDraft`, gives the `Union`."""
        return await self.act(documents.WIND_UP_UNION, asked)

    async def close_union(self, asked: Input) -> Answer:
        """Close a union that was wound up, with which nothing is left. Takes a `CloseUnionDraft`, gives the `Union`."""
        return await self.act(documents.CLOSE_UNION, asked)

    async def register_key(
        self, *, use: KeyUse, jwk: str, proof: str, union: str | None = None, not_before: datetime | None = None
    ) -> Answer:
        """Register a key for a union below, or for this one. Gives the `Union`.

        Takes the public JWK's text and the proof of possession (`assertions.key_proof`) as its owner sent them.
        """
        asked: dict[str, Any] = {"union": union or self.union, "use": use.value, "jwk": jwk, "proof": proof}
        if not_before is not None:
            asked["notBefore"] = not_before.isoformat()
        return await self.act(documents.REGISTER_KEY, asked)

    async def register_own_key(self, key: PrivateKey, use: KeyUse, not_before: datetime | None = None) -> Answer:
        """Register a new key of this union, signed with the one in force. Gives the `Union`."""
        proof = assertions.key_proof(key, union=self.union, aud=self.hub, iat=self.now())
        return await self.register_key(use=use, jwk=key.public.jwk_text, proof=proof, not_before=not_before)

    async def retire_key(self, *, kid: str, use: KeyUse, at: datetime, union: str | None = None) -> Answer:
        """Have a key sign nothing from `at` on; what it signed before stands. Gives the `Union`."""
        key = {"union": union or self.union, "kid": kid, "use": use.value}
        checked = key | {"retiredAt": at.isoformat()}
        return await self.act(documents.RETIRE_KEY, key | {"at": at.isoformat()}, checked=checked)

    async def revoke_key(
        self, *, kid: str, use: KeyUse, reason: str, invalid_from: datetime, union: str | None = None
    ) -> Answer:
        """Declare that a key is not to be trusted from `invalid_from` on. Gives the `Union`."""
        key = {"union": union or self.union, "kid": kid, "use": use.value, "reason": reason}
        checked = key | {"invalidFrom": invalid_from.isoformat()}
        return await self.act(documents.REVOKE_KEY, key | {"at": invalid_from.isoformat()}, checked=checked)

    # Reads

    async def viewer(self) -> Answer:
        """Read who this is to the hub: the union with its keys, and the key of the login."""
        return await self._read_all(documents.VIEWER)

    async def find_union(self, *, uri: str | None = None, uscc: str | None = None) -> Answer | None:
        """Read a union by its URI or its code."""
        return await self._read(documents.UNION_BY_NAME, uri=uri, uscc=uscc)

    async def member(self, member_id: str) -> Answer | None:
        """Read a member that this union holds; None for all others, existing or not."""
        return await self._read(documents.MEMBER_BY_ID, id=member_id)

    async def members(
        self, *, matching: Input | None = None, first: int | None = None, after: str | None = None
    ) -> Answer:
        """List members that this union holds, a page at a time. Takes a `MemberFilter`, gives the connection."""
        return await self._read_all(documents.MEMBERS, filter=matching, first=first, after=after)

    async def placements(
        self, *, state: str | None = None, first: int | None = None, after: str | None = None
    ) -> Answer:
        """List who waits with this union for that of the employer (A6, A13), a page at a time; `EXIT_DUE`: no more."""
        return await self._read_all(documents.PLACEMENTS, state=state, first=first, after=after)

    async def awaited_members(self) -> list[Answer]:
        """Read how many wait with other unions to be transferred to this one; no person is named (A11)."""
        awaited: list[Answer] = (await self.execute(documents.AWAITED_MEMBERS, {}))["answer"]
        return awaited

    async def handoff(self, handoff_id: str) -> Answer | None:
        """Read a handoff that this union is a party of, with the card as far as it may see it."""
        return await self._read(documents.HANDOFF_BY_ID, id=handoff_id)

    async def docket(
        self,
        *,
        side: str | None = None,
        states: Sequence[str] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Answer:
        """List this union's cases, a page at a time. Gives the connection."""
        return await self._read_all(documents.DOCKET, side=side, states=states, first=first, after=after)

    async def certificate(self, member_id: str) -> Answer | None:
        """Read a member's certificate with its 工会组织关系接转 column (NX-3)."""
        return await self._read(documents.CERTIFICATE, memberId=member_id)

    async def explain(self, handoff_id: str) -> Answer | None:
        """Read in words where a handoff stands, what is missing and who may act next."""
        return await self._read(documents.EXPLAIN, handoffId=handoff_id)

    async def receipt(self, statement_sha256: str) -> str | None:
        """Read the hub's receipt for a statement of this union: what to ask after a lost answer."""
        receipt: str | None = (await self.execute(documents.RECEIPT, {"sha256": statement_sha256}))["answer"]
        return receipt

    async def proof(self, handoff_id: str) -> str | None:
        """Read the proof of a handoff, for `federation.proof.verify_proof`; None if there is none for this union."""
        handoff = await self._read(documents.PROOF, id=handoff_id)
        return None if handoff is None else handoff["proof"]

    async def _read(self, query: str, **variables: Any) -> Answer | None:
        """Run a read that may find nothing."""
        given = {name: value for name, value in variables.items() if value is not None}
        answer: Answer | None = (await self.execute(query, given))["answer"]
        return answer

    async def _read_all(self, query: str, **variables: Any) -> Answer:
        """Run a read that always has an answer."""
        return await self._read(query, **variables) or {}


def _side(record: Answer, holder: str) -> merging.MergeSide:
    return merging.MergeSide(UUID(record["membershipId"]), holder, date.fromisoformat(record["joinedOn"]))


def _lawful(answer: Answer) -> Answer:
    """Give the object answered, or raise the refusal that was."""
    if answer.pop("__typename") == "Refusal":
        raise Refused.from_answer(answer)
    return answer
