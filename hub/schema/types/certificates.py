"""The certificate with its transfer column, and the card that a release shows."""

from asyncio import gather
from datetime import date, datetime
from typing import cast

import strawberry

from hub.schema.context import Info
from hub.schema.enums import CertificateState
from hub.schema.fields import told
from hub.schema.scalars import YearMonth
from hub.schema.types.retentions import RetentionEntry
from hub.transfers import card as cards
from hub.transfers import certificate as column
from hub.transfers.certificates import CertificateView, all_certificates
from hub.transfers.retention_column import entries_of, entries_of_history
from hub.transfers.views import MemberView

__all__ = [
    "Card",
    "Certificate",
    "CertificateNumber",
    "PersonPage",
    "TransferEntry",
    "certificates_of",
    "present_certificate",
]


@strawberry.type(description="会员证编号，在发证省份内唯一。\nThe number of a certificate, one in its province.")
class CertificateNumber:
    """Province and number."""

    province_code: str = strawberry.field(description="发证省份代码（两位）。\nThe two digits of the issuing province.")
    number: str = strawberry.field(description="编号。\nThe number.")

    @classmethod
    def of(cls, province_code: str | None, number: str | None) -> "CertificateNumber | None":
        """Give the number, if there is one."""
        if province_code is None or number is None:
            return None
        return cls(province_code=province_code, number=number)


@strawberry.type(
    description="会员证“工会组织关系接转”栏的一次登记，由转出、转入两份签署文书得出，不可编辑。\n"
    "One entry of the certificate's transfer column: printed from the two signed statements, never edited."
)
class TransferEntry:
    """One entry of the column (NX-3)."""

    out_date: date = strawberry.field(description="转出日期。\nThe day of the release.")
    out_reason_text: str = strawberry.field(description="转出原因，即“因”后所填。\nThe reason, as it is printed.")
    dues_paid_through: YearMonth = strawberry.field(description="会费交至的月份。\nThe month to which dues are paid.")
    releasing_seal: str = strawberry.field(description="转出工会盖章（名称）。\nWhose seal the release bears.")
    in_date: date | None = strawberry.field(
        description="转入日期；尚未接收的为空。\nThe day of intake; null until it is accepted."
    )
    receiving_seal: str | None = strawberry.field(
        description="转入工会盖章（名称）；尚未接收的为空。\n"
        "Whose seal the acceptance bears; null until it is accepted."
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
        description="按会员证式样排印的两行；尚未接收的只有第一行。\n"
        "Both lines as the certificate prints them, one under the other; the first alone until it is accepted."
    )

    @classmethod
    def of(cls, entry: column.TransferEntry) -> "TransferEntry":
        """Give the entry as it is printed."""
        return cls(
            out_date=entry.out_date,
            out_reason_text=entry.out_reason_text,
            dues_paid_through=cast("YearMonth", entry.dues_paid_through),
            releasing_seal=entry.releasing_seal,
            in_date=entry.in_date,
            receiving_seal=entry.receiving_seal,
            is_legacy=entry.is_legacy,
            unverified_counterparty=entry.is_legacy or entry.is_unverified,
            line=entry.line,
        )


@strawberry.type(
    description="会员证的个人页，即样式所列的七项，无照片，无证件号码。\n"
    "The person page of a certificate: the seven fields that its layout has; no photo, no ID number."
)
class PersonPage:
    """The person page. Source: NX-2."""

    name: str = strawberry.field(description="姓名。\nName.")
    sex: str = strawberry.field(description="性别，GB/T 2261.1 代码。\nSex, by the code of GB/T 2261.1.")
    ethnic_group: str | None = strawberry.field(description="民族，GB/T 3304 代码。\nEthnic group, by GB/T 3304.")
    birth_month: YearMonth = strawberry.field(description="出生年月。\nMonth of birth.")
    political_status: str | None = strawberry.field(
        description="政治面貌，GB/T 4762 代码。\nPolitical status, by GB/T 4762."
    )
    joined_on: date = strawberry.field(description="入会时间。\nThe day on which the person joined.")
    issuing_union: str | None = strawberry.field(description="发证单位。\nThe union that issued it, by name.")


@strawberry.type(description="会员证。\nThe membership certificate.")
class Certificate:
    """A member's certificate, as the holder sees it."""

    view: strawberry.Private[MemberView]
    own: strawberry.Private[CertificateView]
    number: CertificateNumber = strawberry.field(description="编号。\nIts number.")
    state: CertificateState = strawberry.field(
        description="状态；只有 VALID 能证明会员身份。\nIts state: VALID alone proves a membership."
    )
    issued_on: date | None = strawberry.field(description="发证日期。\nThe day on which it was issued.")
    issuing_union: str | None = strawberry.field(description="发证单位。\nThe union that issued it, by name.")
    ended_at: datetime | None = strawberry.field(
        description="何时起挂失、换发、收回或作废；有效的为空。\nSince when it is good no more; null for a valid one."
    )
    reason: str | None = strawberry.field(
        description="因何补（换）发他证：LOST、DAMAGED、FULL、CORRECTED；未补（换）发的为空。\n"
        "Why another one was issued in its place: LOST, DAMAGED, FULL or CORRECTED; null if none was."
    )

    @classmethod
    def of(cls, view: MemberView, own: CertificateView) -> "Certificate":
        """Give a certificate of a member."""
        return cls(
            view=view,
            own=own,
            number=CertificateNumber(province_code=own.province_code, number=own.number),
            state=own.state,
            issued_on=own.issued_on,
            issuing_union=own.issuing_union,
            ended_at=own.since,
            reason=own.reason,
        )

    @told(
        "补（换）发时所替换的会员证编号；首次颁发的为空。",
        "The number of the one that it took the place of; null for a first one.",
    )
    async def supersedes(self, info: Info) -> CertificateNumber | None:
        """Give the number of the one before."""
        every = await certificates_of(info, self.view)
        before = next((one.own.supersedes for one in every if one.own.key == self.own.key), None)
        return None if before is None else CertificateNumber.of(*before)

    @told("个人页（七项）。", "The person page, of seven fields.")
    def person_page(self) -> PersonPage:
        """Give the person page."""
        return PersonPage(
            name=self.view.name,
            sex=self.view.sex,
            ethnic_group=self.view.ethnic_group,
            birth_month=cast("YearMonth", self.view.birth_month),
            political_status=self.view.political_status,
            joined_on=self.view.joined_on,
            issuing_union=self.own.issuing_union,
        )

    @told(
        "“保留恢复会籍”栏，按先后排列。",
        "The column of retentions, the earliest first.",
    )
    async def retention_column(self, info: Info) -> list[RetentionEntry]:
        """Give the column."""
        loads, membership_id = info.context.loads, self.view.membership_id
        history, retentions = await gather(loads.history(membership_id), loads.retentions(membership_id))
        return [RetentionEntry.of(entry) for entry in (*entries_of_history(history), *entries_of(retentions or ()))]

    @told(
        "“工会组织关系接转”栏，按先后排列，进入本系统以前的在前；补（换）发后照旧转记。",
        "The column of transfers, the earliest first, those of before the hub at its head. A reissued certificate has "
        "all of them.",
    )
    async def transfer_column(self, info: Info) -> list[TransferEntry]:
        """Give the column."""
        loads, membership_id = info.context.loads, self.view.membership_id
        history, transfers = await gather(loads.history(membership_id), loads.transfers(membership_id))
        entries = (*column.entries_of_history(history), *map(column.entry_of_transfer, transfers or ()))
        return [TransferEntry.of(entry) for entry in entries]


async def certificates_of(info: Info, view: MemberView) -> list[Certificate]:
    """Give every certificate that a member had, the present one last."""
    kept = await info.context.loads.certificates(view.membership_id) or ()
    return [Certificate.of(view, one) for one in all_certificates(view, kept)]


async def present_certificate(info: Info, view: MemberView) -> Certificate | None:
    """Give the certificate that a member has, or had last, as it stands; None if there never was one."""
    if view.certificate_number is not None:
        return Certificate.of(view, all_certificates(view, ())[-1])
    found = await certificates_of(info, view)
    return found[-1] if found else None


@strawberry.type(
    description="随转出交接收工会看的会员信息；文书中只有其摘要，到期可删除。\n"
    "What a release shows its receiver of the member. The statement has only its hash, so that it can be erased."
)
class Card:
    """The card."""

    json: str = strawberry.field(
        description="原文；其 SHA-256 即文书中的 card_sha256。\nThe exact text whose SHA-256 is `card_sha256`."
    )
    name: str = strawberry.field(description="姓名。\nName.")
    sex: str = strawberry.field(description="性别，GB/T 2261.1 代码。\nSex, by the code of GB/T 2261.1.")
    birth_month: YearMonth = strawberry.field(description="出生年月。\nMonth of birth.")
    joined_on: date = strawberry.field(description="入会时间。\nThe day on which the person joined.")
    certificate: CertificateNumber | None = strawberry.field(description="会员证编号。\nNumber of the certificate.")
    issuing_union: str | None = strawberry.field(description="发证单位。\nThe union that issued it, by name.")
    dues_paid_through: YearMonth | None = strawberry.field(
        description="会费交至的月份。\nThe month to which dues are paid."
    )

    @classmethod
    def of(cls, card: cards.Card) -> "Card":
        """Give a card as its reader sees it."""
        return cls(
            json=card.json,
            name=card.name,
            sex=card.sex,
            birth_month=cast("YearMonth", card.birth_month),
            joined_on=card.joined_on,
            certificate=CertificateNumber.of(card.certificate_province, card.certificate_number),
            issuing_union=card.issuing_union,
            dues_paid_through=cast("YearMonth", card.dues_paid_through),
        )
