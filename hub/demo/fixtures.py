"""The unions, employers and members of the acceptance scenarios: nobody in them exists (ID numbers begin with 99)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

__all__ = ["EMPLOYERS", "MEMBERS", "NEW_SHOP", "UNIONS", "MemberFixture", "UnionFixture"]


@dataclass(frozen=True)
class UnionFixture:
    """One union. `more`: what its registration says besides, by the names of the claims."""

    ref: str
    name: str
    kind: str
    parent: str | None
    uscc: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        """Its name in statements."""
        if self.uscc is not None:
            return f"urn:union:{self.uscc}"
        return f"urn:union:local:{self.more['province_code']}:{self.more['local_code']}"


EMPLOYERS = {
    "甲": "91310120MC0P141427",
    "乙": "91310117MC0Q15154X",
    "小店甲": "91310117MC0R16166Y",
    "小店乙": "91310117MC0T171793",
    "新店": "91310117MC0U181802",
    "丙": "91320505MC0W19193J",
    "丁": "91320505MC0X20208P",
    "己": "91320505MC0Y2121XK",
    "戊": "91110108MC1A22220R",
}

_LONG_AGO = date(2010, 1, 1)


def _unit(name: str) -> dict[str, Any]:
    return {"employer_uscc": EMPLOYERS[name], "from": _LONG_AGO, "until": None}


UNIONS = {
    u.ref: u
    for u in (
        UnionFixture("U0", "全国总工会", "NATIONAL_FEDERATION", None, "89100000MC1G282819"),
        UnionFixture(
            "U10", "上海市总工会", "PROVINCIAL_FEDERATION", "U0", "89310000MC0K101046", {"province_code": "31"}
        ),
        UnionFixture(
            "U11", "江苏省总工会", "PROVINCIAL_FEDERATION", "U0", "89320000MC0L11116B", {"province_code": "32"}
        ),
        UnionFixture(
            "U18", "北京市总工会", "PROVINCIAL_FEDERATION", "U0", "89110000MC1E26268D", {"province_code": "11"}
        ),
        UnionFixture(
            "U9",
            "松江区总工会",
            "COUNTY_FEDERATION",
            "U10",
            "89310117MC0J90094Y",
            {"province_code": "31", "jurisdiction_code": "310117"},
        ),
        UnionFixture(
            "U13",
            "奉贤区总工会",
            "COUNTY_FEDERATION",
            "U10",
            "89310120MC0N1313X8",
            {"province_code": "31", "jurisdiction_code": "310120"},
        ),
        UnionFixture(
            "U16",
            "虎丘区总工会",
            "COUNTY_FEDERATION",
            "U11",
            "89320505MC1B23232X",
            {"province_code": "32", "jurisdiction_code": "320505"},
        ),
        UnionFixture(
            "U17",
            "海淀区总工会",
            "COUNTY_FEDERATION",
            "U18",
            "89110108MC1C242444",
            {"province_code": "11", "jurisdiction_code": "110108"},
        ),
        UnionFixture(
            "U1",
            "甲机械厂工会",
            "GRASSROOTS_INDEPENDENT",
            "U13",
            "81310120MC0A10017G",
            {"province_code": "31", "employer_usccs": [EMPLOYERS["甲"]]},
        ),
        UnionFixture(
            "U2",
            "乙电子公司工会",
            "GRASSROOTS_INDEPENDENT",
            "U9",
            "81310117MC0B20021Y",
            {"province_code": "31", "employer_usccs": [EMPLOYERS["乙"]]},
        ),
        UnionFixture(
            "U3",
            "松江小微企业联合工会",
            "GRASSROOTS_JOINT",
            "U9",
            "81310117MC0C30036R",
            {"province_code": "31", "member_units": [_unit("小店甲"), _unit("小店乙")]},
        ),
        UnionFixture(
            "U3a",
            "小店甲分会",
            "MEMBER_UNIT_BRANCH",
            "U3",
            None,
            {"province_code": "31", "local_code": "81310117MC0C30036R-01"},
        ),
        UnionFixture(
            "U4",
            "松江区物流行业工会联合会",
            "SECTORAL_FEDERATION",
            "U9",
            "89310117MC0D40040R",
            {"province_code": "31", "contains": ["urn:union:81310117MC0B20021Y"]},
        ),
        UnionFixture(
            "U5",
            "岳阳街道总工会",
            "TOWNSHIP_SUBDISTRICT_UNION",
            "U9",
            "89310117MC0E50055L",
            {"province_code": "31", "jurisdiction_code": "310117001"},
        ),
        UnionFixture(
            "U6",
            "某社区工会",
            "VILLAGE_COMMUNITY_UNION",
            "U5",
            "81310117MC0F6006X3",
            {"province_code": "31", "jurisdiction_code": "310117001005"},
        ),
        UnionFixture(
            "U7",
            "丙人力资源公司工会",
            "GRASSROOTS_INDEPENDENT",
            "U16",
            "81320505MC0G70074D",
            {"province_code": "32", "employer_usccs": [EMPLOYERS["丙"]]},
        ),
        UnionFixture(
            "U8",
            "丁汽车公司工会",
            "GRASSROOTS_INDEPENDENT",
            "U16",
            "81320505MC0H800898",
            {"province_code": "32", "employer_usccs": [EMPLOYERS["丁"]]},
        ),
        UnionFixture(
            "U12",
            "戊设计院工会",
            "GRASSROOTS_INDEPENDENT",
            "U17",
            "81110108MC0M12128C",
            {"province_code": "11", "employer_usccs": [EMPLOYERS["戊"]]},
        ),
        UnionFixture(
            "U15", "某大学工会", "GRASSROOTS_INDEPENDENT", "U9", "81310117MC1F2727X9", {"province_code": "31"}
        ),
    )
}


#: Founded when the story comes to it: until then its employer has no union.
NEW_SHOP = UnionFixture(
    "U14",
    "新店工会",
    "GRASSROOTS_INDEPENDENT",
    "U9",
    "81310117MC1D25256C",
    {"province_code": "31", "employer_usccs": [EMPLOYERS["新店"]]},
)


@dataclass(frozen=True)
class MemberFixture:
    """One member, as the holder enrols it."""

    ref: str
    name: str
    id_number: str
    sex: str
    residence: str
    holder: str
    certificate: tuple[str, str]
    employer: str
    joined_on: date = date(2012, 7, 1)
    holding_basis: str = "ORDINARY"
    member_unit: str | None = None


MEMBERS = {
    m.ref: m
    for m in (
        MemberFixture("M1", "张一", "990101198805120016", "1", "310120001001", "U1", ("31", "000001"), "甲"),
        MemberFixture("M2", "李二", "990101199511030247", "2", "310117001005", "U1", ("31", "000002"), "甲"),
        MemberFixture("M3", "王三", "99010119650228003X", "1", "310117001005", "U1", ("31", "000003"), "甲"),
        MemberFixture("M4", "赵四", "990101197912310160", "2", "310120001001", "U1", ("31", "000004"), "甲"),
        MemberFixture(
            "M5",
            "陈五",
            "990101200108170421",
            "2",
            "320505001001",
            "U7",
            ("32", "000005"),
            "丙",
            date(2022, 9, 1),
            "DISPATCH_UNION",
        ),
        MemberFixture(
            "M6",
            "刘六",
            "990101199010100091",
            "1",
            "310117001005",
            "U3",
            ("31", "000006"),
            "小店甲",
            member_unit="小店甲",
        ),
    )
}
