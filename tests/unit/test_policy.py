"""What a province may set (domain 2.5): the values, their bounds, and that every list of them is one list."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies

from federation.acts_policy import POLICY_VALUES
from hub.schema.types.policies import PolicyDraft
from hub.transfers.rules.policy import NATIONAL, PARAMETERS, ClosureHolder, Parameter, Policy, PolicyUnit
from hub.transfers.workdays import CALENDAR

if TYPE_CHECKING:
    from typing import Any

COUNTED = {name: parameter for name, parameter in PARAMETERS.items() if parameter.choices is None}
CHOSEN = {name: parameter for name, parameter in PARAMETERS.items() if parameter.choices is not None}


def test_statement_draft_and_record_name_the_same_values_in_the_same_order() -> None:
    asked = [field.name for field in dataclasses.fields(PolicyDraft)]
    assert set(asked) == {*PARAMETERS, "evidence_sha256", "effective_from"}
    assert tuple(PARAMETERS) == POLICY_VALUES == tuple(field.name for field in dataclasses.fields(Policy))
    rules = [parameter.rule for parameter in PARAMETERS.values()]
    assert rules == sorted(rules)


@pytest.mark.parametrize("name", PARAMETERS)
def test_what_the_nation_has_lies_within_the_bounds(name: str) -> None:
    assert PARAMETERS[name].allows(getattr(NATIONAL, name))


@pytest.mark.parametrize("parameter", COUNTED.values(), ids=list(COUNTED))
def test_a_number_lies_between_least_and_most(parameter: Parameter) -> None:
    assert parameter.least is not None
    assert parameter.most is not None
    assert [parameter.allows(n) for n in (parameter.least, parameter.most)] == [True, True]
    assert [parameter.allows(n) for n in (parameter.least - 1, parameter.most + 1)] == [False, False]
    assert not parameter.allows("90")
    assert parameter.unit is not PolicyUnit.CHOICE
    assert str(parameter.least) in parameter.bounds[0]
    assert str(parameter.most) in parameter.bounds[1]


@pytest.mark.parametrize("parameter", CHOSEN.values(), ids=list(CHOSEN))
def test_a_word_is_one_of_those_listed(parameter: Parameter) -> None:
    assert parameter.choices is not None
    assert all(parameter.allows(choice.value) for choice in parameter.choices)
    for wrong in ("NOBODY", "", "residence", 1, None):
        assert not parameter.allows(wrong)
    assert all(choice in text for choice in parameter.choices for text in parameter.bounds)


def test_a_policy_is_read_from_what_differs_from_the_nations() -> None:
    assert Policy.of(None) == Policy.of({}) == NATIONAL
    read = Policy.of({"appeal_days": "7", "closure_holder": "HIGHER_LEVEL", "of a newer hub": "x"})
    assert read == dataclasses.replace(NATIONAL, appeal_days=7, closure_holder=ClosureHolder.HIGHER_LEVEL)
    assert read.closure_holder is ClosureHolder.HIGHER_LEVEL


def test_each_value_survives_its_storage() -> None:
    changed: dict[str, Any] = {
        name: list(parameter.choices)[-1] if parameter.choices else parameter.most
        for name, parameter in PARAMETERS.items()
    }
    assert Policy.of({name: str(value) for name, value in changed.items()}) == Policy(**changed)


@given(strategies.dates(date(2024, 1, 1), date(2027, 6, 1)), strategies.integers(1, 90))
def test_the_days_of_a_term_are_counted_back_from_its_end(day: date, days: int) -> None:
    assert CALENDAR.days_between(day, CALENDAR.due_after(day, days).day) == days
