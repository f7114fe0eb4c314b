"""Bootstrap: the NATIONAL_FEDERATION, once, with the keys by which it vouches for every other union."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from hub.transfers.ledger import founding
from hub.transfers.rules.codes import is_union_uscc

if TYPE_CHECKING:
    from federation.keys import PublicKey
    from hub.vault import Vault

__all__ = ["BootstrapRefused", "bootstrap"]

#: The All-China Federation of Trade Unions was founded on this day.
_ESTABLISHED_ON: Final = date(1925, 5, 1)
_NOW: Final = "select hub.hub_now($1)"


class BootstrapRefused(Exception):  # noqa: N818
    """The root can't be entered: one sentence says why."""


async def bootstrap(
    connection: Any, vault: Vault, *, name: str, uscc: str, signing: PublicKey, login: PublicKey, test_clock: bool
) -> bool:
    """Enter the root of the hub, on the owner's connection. Gives False if the very same root is there already.

    Refuses: BootstrapRefused for another root, or a code with a wrong check digit
    """
    if not is_union_uscc(uscc):
        raise BootstrapRefused(f"{uscc} is not the code of a union: its check digit is wrong")
    wanted = {"SIGNING": signing, "LOGIN": login}
    rows = await founding.read_root(connection)
    if not rows:
        now = await connection.fetchval(_NOW, test_clock)
        await founding.found_root(
            connection,
            union_id=vault.derive_uuid("union", f"urn:union:{uscc}"),
            uscc=uscc,
            name=_named(name),
            established_on=_ESTABLISHED_ON,
            now=now,
            keys=wanted,
            master_key=vault.fingerprint,
        )
        return True
    there = {(row["use"], row["kid"], row["jwk"]) for row in rows}
    same_keys = there >= {(use, key.kid, key.jwk_text) for use, key in wanted.items()}
    if rows[0]["uri"] != f"urn:union:{uscc}" or rows[0]["name"] != _named(name) or not same_keys:
        raise BootstrapRefused(f"this hub has its root already: {rows[0]['name']} ({rows[0]['uri']})")
    return False


def _named(name: str) -> str:
    text = " ".join(name.split())
    if not 0 < len(text) <= 100 or not text.isprintable():  # noqa: PLR2004
        raise BootstrapRefused("the name of a union has 1 to 100 visible characters")
    return text
