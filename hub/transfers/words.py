"""How a Chinese sentence names what the schema names in capitals: states, grounds, reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["in_chinese", "listed_in_chinese", "status_in_chinese", "union_state_in_chinese"]

_NAMES: dict[str, str] = {
    # where a handoff stands
    "REQUESTED": "已申请",
    "RELEASED": "已转出待接收",
    "OBJECTED": "已提出异议",
    "ESCALATED": "已转上级工会",
    "ACCEPTED": "已接收",
    "REFUSED": "已退回",
    "RECALLED": "已撤回",
    "EXPIRED": "已过期",
    "CANCELLED": "已取消",
    "DISMISSED": "已驳回",
    "LAPSED": "已失效",
    "VOIDED": "已作废",
    # where an entrustment agreement or a coverage stands
    "DRAFT": "拟稿",
    "SIGNED_BY_ONE": "一方已签署",
    "SCHEDULED": "已签署待生效",
    "IN_FORCE": "生效中",
    "SUSPENDED": "中止",
    "TERMINATED": "已解除",
    "WITHDRAWN": "已撤回",
    "PENDING": "待受托工会确认",
    "COVERED": "委托管理中",
    "DECLINED": "受托工会未接受",
    "ENDED": "委托已终止",
    # what has become of a certificate; `-`: there is none
    "-": "尚未颁发",
    "VALID": "有效",
    "LOST": "已挂失",
    "SUPERSEDED": "已由新的取代",
    "COLLECTED": "已收回",
    # where numbers in stock, a sample, a loan of the seal and a year's report stand
    "IN_STOCK": "库存",
    "SPOILED": "已登记损毁",
    "MISSING": "已登记缺失",
    "SUBMITTED": "已报审",
    "APPROVED": "已审核同意",
    "IN_CUSTODY": "印模保管中",
    "DUE": "待报备",
    "FILED_LATE": "已逾期报备",
    # why another certificate is issued; checks of a number
    "DAMAGED": "损坏",
    "FULL": "栏目填满",
    "CORRECTED": "内容更正",
    # the status of a membership
    "ACTIVE": "会籍正常",
    "RETAINED": "已保留会籍",
    # why a membership is retained
    "RETIREMENT": "退休",
    "UNEMPLOYMENT": "失业",
    "MILITARY_SERVICE": "服兵役",
    # how a membership ended, and where an expulsion stands
    "DEEMED_WITHDRAWN": "已自动退会",
    "EXPELLED": "已开除会籍",
    "DECEASED": "已去世",
    "DECIDED": "已决定开除",
    "DROPPED": "未作出开除决定",
    "FILED": "已报备案",
    "REVERSED": "已撤销开除",
    "ACKNOWLEDGED": "备案已收悉",
    "RETURNED_FOR_PAPERS": "备案已退回补件",
    # grounds on which a receiver may refuse
    "NO_LABOUR_RELATION_HERE": "未在本单位建立劳动关系",
    "IDENTITY_OR_PROOF_MISMATCH": "身份或会员证明不符",
    "WRONG_UNION_LEVEL": "不属本级工会管理",
    "DOCUMENT_DEFECT": "转出凭证有误",
    "NOT_RESIDENT_HERE": "不在本地居住",
    "EMPLOYER_HAS_UNION_ALREADY": "所在单位已建立工会",
    "OPTION_DECLINED": "不予接收（可以不说明理由）",
    # grounds on which a holder may object
    "RELATION_CONTINUES": "劳动关系仍在原单位",
    "NOT_OUR_MEMBER": "不是本会会员",
    "MEMBERSHIP_ENDED": "会籍已终止",
    "RETIRED_RETENTION": "已退休保留会籍",
    "IN_MILITARY_SERVICE": "服兵役期间保留会籍",
    "SECONDMENT_REVERSION": "借调期满应转回所在单位",
    "NOT_TRANSFERABLE": "会籍不能接转",
    "SUPERSEDED_BY_RELEASE": "已转往其他工会",
    # why a second check voids
    "UNION_NOT_ACTIVE": "接收工会正在注销或已注销",
    "RECEIVER_CANNOT_HOLD": "接收工会不能管理该会籍",
    "STALE_VERSION": "会籍已变动",
    "ALREADY_MEMBER_USE_TRANSFER": "疑似重复会籍，已冻结",
    "DUPLICATE_MERGED": "重复会籍已合并",
    "EMPLOYER_ORGANISED_MEANWHILE": "所在单位已建立工会，应直接转入",
    "NOT_RESIDENCE_AREA": "接收工会不是居住地工会",
    "NOT_WORKPLACE_AREA": "接收工会不在用人单位所在地",
    "RECEIVER_KIND_NOT_ALLOWED": "当地有乡镇（街道）或村（社区）工会",
    "DISPATCH_MUST_JOIN_HOST": "应在用工单位工会入会",
    # reasons of a release
    "CHANGE_OF_EMPLOYER": "调动",
    "PLACEMENT": "再就业单位未建工会（居住地）",
    "REEMPLOYMENT_FROM_RETENTION": "重新就业",
    "EMPLOYER_CLOSURE": "原单位关闭（破产）",
    "WORKPLACE_AREA": "再就业单位未建工会（单位所在地）",
    "RESIDENCE_MOVE": "居住地变更",
    "PLACEMENT_EXIT": "所在单位建立工会（居住地暂时保留）",
    "PRE_ESTABLISHMENT_EXIT": "所在单位建立工会（先行入会）",
    "DISPATCH_CHOICE": "本人选择（派遣）",
    "DISPATCH_ENDED": "派遣期满",
    "EMPLOYER_REORGANISED": "单位合并（改制）",
    "FLEXIBLE_CHOICE": "本人选择（灵活就业）",
    "CORRECTION": "更正",
    "SECONDMENT": "借调",
    "SECONDMENT_RETURN": "借调期满",
    # of a line of before the hub: whatever the paper says
    "LEGACY": "（以原会员证为准）",
    # where a secondment stands
    "RECORDED": "已登记",
    "OFFERED": "已转出待借调单位工会接收",
    "AT_HOST": "借调中",
    "RETURN_DUE": "借调期满待转回",
    "RETURNED": "已转回",
    "CONVERTED": "已正式转入",
    "RELEASED_FROM_HOME": "已脱离原单位",
    "CLOSED": "会籍已终止",
    # why a case ends with the winding up of its receiver
    "RECEIVER_CLOSED": "接收工会已决定注销",
    # why an open return ends, and an acceptance voids
    "SECONDMENT_EXTENDED": "借调期已延长",
    "SECONDMENT_CONVERTED": "已正式转入借调单位工会",
    "HOME_RELATION_ENDED": "已脱离原单位",
    "SECONDMENT_TERM_MISSING": "借调期已届满",
    "SECONDMENT_TOO_SHORT": "借调不满六个月",
}


def in_chinese(code: str) -> str:
    """Give the Chinese name of a state, ground or reason; the code itself where it has none."""
    return _NAMES.get(code, code)


def status_in_chinese(status: str) -> str:
    """Give the word for where a membership stands: one who withdrew (A22) is no agreement that was taken back."""
    return "已退会" if status == "WITHDRAWN" else in_chinese(status)


def union_state_in_chinese(state: str) -> str:
    """Give the word for where a union stands: what is active of it is no membership."""
    return {"ACTIVE": "正常", "WINDING_UP": "注销中", "CLOSED": "已注销"}.get(state, state)


def listed_in_chinese(codes: Iterable[str]) -> str:
    """Give Chinese names as a list in a sentence."""
    return "、".join(in_chinese(code) for code in sorted(codes))
