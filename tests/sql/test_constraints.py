"""Each constraint refuses its own wrong row, even from a superuser: no code above the tables is needed for that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest

from federation.acts_certificates import CertificateLoss
from tests.databases import WORKER
from tests.endings import act
from tests.entrusting import everything_entrusted
from tests.governing import set_policy
from tests.history import everything_imported
from tests.printing import Prints
from tests.retaining import retain
from tests.seconding import everything_seconded
from tests.sql.racing import members_of
from tests.winding import close, wind_up
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import connected, copy_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.databases import Cluster
    from tests.worlds import Founded

pytestmark = pytest.mark.invariant("I2")

#: Stands for an id or a hash that no row has.
NEW: Final = object()
#: Stands for a union that is closed.
CLOSED: Final = object()
BEFORE: Final = datetime(2001, 1, 1, tzinfo=UTC)
AFTER: Final = datetime(2002, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wrong:
    """A copy of a row that stands in a table, with some columns changed, and what refuses it."""

    constraint: str
    table: str
    changes: dict[str, Any]
    sqlstate: str
    like: str = "true"

    def __str__(self) -> str:
        return f"{self.constraint}-{'-'.join(self.changes) or 'copy'}"


def _check(constraint: str, table: str, like: str = "true", **changes: Any) -> Wrong:
    return Wrong(constraint, table, changes, "23514", like)


def _key(constraint: str, table: str, like: str = "true", **changes: Any) -> Wrong:
    return Wrong(constraint, table, changes, "23505", like)


def _reference(constraint: str, table: str, like: str = "true", **changes: Any) -> Wrong:
    return Wrong(constraint, table, changes, "23503", like)


#: An interval of another time, so that the row offends by one thing alone.
_OTHER_TIME: Final = asyncpg.Range(BEFORE, AFTER)
_OTHER_TIME_OF_HOLDING: Final[dict[str, Any]] = {"custody_version": 99, "during": _OTHER_TIME}
_OPEN: Final = "is_open"
_ASKED: Final = "higher_union is not null"
_HELD: Final = "open_handoff is not null"
_NUMBERED: Final = "certificate_number is not null"
_STILL: Final = "open_handoff is null and open_duplicate is null"
_ENDED: Final[dict[str, Any]] = {"state": "ENDED", "end_reason": "MERGED"}
_LENT: Final = "holding_basis = 'SECONDMENT'"
_LIVE: Final = "status in ('ACTIVE', 'RETAINED')"
_SUSPECTED: Final = "status = 'DUPLICATE_SUSPECTED'"

CUSTODY: Final = (
    # One holder at every instant (I1, I2).
    Wrong("holdings_never_overlap", "holdings", {"custody_version": 99}, "23P01"),
    Wrong(
        "holdings_never_overlap",
        "holdings",
        {"custody_version": 99, "during": asyncpg.Range(BEFORE, None)},
        "23P01",
        like="upper_inf(during)",
    ),
    _key("holdings_pkey", "holdings"),
    _check("holdings_are_half_open", "holdings", custody_version=99, during=asyncpg.Range(empty=True)),
    _check("holdings_are_half_open", "holdings", custody_version=99, during=asyncpg.Range(None, BEFORE)),
    _check(
        "holdings_are_half_open", "holdings", custody_version=99, during=asyncpg.Range(BEFORE, AFTER, lower_inc=False)
    ),
    _check(
        "holdings_are_half_open", "holdings", custody_version=99, during=asyncpg.Range(BEFORE, AFTER, upper_inc=True)
    ),
    _reference("holdings_of_a_membership", "holdings", membership_id=NEW),
    _reference("holdings_holder_union_fkey", "holdings", holder_union=NEW, **_OTHER_TIME_OF_HOLDING),
    # The gate.
    _key("memberships_pkey", "memberships"),
    _key("memberships_one_live", "memberships", _LIVE, membership_id=NEW),
    _key("memberships_one_live", "memberships", f"{_LIVE} and not ({_LENT})", membership_id=NEW, status="RETAINED"),
    _reference("memberships_of_a_person", "memberships", member_id=NEW),
    _reference(
        "memberships_holder_union_fkey", "memberships", _STILL, membership_id=NEW, status="WITHDRAWN", holder_union=NEW
    ),
    # Of a union that is wound up, or closed (HUB-P09).
    _reference(
        "memberships_are_held_by_a_standing_union",
        "memberships",
        "status = 'EXPELLED'",
        membership_id=NEW,
        status="ACTIVE",
        holder_union=CLOSED,
    ),
    _reference(
        "handoffs_open_go_to_an_active_union",
        "handoffs",
        "state = 'ACCEPTED' and reason_code = 'CHANGE_OF_EMPLOYER'",
        handoff_id=NEW,
        is_open=True,
        to_union=CLOSED,
    ),
    _reference(
        "entrustments_bind_an_active_dispatch_union",
        "entrustments",
        agreement_id=NEW,
        dispatch_union=CLOSED,
        author_union="host_union",
    ),
    _reference(
        "entrustments_bind_an_active_host_union",
        "entrustments",
        agreement_id=NEW,
        host_union=CLOSED,
        author_union="dispatch_union",
    ),
    # Who is counted where the work is (A16): in one county at a time, and of some holder.
    _key("unassigned_pkey", "unassigned", during=_OTHER_TIME),
    _check("unassigned_county_check", "unassigned", since=BEFORE, during=_OTHER_TIME, county="31"),
    _check("unassigned_is_half_open", "unassigned", since=BEFORE, during=asyncpg.Range(empty=True)),
    Wrong("unassigned_never_overlaps", "unassigned", {"since": BEFORE}, "23P01"),
    _reference("unassigned_is_of_a_membership", "unassigned", membership_id=NEW),
    _reference("unassigned_holder_union_fkey", "unassigned", since=BEFORE, during=_OTHER_TIME, holder_union=NEW),
    # A9: two unions, both of them signed before it is in force, and one coverage a day within the dispatch.
    _key("entrustments_pkey", "entrustments"),
    _check("entrustments_agreement_id_check", "entrustments", agreement_id=UUID(int=0)),
    _check("entrustments_are_between_two_unions", "entrustments", agreement_id=NEW, host_union="dispatch_union"),
    _check("entrustments_are_between_two_unions", "entrustments", agreement_id=NEW, author_union=NEW),
    _check("entrustments_end_after_they_start", "entrustments", agreement_id=NEW, ends_on=BEFORE.date()),
    _check("entrustments_in_force_are_signed_by_both", "entrustments", agreement_id=NEW, host_signed_at=None),
    _check("entrustments_in_force_are_signed_by_both", "entrustments", agreement_id=NEW, in_force_from=BEFORE),
    _check("entrustments_are_in_force_from", "entrustments", agreement_id=NEW, in_force_from=None),
    _check("entrustments_are_in_force_from", "entrustments", agreement_id=NEW, state="DRAFT"),
    _reference(
        "entrustments_dispatch_union_fkey",
        "entrustments",
        agreement_id=NEW,
        dispatch_union=NEW,
        author_union="host_union",
    ),
    _reference(
        "entrustments_host_union_fkey", "entrustments", agreement_id=NEW, host_union=NEW, author_union="dispatch_union"
    ),
    _key("entrustment_steps_pkey", "entrustment_steps"),
    _reference("entrustment_steps_are_legal", "entrustment_steps", step_no=99, to_state="EXPIRED"),
    _reference("entrustment_steps_union_id_fkey", "entrustment_steps", step_no=99, union_id=NEW),
    _key("entrustment_documents_pkey", "entrustment_documents"),
    _key("coverages_pkey", "coverages"),
    Wrong("coverages_one_at_a_time", "coverages", {"coverage_id": NEW}, "23P01"),
    Wrong(
        "coverages_one_at_a_time", "coverages", {"coverage_id": NEW, "agreement_id": NEW, "state": "PENDING"}, "23P01"
    ),
    _check("coverages_state_check", "coverages", coverage_id=NEW, state="LIVE"),
    _check("coverages_that_ended_say_why", "coverages", coverage_id=NEW, state="ENDED"),
    _check("coverages_that_ended_say_why", "coverages", coverage_id=NEW, end_reason="MERGED"),
    _check("coverages_lie_within_the_dispatch", "coverages", coverage_id=NEW, **_ENDED, coverage_from=BEFORE.date()),
    _check("coverages_lie_within_the_dispatch", "coverages", coverage_id=NEW, **_ENDED, dispatch_to=BEFORE.date()),
    _reference("coverages_of_a_membership", "coverages", coverage_id=NEW, **_ENDED, membership_id=NEW),
    _reference("coverages_dispatch_union_fkey", "coverages", coverage_id=NEW, **_ENDED, dispatch_union=NEW),
    _reference("coverages_host_union_fkey", "coverages", coverage_id=NEW, **_ENDED, host_union=NEW),
    _key("care_records_pkey", "care_records"),
    _check("care_records_act_check", "care_records", act="record"),
    _reference("care_records_of_a_membership", "care_records", record_id=NEW, membership_id=NEW),
    _reference("care_records_union_id_fkey", "care_records", record_id=NEW, union_id=NEW),
    # What has ended, merged or not, has nothing open.
    _check("memberships_ended_have_nothing_open", "memberships", _SUSPECTED, status="DUPLICATE_MERGED"),
    _check("memberships_ended_have_nothing_open", "memberships", _HELD, status="WITHDRAWN"),
    _key("duplicates_pkey", "duplicates", closed_at=AFTER),
    _key("duplicates_one_open", "duplicates", pair_id=NEW),
    _reference("duplicates_of_a_membership", "duplicates", membership_id=NEW),
    _check("duplicates_are_two", "duplicates", other_membership="membership_id"),
    _check("duplicates_are_said_whole", "duplicates", "said_by is not null", said_sha256=None),
    _reference(
        "duplicates_said_by_fkey", "duplicates", "said_by is not null", pair_id=NEW, closed_at=AFTER, said_by=NEW
    ),
    _reference(
        "duplicates_higher_union_fkey",
        "duplicates",
        "higher_union is not null",
        pair_id=NEW,
        closed_at=AFTER,
        higher_union=NEW,
    ),
    # What the status was, and why a member is retained (A17–A21).
    _key("statuses_pkey", "statuses", during=_OTHER_TIME),
    Wrong("statuses_never_overlap", "statuses", {"status_no": 99}, "23P01", like="not upper_inf(during)"),
    _check("statuses_are_half_open", "statuses", status_no=99, during=asyncpg.Range(empty=True)),
    _check("statuses_are_half_open", "statuses", status_no=99, during=asyncpg.Range(None, BEFORE)),
    _check("statuses_are_half_open", "statuses", status_no=99, during=asyncpg.Range(BEFORE, AFTER, lower_inc=False)),
    _check("statuses_are_half_open", "statuses", status_no=99, during=asyncpg.Range(BEFORE, AFTER, upper_inc=True)),
    _reference("statuses_of_a_membership", "statuses", membership_id=NEW),
    # Secondments (A14): one at a time, between two unions, by legal steps.
    _key("secondments_pkey", "secondments", state="RETURNED"),
    _key("secondments_one_open", "secondments", secondment_no=99),
    _reference("secondments_of_a_membership", "secondments", membership_id=NEW),
    _reference("secondments_home_union_fkey", "secondments", secondment_no=99, state="RETURNED", home_union=NEW),
    _reference("secondments_host_union_fkey", "secondments", secondment_no=99, state="RETURNED", host_union=NEW),
    _check("secondments_end_after_they_start", "secondments", secondment_no=99, ends_on=date(2025, 1, 14)),
    _check("secondments_are_between_two_unions", "secondments", secondment_no=99, host_union="home_union"),
    _key("secondment_steps_pkey", "secondment_steps"),
    _reference("secondment_steps_are_legal", "secondment_steps", step_no=99, act="return"),
    _reference("secondment_steps_of_a_secondment", "secondment_steps", secondment_no=99),
    _reference("secondment_steps_union_id_fkey", "secondment_steps", step_no=99, union_id=NEW),
    _check("secondment_steps_machine_check", "secondment_steps", step_no=99, machine="handoff"),
    _key("secondment_words_pkey", "secondment_words"),
    _reference("secondment_words_of_a_secondment", "secondment_words", secondment_no=99),
    _reference("secondment_words_union_id_fkey", "secondment_words", union_id=NEW),
    _check("secondment_words_act_check", "secondment_words", act="return"),
    _check("memberships_seconded_are_not_retained", "memberships", _LENT, membership_id=NEW, status="RETAINED"),
    _key("retentions_pkey", "retentions"),
    _key("retentions_one_open", "retentions", retention_no=99),
    _reference("retentions_of_a_membership", "retentions", membership_id=NEW),
    _check("retentions_reason_check", "retentions", retention_no=99, reason="INTERNAL_RETIREMENT"),
    _check("retentions_are_restored_on_a_day", "retentions", retention_no=99, state="RESTORED"),
    _check("retentions_are_restored_on_a_day", "retentions", retention_no=99, restored_on=date(2025, 3, 3)),
    _check(
        "retentions_of_retirement_last",
        "retentions",
        retention_no=99,
        state="RESTORED",
        restored_on=date(2025, 3, 3),
        reason="RETIREMENT",
    ),
    _key("retention_steps_pkey", "retention_steps"),
    _reference("retention_steps_of_a_retention", "retention_steps", retention_no=99),
    _reference("retention_steps_union_id_fkey", "retention_steps", step_no=99, union_id=NEW),
    _reference("retention_steps_are_legal", "retention_steps", step_no=99, from_state="RESTORED"),
    _check("retention_steps_machine_check", "retention_steps", step_no=99, machine="handoff"),
    _check("memberships_check", "memberships", _HELD, open_step=None),
    _check("memberships_check", "memberships", _HELD, open_handoff=None),
    _check("memberships_check1", "memberships", _NUMBERED, certificate_number=None),
    _check("memberships_check1", "memberships", _NUMBERED, certificate_province=None),
    _check("memberships_custody_version_check", "memberships", custody_version=0),
    _check("memberships_status_check", "memberships", _STILL, status="MEMBER"),
    _check("memberships_dues_paid_through_check", "memberships", dues_paid_through="2025-13"),
    _check("memberships_data_version_check", "memberships", data_version=0),
    # How memberships ended: an expulsion decided, filed and collected in this order (I13).
    _key("endings_pkey", "endings"),
    _check("endings_machine_check", "endings", machine="handoff"),
    _check("endings_end_on_a_day", "endings", ended_on=None),
    _check("endings_by_expulsion_are_decided", "endings", expulsion_state=None),
    _check("endings_are_filed_once_decided", "endings", filed_on=BEFORE.date()),
    _check("endings_are_collected_once_filed", "endings", collected_on=BEFORE.date()),
    _reference("endings_of_a_membership", "endings", membership_id=NEW),
    _reference("endings_are_legal", "endings", ending_no=99, act="expelled"),
    _reference("endings_union_id_fkey", "endings", ending_no=99, union_id=NEW),
    _key("expulsion_steps_pkey", "expulsion_steps"),
    _check("expulsion_steps_machine_check", "expulsion_steps", machine="handoff"),
    _reference("expulsion_steps_of_an_ending", "expulsion_steps", membership_id=NEW),
    _reference("expulsion_steps_are_legal", "expulsion_steps", step_no=99, act="filed"),
    _reference("expulsion_steps_union_id_fkey", "expulsion_steps", step_no=99, union_id=NEW),
    _key("expulsion_proposals_pkey", "expulsion_proposals"),
    _check("expulsion_proposals_machine_check", "expulsion_proposals", machine="handoff"),
    _reference("expulsion_proposals_of_a_membership", "expulsion_proposals", membership_id=NEW),
    _reference("expulsion_proposals_of_a_statement", "expulsion_proposals", step_no=99, sha256=NEW),
    _reference("expulsion_proposals_are_legal", "expulsion_proposals", step_no=99, act="proposed"),
    _reference("expulsion_proposals_union_id_fkey", "expulsion_proposals", step_no=99, union_id=NEW),
    _key("filings_pkey", "filings"),
    _check("filings_mark_check", "filings", mark="READ"),
    _check("filings_are_marked_whole", "filings", marked_at=None),
    _reference("filings_of_an_ending", "filings", membership_id=NEW),
    _reference("filings_higher_union_fkey", "filings", ending_no=99, higher_union=NEW),
    _reference("filings_union_id_fkey", "filings", ending_no=99, union_id=NEW),
    _key("amendments_pkey", "amendments"),
    _reference("amendments_of_a_membership", "amendments", membership_id=NEW),
    _reference("amendments_union_id_fkey", "amendments", data_version=99, union_id=NEW),
    _key("certificates_pkey", "certificates"),
    _reference("certificates_of_a_membership", "certificates", membership_id=NEW),
    _check("certificates_state_check", "certificates", number="9", state="VALID"),
    _check("certificates_are_replaced_whole", "certificates", number="9", replaced_by_province="31"),
    _check(
        "certificates_are_replaced_by_another",
        "certificates",
        number="9",
        replaced_by_province="province_code",
        replaced_by_number="9",
    ),
    # Of before the hub, and dues.
    _key("histories_pkey", "histories"),
    _reference("histories_of_a_membership", "histories", membership_id=NEW),
    _reference("histories_of_a_statement", "histories", version=9, corrects_sha256=b"before", sha256=NEW),
    _reference("histories_union_id_fkey", "histories", version=9, corrects_sha256=b"before", union_id=NEW),
    _check("histories_version_check", "histories", version=0, corrects_sha256=b"before"),
    _check("histories_that_follow_name_the_one_before", "histories", version=9),
    _check("histories_that_follow_name_the_one_before", "histories", corrects_sha256=b"before"),
    _key("dues_pkey", "dues"),
    _reference("dues_of_a_membership", "dues", membership_id=NEW),
    _reference("dues_of_a_statement", "dues", sha256=NEW),
    _reference("dues_union_id_fkey", "dues", sha256=NEW, union_id=NEW),
    _check("dues_go_forward", "dues", paid_from="2999-01"),
    _key("certificate_steps_pkey", "certificate_steps"),
    _reference("certificate_steps_of_a_membership", "certificate_steps", membership_id=NEW),
    _reference("certificate_steps_are_legal", "certificate_steps", step_no=99, act="found"),
    _check("certificate_steps_machine_check", "certificate_steps", step_no=99, machine="handoff"),
    _reference("certificate_steps_union_id_fkey", "certificate_steps", step_no=99, union_id=NEW),
    _key("persons_pkey", "persons"),
    _reference("persons_holder_union_fkey", "persons", member_id=NEW, holder_union=NEW),
    _key("person_ids_pkey", "person_ids"),
    _reference("person_ids_of_a_person", "person_ids", member_id=NEW),
    _key("join_cards_pkey", "join_cards"),
    # At most one open handoff (I4), between two unions, by legal steps.
    _key("handoffs_one_open", "handoffs", _OPEN, handoff_id=NEW),
    _key("handoffs_pkey", "handoffs", _OPEN, is_open=False),
    _check("handoffs_are_between_two_unions", "handoffs", to_union="from_union"),
    _reference("handoffs_of_a_membership", "handoffs", handoff_id=NEW, membership_id=NEW),
    _reference("handoffs_from_union_fkey", "handoffs", handoff_id=NEW, is_open=False, from_union=NEW),
    _reference("handoffs_to_union_fkey", "handoffs", handoff_id=NEW, is_open=False, to_union=NEW),
    _reference("handoffs_higher_union", "handoffs", _ASKED, handoff_id=NEW, is_open=False, higher_union=NEW),
    _key("steps_pkey", "steps"),
    _reference("steps_are_legal", "steps", step_no=99, from_state="-", act="accept", to_state="ACCEPTED"),
    _reference("steps_are_legal", "steps", step_no=99, from_state="ACCEPTED", act="recall", to_state="RECALLED"),
    _reference("steps_are_legal", "steps", step_no=99, machine="placement"),
    _reference("steps_of_a_handoff", "steps", handoff_id=NEW),
    _reference("steps_union_id_fkey", "steps", step_no=99, union_id=NEW),
    _key("dockets_pkey", "dockets"),
    _reference("dockets_of_a_handoff", "dockets", handoff_id=NEW),
    _reference("dockets_union_id_fkey", "dockets", union_id=NEW),
    _reference("dockets_counterpart_fkey", "dockets", handoff_id=NEW, counterpart=NEW),
    _check("dockets_side_check", "dockets", side="HUB"),
    _key("cards_pkey", "cards"),
    _reference("cards_union_id_fkey", "cards", union_id=NEW),
    _key("statements_pkey", "statements"),
    _reference("statements_iss_fkey", "statements", sha256=NEW, iss=NEW),
    # What is unique in the whole hub.
    _key("membership_claims_pkey", "membership_claims", member_id=NEW),
    _key("handoff_claims_pkey", "handoff_claims", member_id=NEW),
    _check("membership_claims_membership_id_check", "membership_claims", membership_id=UUID(int=0)),
    _check("handoff_claims_handoff_id_check", "handoff_claims", handoff_id=UUID(int=0)),
    _key("identity_claims_pkey", "identity_claims", member_id=NEW),
    _key("certificate_claims_pkey", "certificate_claims", member_id=NEW),
    _key("statement_claims_pkey", "statement_claims", sha256=NEW),
    _key("assertion_claims_pkey", "assertion_claims", expires_at=AFTER),
    _key("disclosures_pkey", "disclosures"),
    _reference("disclosures_union_id_fkey", "disclosures", union_id=NEW),
    # What a request's draft looked for: somebody or nobody, never half of it.
    _key("matches_pkey", "matches"),
    _reference("matches_union_id_fkey", "matches", union_id=NEW),
    _check("matches_outcome_check", "matches", "outcome = 'NONE'", match_id=NEW, outcome="TWO"),
    _check("matches_check", "matches", "outcome = 'ONE'", match_id=NEW, outcome="NONE"),
    _check("matches_check1", "matches", "outcome = 'ONE'", match_id=NEW, member_id=None),
    _check("disclosures_kind_check", "disclosures", kind="CURIOSITY"),
)

_ROOT: Final = "parent_union is null"
_CHILD: Final = "parent_union is not null and uscc is not null"

PUBLIC: Final = (
    _key("unions_pkey", "unions", _CHILD),
    _key("unions_uri_key", "unions", _CHILD, union_id=NEW, uscc="another"),
    _key("unions_uscc_key", "unions", _CHILD, union_id=NEW, uri="another"),
    _key("unions_one_root", "unions", _ROOT, union_id=NEW, uri="another", uscc="another"),
    _reference("unions_parent_union_fkey", "unions", _CHILD, union_id=NEW, uri="a", uscc="a", parent_union=NEW),
    _check("unions_check", "unions", _CHILD, uscc=None),
    _check("unions_check", "unions", _CHILD, local_code="another"),
    _check("unions_state_check", "unions", _CHILD, state="MERGED"),
    _check("unions_succeed_another", "unions", _CHILD, successor_union="union_id"),
    _reference("unions_successor_union_fkey", "unions", _CHILD, union_id=NEW, uri="a", uscc="a", successor_union=NEW),
    _key("union_employers_pkey", "union_employers"),
    _reference("union_employers_union_id_fkey", "union_employers", union_id=NEW),
    _check("union_employers_check", "union_employers", until_on="from_on"),
    _key("union_federations_pkey", "union_federations"),
    _reference("union_federations_union_id_fkey", "union_federations", union_id=NEW),
    _reference("union_federations_federation_id_fkey", "union_federations", federation_id=NEW),
    _check("union_federations_check", "union_federations", federation_id="union_id"),
    _key("union_keys_pkey", "union_keys"),
    _reference("union_keys_union_id_fkey", "union_keys", union_id=NEW),
    _check("union_keys_use_check", "union_keys", use="ENCRYPTION"),
    _check("union_keys_alg_check", "union_keys", alg="HS256"),
    _check("union_keys_check", "union_keys", revoked_at=AFTER),
    _check("union_keys_check", "union_keys", invalid_from=AFTER),
    _key("union_statements_pkey", "union_statements"),
    _reference("union_statements_union_id_fkey", "union_statements", union_id=NEW),
    _reference("union_statements_iss_fkey", "union_statements", sha256=NEW, iss=NEW),
    _check("unions_version_check", "unions", union_id=NEW, version=0),
    _key("union_former_names_pkey", "union_former_names"),
    _reference("union_former_names_union_id_fkey", "union_former_names", union_id=NEW),
    _key("union_amendments_pkey", "union_amendments"),
    _reference("union_amendments_union_id_fkey", "union_amendments", union_id=NEW),
    _reference("union_amendments_by_union_fkey", "union_amendments", version=99, by_union=NEW),
    _key("numbering_schemes_pkey", "numbering_schemes"),
    _reference("numbering_schemes_by_union_fkey", "numbering_schemes", at=AFTER, by_union=NEW),
    # N2–N5: one sample's printer a day, loans and reports in their order, no number twice in stock.
    _key("certificate_samples_pkey", "certificate_samples"),
    _check("certificate_samples_state_check", "certificate_samples", sample_id=NEW, state="SEEN", approved_on=None),
    _check("certificate_samples_are_approved_on_a_day", "certificate_samples", sample_id=NEW, approved_on=None),
    _reference("certificate_samples_union_id_fkey", "certificate_samples", sample_id=NEW, union_id=NEW),
    _key("printer_choices_pkey", "printer_choices"),
    _check("printer_choices_are_publicised_first", "printer_choices", chosen_on=BEFORE.date()),
    _reference("printer_choices_sample_id_fkey", "printer_choices", chosen_on=date(2030, 1, 1), sample_id=NEW),
    _reference("printer_choices_union_id_fkey", "printer_choices", chosen_on=date(2030, 1, 1), union_id=NEW),
    _key("seal_loans_pkey", "seal_loans"),
    _check("seal_loans_state_check", "seal_loans", loan_id=NEW, state="LOST", returned_on=None),
    _check("seal_loans_have_the_days_of_their_state", "seal_loans", loan_id=NEW, returned_on=None),
    _check("seal_loans_have_the_days_of_their_state", "seal_loans", loan_id=NEW, custodian_sha256=None),
    _check("seal_loans_have_the_days_of_their_state", "seal_loans", loan_id=NEW, state="APPROVED"),
    _check("seal_loans_go_on_in_order", "seal_loans", loan_id=NEW, returned_on=BEFORE.date()),
    _check("seal_loans_go_on_in_order", "seal_loans", loan_id=NEW, approved_on=date(2030, 1, 1)),
    _reference("seal_loans_union_id_fkey", "seal_loans", loan_id=NEW, union_id=NEW),
    _key("print_runs_pkey", "print_runs", province_code="32"),
    Wrong("print_runs_never_overlap", "print_runs", {"run_id": NEW}, "23P01"),
    _check("print_runs_are_of_one_length", "print_runs", run_id=NEW, number_length=5),
    _check("print_runs_are_of_one_length", "print_runs", run_id=NEW, last_number="0000600"),
    _check("print_runs_printed_count_check", "print_runs", run_id=NEW, printed_count=0),
    _reference("print_runs_union_id_fkey", "print_runs", run_id=NEW, province_code="32", union_id=NEW),
    _reference("print_runs_sample_id_fkey", "print_runs", run_id=NEW, province_code="32", sample_id=NEW),
    _reference("print_runs_loan_id_fkey", "print_runs", run_id=NEW, province_code="32", loan_id=NEW),
    _key("stock_losses_pkey", "stock_losses", province_code="32"),
    Wrong("stock_losses_never_overlap", "stock_losses", {"loss_id": NEW, "state": "MISSING"}, "23P01"),
    _check("stock_losses_state_check", "stock_losses", loss_id=NEW, state="SOLD"),
    _check("stock_losses_are_of_one_length", "stock_losses", loss_id=NEW, number_length=5),
    _check("stock_losses_lost_count_check", "stock_losses", loss_id=NEW, lost_count=0),
    _reference("stock_losses_union_id_fkey", "stock_losses", loss_id=NEW, province_code="32", union_id=NEW),
    _reference("stock_losses_run_id_fkey", "stock_losses", loss_id=NEW, province_code="32", run_id=NEW),
    _key("print_reports_pkey", "print_reports"),
    _check("print_reports_state_check", "print_reports", version=9, year=1999, state="DUE"),
    _check("print_reports_printed_count_check", "print_reports", version=9, printed_count=-1),
    _check("print_reports_are_in_time_or_late", "print_reports", version=9, year=2020),
    _check("print_reports_are_in_time_or_late", "print_reports", version=9, state="CORRECTED"),
    _check("print_reports_are_late_or_corrected", "print_reports", version=9, year=2020, state="FILED_LATE"),
    _check("print_reports_are_late_or_corrected", "print_reports", year=2020, state="CORRECTED"),
    _reference("print_reports_union_id_fkey", "print_reports", version=9, union_id=NEW),
    _key("print_steps_pkey", "print_steps"),
    _check("print_steps_machine_check", "print_steps", step_no=99, machine="handoff"),
    _reference("print_steps_are_legal", "print_steps", step_no=99, act="sell"),
    _reference("print_steps_union_id_fkey", "print_steps", step_no=99, union_id=NEW),
    # A policy: what may be set, and every version, none of it for a day that was over.
    _key("policy_parameters_pkey", "policy_parameters"),
    _check("policy_parameters_are_bounded", "policy_parameters", "choices is null", name="another", most=None),
    _check("policy_parameters_are_bounded", "policy_parameters", "choices is null", name="another", least=9999),
    _check("policy_parameters_are_bounded", "policy_parameters", "choices is not null", name="another", least=1),
    _key("policies_pkey", "policies"),
    _check("policies_version_check", "policies", version=0),
    _check("policies_are_not_backdated", "policies", version=99, effective_from=BEFORE.date()),
    _reference("policies_are_stated", "policies", version=99, sha256=NEW),
    _reference("policies_are_stated", "policies", union_id=NEW),
    _key("policy_values_pkey", "policy_values"),
    _reference("policy_values_name_fkey", "policy_values", name="another"),
    _reference("policy_values_of_a_version", "policy_values", version=99),
    _key("legal_steps_pkey", "legal_steps"),
    _key("clock_pkey", "clock"),
    _check("clock_only_row_check", "clock", only_row=False),
    _key("installation_pkey", "installation"),
    _check("installation_only_row_check", "installation", only_row=False),
)

#: What may be absent; every other column of a member table must be there.
NULLABLE: Final = {
    "persons": {
        "ethnic_group", "political_status", "id_number_masked", "mobile_masked", "mobile_sealed",
        "residence_division_code", "is_rural_migrant", "employment_form",
    },
    "person_ids": set[str](),
    "memberships": {
        "employer_uscc", "member_unit", "certificate_province", "certificate_number", "certificate_issued_on",
        "issuing_union", "open_handoff", "open_step", "open_duplicate",
    },
    "holdings": {"holding_basis", "employer_uscc", "member_unit"},
    "amendments": {"sealed"},
    "certificates": {
        "issued_on", "issuing_union", "reason", "replaced_by_province", "replaced_by_number", "collected_on",
    },
    "certificate_steps": set[str](),
    "histories": {"corrects_sha256"},
    "dues": {"agreement_id"},
    "endings": {
        "ended_on", "collected_on", "expulsion_state", "expulsion_step", "effective_on", "judgment_sha256",
        "opinion_sha256", "decision_sha256", "filed_on", "filing_sha256",
    },
    "expulsion_steps": set[str](),
    "expulsion_proposals": set[str](),
    "filings": {"opinion_sha256", "mark", "papers", "marked_at"},
    "handoffs": {
        "release_sha256", "out_date", "dues_paid_through", "deadline", "request_sha256", "objection_sha256",
        "then_deadline", "higher_union",
    },
    "steps": {"union_id", "sha256"},
    "statements": {"handoff_id"},
    "join_cards": set[str](),
    "dockets": {
        "counterpart", "release_sha256", "out_date", "in_date", "valid_until", "dues_paid_through", "ground",
        "deadline", "requested_at", "released_at", "closed_at", "request_sha256", "objection_sha256", "then_deadline",
        "overdue_at", "visible_from", "from_union", "to_union", "ground_articles", "name_masked", "terms",
    },
    "duplicates": {"said_by", "said_sha256", "decide_from", "higher_union", "name_masked", "closed_at"},
    "statuses": set[str](),
    "retentions": {"restored_on"},
    "secondments": {"host_union", "host_employer_uscc", "ended_early_on", "host_version", "offer"},
    "secondment_steps": {"union_id", "sha256"},
    "secondment_words": set(),
    "retention_steps": {"union_id", "sha256"},
    "cards": set[str](),
    "entrustments": {
        "purpose", "supersedes", "dispatch_signed_at", "host_signed_at", "in_force_from", "closed_at",
    },
    "entrustment_steps": {"union_id", "sha256"},
    "entrustment_documents": set[str](),
    "coverages": {"end_reason", "covered_at", "ended_at"},
    "care_records": {"agreement_id", "evidence_sha256"},
    "membership_claims": set[str](),
    "handoff_claims": set[str](),
    "identity_claims": set[str](),
    "certificate_claims": set[str](),
    "statement_claims": {"member_id", "about_union"},
    "assertion_claims": set[str](),
    "matches": {"member_id", "membership_id"},
    "disclosures": {"purpose"},
}  # fmt: skip


@pytest.fixture(scope="module")
async def filled(cluster: Cluster, founded: Founded, key_folder: Path) -> AsyncIterator[Any]:
    """A superuser's connection to a world in which every table has a row: one handoff open, one accepted."""
    name = f"hub_filled_{WORKER}"
    async with copy_of(founded, cluster, key_folder, name) as world:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        await everything_imported(world)
        moved = await world.release(u1, world.members["M2"], u2.uri)
        await world.accept(u2, moved.handoff_id)
        await world.release(u1, world.members["M1"], u2.uri, dues_paid_through="2025-03")
        await world.request(u2, "M4")
        away = {"sex": "9", "is_rural_migrant": True}
        await world.amend(u1, world.members["M3"], person=away, employer_uscc=EMPLOYERS["乙"])
        await world.amend_union(world.actors["U9"], u2.uri, name="乙公司工会")
        await world.draft_request(u2, "M4", name="某人")
        await world.certify(u1, CertificateLoss, world.members["M1"])
        await Prints(world).everything()
        await world.set_scheme(world.actors["U10"])
        await set_policy(world, world.actors["U10"], request_working_days=20)
        await retain(world, u1, world.members["M4"])
        paper = replace(MEMBERS["M3"], employer="乙", certificate=("31", "700001"))
        second = await world.bring_in(u2, paper)
        await world.merge(u2, second.membership_id, survivor=True)
        await everything_entrusted(world)
        await everything_seconded(world)
        (expelled,) = await members_of(world, "U1", 1)
        for done, actor in (("propose", u1), ("expel", u1), ("file", u1), ("acknowledge", world.actors["U13"])):
            await act(world, done, actor, expelled.membership_id)
        await wind_up(world, world.actors["U9"], world.actors["U15"].uri)
        await close(world, world.actors["U9"], world.actors["U15"].uri)
        ledger = world.hub.ledger
        await ledger.record_already_member(u1.caller.union_id, AFTER, uuid4(), world.members["M2"])
        await ledger.record_login(AFTER, u1.caller.union_id, "jti", AFTER)
        async with connected(cluster.dsn("hub", name), "hub") as connection:
            yield connection


_GENERATED: Final = """
select attname from pg_attribute where attrelid = ('hub.' || $1)::regclass and attnum > 0 and attgenerated <> ''"""
#: They say no more than the primary key does: foreign keys lead to them.
_LED_TO: Final = {"unions_receives", "unions_stands"}


async def insert_like(connection: Any, table: str, like: str, changes: dict[str, Any]) -> None:
    """Insert a copy of one row with these changes, and take it back."""
    row = dict(await connection.fetchrow(f"select * from hub.{table} where {like} order by 1 limit 1"))
    for (made,) in await connection.fetch(_GENERATED, table):
        del row[made]
    for column, value in changes.items():
        if value is NEW:
            row[column] = uuid4() if isinstance(row.get(column), UUID | None) else uuid4().bytes * 2
        elif value is CLOSED:
            row[column] = await connection.fetchval("select union_id from hub.unions where state = 'CLOSED'")
        else:
            row[column] = row[value] if isinstance(value, str) and value in row else value
    transaction = connection.transaction()
    await transaction.start()
    try:
        columns = ", ".join(f'"{column}"' for column in row)
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await connection.execute(f"insert into hub.{table} ({columns}) values ({places})", *row.values())
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("wrong", [*CUSTODY, *PUBLIC], ids=str)
async def test_a_wrong_row_is_refused_by_its_own_constraint(filled: Any, wrong: Wrong) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as found:
        await insert_like(filled, wrong.table, wrong.like, wrong.changes)
    assert (found.value.sqlstate, found.value.constraint_name) == (wrong.sqlstate, wrong.constraint)


async def test_every_constraint_has_its_wrong_row(filled: Any) -> None:
    rows = await filled.fetch(
        """select conname from pg_constraint where connamespace = 'hub'::regnamespace and contype <> 'n'
           union select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
            where c.relnamespace = 'hub'::regnamespace and i.indisunique"""
    )
    assert {row["conname"] for row in rows} == {wrong.constraint for wrong in (*CUSTODY, *PUBLIC)} | _LED_TO


@pytest.mark.invariant("I1")
@pytest.mark.parametrize("table", NULLABLE)
async def test_what_must_be_there_is_there(filled: Any, table: str) -> None:
    columns = await filled.fetch(
        "select attname from pg_attribute "
        "where attrelid = ('hub.' || $1)::regclass and attnum > 0 and attgenerated = ''",
        table,
    )
    accepted = set()
    for (column,) in columns:
        try:
            await insert_like(filled, table, "true", {column: None})
        except asyncpg.NotNullViolationError:
            continue
        except asyncpg.IntegrityConstraintViolationError:
            accepted.add(column)
        else:
            accepted.add(column)
    assert accepted == NULLABLE[table]
