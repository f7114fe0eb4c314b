"""What a union brings in from paper, and what it records of dues: earlier lines of the certificate (A25), months paid.

The lines are those of before the hub. Nobody in the hub has seen the other unions sign them: they rest on the word of
the one that signs this, and on the scan whose hash it gives.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from federation.act import Act
from federation.forms import Code, Month, Sha256, UnionName, Version

__all__ = ["DuesRecord", "History", "ImportedRetention", "RetentionLine", "TransferLine"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedRetention:
    """That a membership is retained as it is brought in: why, and since when (A17–A20)."""

    reason: Code
    from_date: date


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferLine:
    """One entry of the transfer column (NX-3) as it stands on paper: both lines, and the names on their seals."""

    out_date: date
    #: One of article 12's, or LEGACY where the paper says something else.
    reason_code: Code
    dues_paid_through: Month
    releasing_union: UnionName
    in_date: date
    receiving_union: UnionName


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionLine:
    """One entry of the retention column (NX-4) as it stands on paper, restored since; by the month, as printed."""

    retained_month: Month
    reason: Code
    retaining_union: UnionName
    restored_month: Month
    restoring_union: UnionName


@dataclass(frozen=True, kw_only=True, slots=True)
class History(Act):
    """The first holder in the hub brings in the earlier lines of a member's certificate, in order of time (A25)."""

    typ: ClassVar[str] = "unionhub.history+jwt"
    object_name: ClassVar[str] = "history"
    act: ClassVar[str] = "import_history"

    custody_version: Version
    #: That of the data as they stand: of two acts drafted at once the second is void.
    data_version: Version
    #: The statement that this one takes the place of; absent in the first.
    corrects_sha256: Sha256 | None = None
    transfers: tuple[TransferLine, ...]
    retentions: tuple[RetentionLine, ...]
    #: Of the scan of the paper certificate.
    paper_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class DuesRecord(Act):
    """Dues are paid, from the first month owed to the one named, both included (NX-6)."""

    typ: ClassVar[str] = "unionhub.dues+jwt"
    object_name: ClassVar[str] = "dues"
    act: ClassVar[str] = "record_dues"

    #: Absent where the holder itself records.
    agreement_id: UUID | None = None
    #: As things stand: of two records drafted at once the second is void.
    paid_from: Month
    paid_through: Month
