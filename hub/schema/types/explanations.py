"""Where a case stands, in words, and who may do what next."""

from datetime import datetime
from uuid import UUID

import strawberry

from hub.schema.context import Info
from hub.schema.enums import SIDES, Side
from hub.schema.fields import told
from hub.schema.types.handoffs import Deadline, Handoff, Step
from hub.schema.types.unions import Union, union_of
from hub.transfers.views import ExplanationView, NextActView

__all__ = ["Explanation", "NextAct"]


@strawberry.type(description="可以办理的一件事。\nAn act that is open, now or from a date on.")
class NextAct:
    """An act, by whom and by when."""

    union_id: strawberry.Private[UUID | None]
    act: str = strawberry.field(description="办理所用的 mutation 名称。\nThe name of the mutation that does it.")
    side: Side = strawberry.field(description="应由哪一方办理。\nWhose act it is.")
    by: Deadline | None = strawberry.field(
        description="办理期限；没有期限的为空。\nBy when; null if there is no deadline."
    )
    articles: list[str] = strawberry.field(description="依据的条款。\nThe articles that it rests on.")
    possible_from: datetime | None = strawberry.field(
        description="最早可以办理的时间；此刻即可办理的为空。\nThe earliest time at which it is possible; null if now."
    )

    @classmethod
    def of(cls, view: NextActView) -> "NextAct":
        """Give the act of a view."""
        deadline = None
        if view.deadline is not None and view.term is not None:
            deadline = Deadline(
                at=view.deadline,
                rule=view.rule,
                consequence=view.consequence,
                days=view.term.days,
                in_working_days=view.term.in_working_days,
                tentative=view.tentative,
            )
        return cls(
            union_id=view.union_id,
            act=view.act,
            side=SIDES[view.side],
            by=deadline,
            articles=list(view.articles),
            possible_from=view.possible_from,
        )

    @told(
        "应办理的工会。",
        "The union whose act it is.",
    )
    async def union(self, info: Info) -> Union | None:
        """Give the union."""
        return None if self.union_id is None else await union_of(info, self.union_id)


@strawberry.type(description="对一项接转手续现状的说明。\nWhere a handoff stands, explained.")
class Explanation:
    """An explanation."""

    handoff: Handoff = strawberry.field(description="接转手续。\nThe handoff.")
    summary: str = strawberry.field(description="中文概述。\nIn a sentence, in Chinese.")
    summary_en: str = strawberry.field(description="英文概述。\nIn a sentence, in English.")
    missing: list[str] = strawberry.field(description="尚缺什么，中英文。\nWhat is still missing, in both languages.")
    next: list[NextAct] = strawberry.field(description="接下来可以办理的事项。\nWhat may be done next, and by whom.")
    later: list[NextAct] = strawberry.field(
        description=(
            "此刻不予办理、到期后可以办理的事项。\n"
            "What is refused now, and would be possible once the deadline has passed with nobody acting."
        )
    )

    @classmethod
    def of(cls, view: ExplanationView) -> "Explanation":
        """Give the explanation of a view."""
        return cls(
            handoff=Handoff.of(view.handoff),
            summary=view.summary,
            summary_en=view.summary_en,
            missing=list(view.missing),
            next=[NextAct.of(act) for act in view.next],
            later=[NextAct.of(act) for act in view.later],
        )

    @told(
        "已办理的各步。",
        "The steps so far.",
    )
    async def steps(self, info: Info) -> list[Step]:
        """Give the steps."""
        return [Step.of(self.handoff.case, step) for step in await self.handoff.read_steps(info)]
