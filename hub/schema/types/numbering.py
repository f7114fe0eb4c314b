"""How a province numbers its certificates. Public: whoever issues one must know."""

from datetime import date
from typing import Any

import strawberry

__all__ = ["NumberingScheme"]


@strawberry.type(
    description="一省的会员证编号办法，自某日起适用。\nHow a province numbers its certificates, from a day on."
)
class NumberingScheme:
    """A scheme."""

    province_code: str = strawberry.field(description="省份代码（两位）。\nThe two digits of the province.")
    from_on: date = strawberry.field(description="自何日起适用。\nFrom which day on.")
    pattern: str = strawberry.field(description="编号规则。\nThe pattern of a number.")
    check: str | None = strawberry.field(
        description="末位校验规则；无校验的为空。\nHow the last character follows from the others; null if it does not."
    )

    @classmethod
    def of(cls, row: Any) -> "NumberingScheme":
        """Give the scheme of a row."""
        return cls(
            province_code=row["province_code"],
            from_on=row["from_on"],
            pattern=row["pattern"],
            check=row["check_rule"],
        )
