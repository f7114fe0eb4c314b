"""Printing in the tests: U10 (Shanghai) prints, U0 agrees, drafted and signed as each union does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from federation import acts_printing as acts
from federation.encoding import sha256_b64url
from hub.transfers.desk import reading_printing
from hub.transfers.desk.drafting_printing import draft_on_printing
from hub.transfers.desk.printing import act_on_printing
from tests.ready import Ready, ready
from tests.world import EMPLOYERS, sign

if TYPE_CHECKING:
    from federation.act import Act
    from hub.transfers.views import Draft
    from hub.transfers.views_printing import StockView
    from tests.world import Actor, World

__all__ = ["PAPER", "Prints", "ready_print", "stock"]

PAPER: Final = sha256_b64url(b"paper")
DAY: Final = date(2025, 3, 3)
#: What each act is drafted with, unless told otherwise.
_GIVEN: Final[dict[type[Act], dict[str, Any]]] = {
    acts.SampleSubmission: {"printer_uscc": EMPLOYERS["乙"], "charter_version": "2023", "layout_sha256": PAPER},
    acts.PrinterChoice: {"publicised_on": DAY, "decision_sha256": PAPER},
    acts.SealLoanRequest: {"application_sha256": PAPER},
    acts.SealCustody: {"custodian_sha256": PAPER},
    acts.PrintRun: {"first_number": "000101", "last_number": "000600", "printed_on": DAY},
    acts.PrintReport: {"year": 2025},
    acts.PrintReportAcknowledgement: {"province_code": "31", "year": 2025},
}


async def draft(world: World, actor: Actor, act: type[Act], **given: Any) -> Draft:
    """Draft an act on printing."""
    return await draft_on_printing(world.hub, actor.caller, {**_GIVEN.get(act, {}), **given}, act)


def acting(act: type[Act]) -> Any:
    """Give the desk's act, as `Ready` takes it."""

    async def do(hub: Any, caller: Any, jws: str) -> Any:
        return await act_on_printing(hub, caller, jws, act)

    return do


async def ready_print(world: World, actor: Actor, act: type[Act], **given: Any) -> Ready:
    """Make an act ready to be sent."""
    return ready(acting(act), actor, await draft(world, actor, act, **given))


class Prints:
    """The two of them, at work."""

    def __init__(self, world: World, province: str = "U10") -> None:
        self.world = world
        self.province, self.national = world.actors[province], world.actors["U0"]

    async def act(self, act: type[Act], by: Actor | None = None, **given: Any) -> dict[str, Any]:
        """Do an act, as the province unless told otherwise. Gives its claims."""
        actor = by or self.province
        made = await draft(self.world, actor, act, **given)
        return await act_on_printing(self.world.hub, actor.caller, sign(made, actor), act)

    async def approved_sample(self, **given: Any) -> str:
        sample = (await self.act(acts.SampleSubmission, **given))["sample_id"]
        await self.act(acts.SampleApproval, self.national, sample_id=sample)
        return str(sample)

    async def printer(self, **given: Any) -> str:
        """Let a printer be chosen. Gives its sample."""
        sample = await self.approved_sample()
        await self.act(acts.PrinterChoice, sample_id=sample, **given)
        return sample

    async def loan(self) -> str:
        """Let the seal be lent, and be in custody."""
        loan = (await self.act(acts.SealLoanRequest))["loan_id"]
        await self.act(acts.SealLoanApproval, self.national, loan_id=loan)
        await self.act(acts.SealCustody, loan_id=loan)
        return str(loan)

    async def run(self, **given: Any) -> dict[str, Any]:
        """Let 500 be printed, from 000101 on, after all that comes before."""
        await self.printer()
        return await self.act(acts.PrintRun, **{"loan_id": await self.loan(), **given})

    async def everything(self) -> None:
        """Let there be something of all that is kept."""
        run = await self.run()
        await self.act(acts.SpoiledNumbers, first_number="000599", last_number="000600")
        await self.act(acts.SealReturn, loan_id=run["loan_id"])
        await self.act(acts.PrintReport)
        await self.act(acts.PrintReportAcknowledgement, self.national)


async def stock(world: World, actor: Actor) -> StockView:
    """Give the figures that a union reads."""
    return await reading_printing.stock_of(world.hub, actor.caller)
