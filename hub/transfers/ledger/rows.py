"""What the calls of the act functions share: their SQL text, and how the province of a number numbers."""

from __future__ import annotations

from typing import Any

from hub.transfers.rules.numbering import Scheme

__all__ = ["function", "numbered_by", "scheme_of"]


def function(name: str, arity: int, *, select: str = "*") -> str:
    """Give the SQL text that calls a function of `hub`."""
    arguments = ", ".join(f"${number}" for number in range(1, arity + 1))
    return f"select {select} from hub.{name}({arguments})"


def numbered_by(call: str, place: int) -> str:
    """Give the text of a call over sets with how the province of each (parameter `place`) numbers today. Public.

    And with what the province has declared the number (the parameter after it) to be: SPOILED, MISSING, or nothing.
    """
    return (
        f"select f.*, n.pattern, n.check_rule, n.from_on, l.state as stock from ({call}) f "
        f"left join hub.facts_of_stock(${place}::text[], ${place + 1}::text[]) l on l.ord = f.ord left join lateral ("
        "select s.pattern, s.check_rule, s.from_on from hub.numbering_schemes s "
        f"where s.province_code = (${place}::text[])[f.ord::integer] "
        "and s.from_on <= ((f.signer).now at time zone 'Asia/Shanghai')::date "
        "order by s.from_on desc, s.at desc limit 1) n on true"
    )


def scheme_of(row: Any) -> Scheme | None:
    """Give how a province numbers, if it has laid that down."""
    return None if row["pattern"] is None else Scheme(row["pattern"], row["check_rule"], row["from_on"])
