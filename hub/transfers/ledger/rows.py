"""What the calls of the act functions share: their SQL text, whose policy holds, and how a province numbers."""

from __future__ import annotations

from typing import Any, Final

import orjson

from hub.transfers.rules.numbering import Scheme
from hub.transfers.rules.policy import Policy

__all__ = ["RECEIVED", "SIGNER", "function", "numbered_by", "policy_of", "scheme_of", "under_policy"]


def function(name: str, arity: int, *, select: str = "*") -> str:
    """Give the SQL text that calls a function of `hub`."""
    arguments = ", ".join(f"${number}" for number in range(1, arity + 1))
    return f"select {select} from hub.{name}({arguments})"


#: The union that acts, and when the hub received what it says.
SIGNER: Final = "(select u.union_id from hub.unions u where u.uri = (f.signer).uri)"
RECEIVED: Final = "(f.signer).now"


def under_policy(facts: str, **others: str) -> str:
    """Give the text of facts with the policy in force for each signer (column `policy`): one statement still.

    Takes: `others`, what is asked for besides: the name of a column, and the union and the instant, over `f`.
    """
    asked = {"policy": f"{SIGNER}, {RECEIVED}", **others}
    columns = ", ".join(f"hub.policy_in_force({whose}) as {name}" for name, whose in asked.items())
    return f"select f.*, {columns} from ({facts}) f"


def policy_of(text: str | None) -> Policy:
    """Give the policy that differs from the nation's in what `hub.policy_in_force` gave."""
    return Policy.of(None if text is None else orjson.loads(text))


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
