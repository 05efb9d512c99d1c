"""Investor (投资方): who brings the money of a matched project (三维对接), and where from (PM-1, PM-5 to PM-8)."""

from dataclasses import dataclass
from enum import StrEnum


class InvestorKind(StrEnum):
    """The three dimensions (三维): 央企, 民企, 外资."""

    CENTRAL_SOE = "central_soe"
    PRIVATE = "private"
    FOREIGN = "foreign"


class InvestorCategory(StrEnum):
    """What an investor is known as; one investor may be several."""

    TOP_500_PRIVATE = "top_500_private"
    INDUSTRY_LEADER = "industry_leader"
    GLOBAL_500 = "global_500"
    GLOBAL_INDUSTRY_LEADER = "global_industry_leader"
    TAIWAN_TOP_100 = "taiwan_top_100"
    OVERSEAS_CHINESE = "overseas_chinese"
    HONG_KONG_MACAO = "hong_kong_macao"


class FocusSector(StrEnum):
    """The sectors that matching looks for (PM-7): 先进制造业, 战略性新兴产业, 海洋产业, 现代服务业."""

    ADVANCED_MANUFACTURING = "advanced_manufacturing"
    STRATEGIC_EMERGING = "strategic_emerging"
    MARINE = "marine"
    MODERN_SERVICES = "modern_services"


@dataclass(frozen=True, slots=True)
class Investor:
    """`origin`: province by GB/T 2260 ("330000"), or country by ISO 3166 ("JP"); None: not said.

    `eastern`: whether the province was one of the eastern ones by the rule in force when it was recorded (PM-7).
    """

    kind: InvestorKind
    name: str
    categories: tuple[InvestorCategory, ...] = ()
    origin: str | None = None
    eastern: bool = False
