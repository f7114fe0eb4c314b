"""The rules of the acts on a secondment, in their order (domain 2.4); what is said of the others holds here too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.machines import Side
from hub.transfers.rules import custody, labour, seconding

if TYPE_CHECKING:
    from datetime import datetime

    from federation.acts_secondment import (
        Conversion,
        EarlyEnd,
        Extension,
        HomeRelationEnd,
        Secondment,
        SecondmentTerm,
    )
    from federation.acts_winding import SecondmentRetargeting
    from hub.transfers.facts_secondment import SecondmentActFacts, SecondmentMembership
    from hub.transfers.rules.questions import Refusals
    from hub.transfers.rules.questions_secondment import OnSecondment

__all__ = [
    "before_a_secondment",
    "before_an_end",
    "conversion",
    "early_end",
    "extension",
    "home_relation_end",
    "retargeting",
    "secondment",
    "term_change",
]

_OF_HOME = frozenset({"HOLDER", "HOME"})
_OF_BOTH = frozenset({"HOLDER", "HOME", "HOST"})


def before_a_secondment(facts: SecondmentActFacts) -> Refusals:
    """Whether the signer has a part in this membership at all. Source: A11, A12, A14, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_signer_is_active(facts.signer)
    if facts.membership is None or facts.tie == "HIGHER":
        yield Refusal(Code.NOT_HOLDER if facts.tie == "PARTY" else Code.MEMBER_NOT_FOUND_OR_NOT_HELD)


def before_an_end(facts: SecondmentActFacts) -> Refusals:
    """The same, where the union above the home union may sign too. A closed one is above nobody: the next one is."""
    if facts.tie != "HIGHER":
        yield from before_a_secondment(facts)


def _where_it_stands(
    question: OnSecondment, membership: SecondmentMembership, act: str, *, sides: frozenset[str]
) -> Refusals:
    yield from custody.check_membership_has_not_ended(membership.status)
    yield from custody.check_membership_is_live(membership.status)
    yield from seconding.check_no_open_release(question, membership, act)
    if question.facts.tie not in sides:
        yield Refusal(Code.NOT_HOLDER)
    else:
        yield from seconding.check_step(question, membership, act)
    yield from seconding.check_custody(question, membership)


def secondment(question: OnSecondment, claims: Secondment) -> Refusals:
    """Rules of the entry of a secondment. Source: A14."""
    membership = question.membership
    yield from before_a_secondment(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "record", sides=_OF_BOTH)
    yield from seconding.check_term(claims)
    yield from seconding.check_names_employer(claims, membership.employer_uscc)
    yield from labour.check_employer_code(claims.host_employer_uscc, path=("secondment", "host_employer_uscc"))
    yield from seconding.check_recorded_host(question, claims)


def term_change(question: OnSecondment, claims: SecondmentTerm) -> Refusals:
    """Rules of a change of the term, as long as the membership has not moved. Source: A14."""
    membership = question.membership
    yield from before_a_secondment(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "change_term", sides=_OF_HOME)
    yield from seconding.check_term(claims)


def early_end(question: OnSecondment, claims: EarlyEnd) -> Refusals:
    """Rules of an end before the term. Source: A14."""
    membership = question.membership
    yield from before_a_secondment(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "end_early", sides=_OF_HOME)
    yield from seconding.check_end_date(claims, claims.ended_on, "ended_on", question)


def extension(question: OnSecondment, claims: Extension) -> Refusals:
    """Rules of one union's word on a longer term. Source: A14."""
    membership = question.membership
    yield from before_a_secondment(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "extend", sides=_OF_BOTH)
    if membership.secondment is not None:
        yield from seconding.check_extension(claims, membership.secondment, question.today)
    if question.document is not None:
        yield from seconding.check_document(claims, question.document)


def conversion(question: OnSecondment, claims: Conversion) -> Refusals:
    """Rules of one union's word that the member stays with the host. Source: A12, A14."""
    membership = question.membership
    yield from before_a_secondment(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "convert", sides=_OF_BOTH)
    if question.document is not None:
        yield from seconding.check_document(claims, question.document)


def home_relation_end(question: OnSecondment, claims: HomeRelationEnd, possible_from: datetime | None) -> Refusals:
    """Rules of the end of the home union's right. Source: A12, A14, HUB-P02.

    Takes: `possible_from`, from when on the union above may sign.
    """
    membership = question.membership
    yield from before_an_end(question.facts)
    if membership is None:
        return
    if question.side is Side.HIGHER:
        yield from seconding.check_lies_above(question, possible_from)
    yield from _where_it_stands(question, membership, "end_home", sides=_OF_HOME | {"HIGHER"})
    yield from seconding.check_in_lieu(question, claims)
    yield from seconding.check_end_date(claims, claims.relation_ended_on, "relation_ended_on", question)


def retargeting(question: OnSecondment, claims: SecondmentRetargeting) -> Refusals:
    """Rules of the naming of another union to which the member comes back. Source: A14, HUB-P09."""
    membership = question.membership
    yield from before_an_end(question.facts)
    if membership is None:
        return
    yield from seconding.check_home_is_wound_up(question)
    yield from _where_it_stands(question, membership, "retarget", sides=frozenset({"HIGHER"}))
    yield from seconding.check_in_lieu(question, claims)
    yield from seconding.check_new_home(question)
