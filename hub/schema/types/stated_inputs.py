"""What a release states besides the column (domain 4.4), shared by the drafts of both kinds of release."""

from datetime import date

import strawberry

__all__ = ["ClosingRetentionInput", "ClosureInput", "ConsentInput", "PlacementInput", "StatedInput", "TermInput"]


@strawberry.input(description="会员本人的同意。\nThe member's own consent.")
class ConsentInput:
    """A consent."""

    form: str = strawberry.field(
        description="形式：WRITTEN、IN_PERSON、ELECTRONIC。\nIts form: WRITTEN, IN_PERSON or ELECTRONIC."
    )
    given_on: date = strawberry.field(
        description="同意的日期，至多 30 天前。\nThe day on which it was given, at most 30 days ago."
    )
    evidence_sha256: str = strawberry.field(
        description="同意书的 SHA-256。\nThe SHA-256 of its text or record, in base64url."
    )


@strawberry.input(description="暂时保留在居住地（单位所在地）工会的事项。\nWhat is said of a placement.")
class PlacementInput:
    """A placement."""

    awaiting_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="待建工会的用人单位的代码；不填为新用人单位。\n"
        "The employer whose union is awaited, by its code; if not given, the new employer.",
    )
    residence_refused_by_member: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员不愿转入居住地工会；WORKPLACE_AREA 不填为是。\n"
        "The member won't go to the union of the residence; with WORKPLACE_AREA, if not given, so.",
    )


@strawberry.input(description="借调的起止日期，均计入借调期。\nThe term of a secondment, both days included.")
class TermInput:
    """A term."""

    starts_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="开始日期。\nThe day on which it starts."
    )
    ends_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="期满日期。\nThe day on which it ends."
    )


@strawberry.input(description="用人单位的关闭或破产。\nThe closure, or the bankruptcy, of an employer.")
class ClosureInput:
    """A closure."""

    kind: str = strawberry.field(description="CLOSED（关闭）或 BANKRUPT（破产）。\nCLOSED or BANKRUPT.")
    decided_on: date = strawberry.field(description="决定或裁定的日期。\nThe day of the decision, or of the ruling.")
    evidence_sha256: str = strawberry.field(
        description="决定书、裁定书的 SHA-256。\nThe SHA-256 of its text, in base64url."
    )


@strawberry.input(
    description="随同转出一并办理的保留会籍（单位关闭、破产的）。\n"
    "A retention that the release enters too, the employer being closed."
)
class ClosingRetentionInput:
    """Why, and since when."""

    reason: str = strawberry.field(description="保留原因，仅限 UNEMPLOYMENT。\nWhy: UNEMPLOYMENT and nothing else.")
    from_date: date = strawberry.field(description="保留会籍的日期。\nThe day of the retention.")


@strawberry.input
class StatedInput:
    """What some reasons ask for."""

    host_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="用工单位的代码，新用人单位为劳务派遣单位的填写。\n"
        "The host enterprise, by its code, where the new employer is a dispatch agency.",
    )
    restores: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="保留会籍的会员由接收恢复会籍；再就业的，不填为是。\n"
        "The acceptance restores a retained member; if not given, so for one who works again.",
    )
    consent: ConsentInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员本人的同意，派遣期间本人选择（DISPATCH_CHOICE）的填写。\n"
        "The member's consent, for a choice within the time of a dispatch (DISPATCH_CHOICE).",
    )
    closure: ClosureInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="原用人单位关闭（破产）的，转入居住地工会（EMPLOYER_CLOSURE）的填写。\n"
        "The closure of the former employer, for a move to the union of the residence (EMPLOYER_CLOSURE).",
    )
    retention: ClosingRetentionInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="EMPLOYER_CLOSURE 而会员尚未保留会籍的：一份转出凭证一并保留，两者同时成立。\n"
        "With EMPLOYER_CLOSURE, of one who is not retained yet: the release retains as well, both or neither.",
    )
    placement: PlacementInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="暂时保留的事项；一般无须填写。\nWhat is said of a placement; seldom needed.",
    )
    secondment: TermInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="借调期，原因为借调（SECONDMENT）的填写；所在单位工会即本工会。\n"
        "The term of a secondment (SECONDMENT); the home union is yours.",
    )
