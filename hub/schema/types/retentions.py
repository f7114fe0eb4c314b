"""Retention as the holder sees it: what is kept of it, what it prints, and the rights that rest with it (A17–A21)."""

from datetime import date, datetime
from typing import cast

import strawberry

from federation.encoding import b64url
from hub.schema.enums import RetentionReason, RetentionState
from hub.schema.scalars import YearMonth
from hub.transfers import retention_column as column
from hub.transfers.kinds import MembershipStatus
from hub.transfers.rules.days import exempt_from, month_of
from hub.transfers.views import RetentionStepView, RetentionView

__all__ = ["Retention", "RetentionEntry", "RetentionStep", "VotingRights"]


@strawberry.type(
    description="选举权、被选举权、表决权；由会籍状态得出，不可设置。\n"
    "The rights to elect, to be elected and to vote: they follow from the status, and nobody sets them."
)
class VotingRights:
    """The rights that rest in retention. Source: A21, NX-5."""

    elect: bool = strawberry.field(description="选举权。\nThe right to elect.")
    be_elected: bool = strawberry.field(description="被选举权。\nThe right to be elected.")
    vote: bool = strawberry.field(description="表决权。\nThe right to vote.")

    @classmethod
    def of(cls, status: str) -> "VotingRights":
        """Give the rights of a status. Who is retained, or stands still as a duplicate, has none (A21, A3)."""
        may = status == MembershipStatus.ACTIVE
        return cls(elect=may, be_elected=may, vote=may)


@strawberry.type(
    description="会员证“保留恢复会籍”栏的一次登记，由签署文书得出，不可编辑。\n"
    "One entry of the certificate's retention column: printed from the signed statements, never edited."
)
class RetentionEntry:
    """One entry of the column (NX-4)."""

    retained_month: YearMonth = strawberry.field(description="保留会籍的年月。\nThe month of the retention.")
    reason_text: str = strawberry.field(
        description="保留原因，即“因”后所填：退休、失业、服兵役。\nThe reason, as it is printed."
    )
    retention_seal: str = strawberry.field(description="保留会籍的工会盖章（名称）。\nWhose seal the retention bears.")
    restored_month: YearMonth | None = strawberry.field(
        description="恢复会籍的年月；尚未恢复的为空。\nThe month of the restoration; null until then."
    )
    restoration_seal: str | None = strawberry.field(
        description="恢复会籍的工会盖章（名称）；尚未恢复的为空。\nWhose seal the restoration bears; null until then."
    )
    is_legacy: bool = strawberry.field(
        description="是否进入本系统以前的登记，由首个所在工会据原会员证补录。\n"
        "Whether it is of before the hub: copied from the paper by the union that brought the membership in."
    )
    unverified_counterparty: bool = strawberry.field(
        description="所列工会的签章是否未经本系统核验。\n"
        "Whether the unions that it names have signed nothing that the hub has seen."
    )
    line: str = strawberry.field(
        description="按会员证式样排印的两行；尚未恢复的只有第一行。\n"
        "Both lines as the certificate prints them, one under the other; the first alone until the restoration."
    )

    @classmethod
    def of(cls, entry: column.RetentionEntry) -> "RetentionEntry":
        """Give the entry as it is printed."""
        return cls(
            retained_month=cast("YearMonth", entry.retained_month),
            reason_text=entry.reason_text,
            retention_seal=entry.retention_seal,
            restored_month=cast("YearMonth | None", entry.restored_month),
            restoration_seal=entry.restoration_seal,
            is_legacy=entry.is_legacy,
            unverified_counterparty=entry.is_legacy,
            line=entry.line,
        )


@strawberry.type(description="保留会籍办理的一步。\nWhat was done about a retention.")
class RetentionStep:
    """A step."""

    act: str = strawberry.field(
        description="办理事项，如 record、change_reason、restore、annul、end。\n"
        "What was done: record, change_reason, restore, annul, end, …"
    )
    state: RetentionState = strawberry.field(description="办理后的状态。\nWhere it led.")
    reason: RetentionReason = strawberry.field(description="此后的保留原因。\nThe reason from then on.")
    seal: str | None = strawberry.field(
        description="办理的工会（名称）；随会籍终止而终结的为空。\n"
        "Who did it, by name; null where the membership ended."
    )
    at: datetime = strawberry.field(description="平台收到的时刻。\nWhen the hub received it.")
    statement_sha256: str | None = strawberry.field(description="所据文书的摘要。\nThe SHA-256 of its statement.")

    @classmethod
    def of(cls, view: RetentionStepView) -> "RetentionStep":
        """Give the step of a view."""
        return cls(
            act=view.act,
            state=RetentionState(view.to_state),
            reason=RetentionReason(view.reason),
            seal=view.seal,
            at=view.at,
            statement_sha256=None if view.sha256 is None else b64url(view.sha256),
        )


@strawberry.type(
    description="一次保留会籍：期间免交会费，不享有选举权、被选举权和表决权。\n"
    "A retention: no dues and no vote, for as long as it lasts."
)
class Retention:
    """A retention."""

    state: RetentionState = strawberry.field(description="状态。\nWhere it stands.")
    reason: RetentionReason = strawberry.field(description="保留原因。\nWhy.")
    retained_on: date = strawberry.field(description="保留会籍的日期。\nThe day of the retention.")
    retained_month: YearMonth = strawberry.field(description="会员证上的年月。\nIts month, as it is printed.")
    exempt_from: YearMonth = strawberry.field(
        description="免交会费的首月，即保留会籍的次月。\nThe first month without dues: the one after the retention's."
    )
    restored_on: date | None = strawberry.field(
        description="恢复会籍的日期；未恢复的为空。\nThe day of the restoration; null unless restored."
    )
    restored_month: YearMonth | None = strawberry.field(
        description="恢复会籍的年月，自该月起交纳会费。\nIts month: dues are owed from it on."
    )
    steps: list[RetentionStep] = strawberry.field(description="办理经过，按先后排列。\nWhat was done, in order.")

    @classmethod
    def of(cls, view: RetentionView) -> "Retention":
        """Give the retention of a view."""
        restored = view.restored_on
        return cls(
            state=RetentionState(view.state),
            reason=RetentionReason(view.reason),
            retained_on=view.retained_on,
            retained_month=cast("YearMonth", month_of(view.retained_on)),
            exempt_from=cast("YearMonth", exempt_from(view.retained_on)),
            restored_on=restored,
            restored_month=None if restored is None else cast("YearMonth", month_of(restored)),
            steps=[RetentionStep.of(step) for step in view.steps],
        )
