"""What comes from paper, and dues, with all that they may say."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from federation.acts_history import DuesRecord, History, RetentionLine, TransferLine
from federation.encoding import b64url
from federation.forms import Code, Month, Sha256, UnionName, Version

HASH: Final = Sha256(b64url(bytes(32)))
HISTORY: Final = History(
    custody_version=Version(1),
    data_version=Version(2),
    corrects_sha256=HASH,
    transfers=(
        TransferLine(
            out_date=date(2014, 5, 6),
            reason_code=Code("LEGACY"),
            dues_paid_through=Month("2014-04"),
            releasing_union=UnionName("沪东造船厂工会"),
            in_date=date(2014, 6, 1),
            receiving_union=UnionName("奉贤纺织厂工会委员会"),
        ),
    ),
    retentions=(
        RetentionLine(
            retained_month=Month("2016-02"),
            reason=Code("UNEMPLOYMENT"),
            retaining_union=UnionName("奉贤纺织厂工会委员会"),
            restored_month=Month("2017-01"),
            restoring_union=UnionName("奉贤纺织厂工会委员会"),
        ),
    ),
    paper_sha256=HASH,
)
HISTORY_ACTS: Final = (
    HISTORY,
    DuesRecord(agreement_id=UUID(int=5), paid_from=Month("2025-03"), paid_through=Month("2025-05")),
)
