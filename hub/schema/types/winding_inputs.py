"""What the drafts of winding up and closing are given."""

from datetime import date

import strawberry

__all__ = ["CloseUnionDraft", "WindUpUnionDraft"]


@strawberry.input(description="注销下一级工会的决定。\nThe winding up of a union beneath yours.")
class WindUpUnionDraft:
    """What a winding up says."""

    union: str = strawberry.field(description="该工会，urn:union:…。\nThe union, by its URI.")
    decided_on: date = strawberry.field(description="决定日期。\nThe day of the decision.")
    successor_union: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="承接工会；没有的不填。\nWho succeeds it, by its URI; left out if nobody does.",
    )


@strawberry.input(description="下一级工会的注销。\nThe closing of a union beneath yours.")
class CloseUnionDraft:
    """What a closing says."""

    union: str = strawberry.field(description="该工会，urn:union:…。\nThe union, by its URI.")
    closed_on: date = strawberry.field(description="注销日期。\nThe day on which it is closed.")
