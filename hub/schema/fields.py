"""Fields that a method answers: described in both languages, and typed as the method is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import strawberry

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["act", "told"]

F = TypeVar("F", bound="Callable[..., Any]")


def told(zh: str, en: str) -> Callable[[F], F]:
    """Make a method a field of its type, described in Chinese and in English."""

    def decorate(method: F) -> F:
        return cast("F", strawberry.field(method, description=f"{zh}\n{en}"))

    return decorate


def act(zh: str, en: str) -> Callable[[F], F]:
    """Make a method a mutation, described in Chinese and in English."""

    def decorate(method: F) -> F:
        return cast("F", strawberry.mutation(method, description=f"{zh}\n{en}"))

    return decorate
