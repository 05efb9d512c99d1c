"""What the projection knows, as plain values: the input of every measure. Nothing here does I/O.

A `Facts` holds what was known at one moment: of every contribution the last one recorded until then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shared.areas import AreaTree

# What a contribution is a contribution to.
INVESTMENT = "tech_renovation_investment"  # 技改投资, yuan per region and month
GROWTH = "tech_renovation_investment_growth"  # its growth over the year before, percent
INTENSITY = "energy_intensity"  # 单位GDP能耗, tce per 10,000 yuan
STATISTIC = "statistic"  # reported statistics, per indicator, region and period
KEY_USER = "key_user"  # 重点用能企业 of a year's list, tce
KEY_USER_LIST = "key_user_list"  # that a year's list exists, and which event is the last to say it
COVERAGE = "coverage"  # 在线监测: an enterprise online (1) or not (0) on a closed day
FEED = "feed"  # an enterprise's feed now: heard (1) or silent (0)
PROJECT = "project"  # a project's whole standing after an event; what it counts for are marks of their own
COHORT = "cohort"  # 对接合同批次: that a contract year is closed
LISTING = "listing:presented"  # 推介: a need or an offer put forward
MATCH = "match:concluded"  # 对接成功
DESIGNATION = "designation:standing"  # 认定: stands from its day until it is withdrawn
ONLINE = "online_monitoring_coverage"  # 在线监测率
TALLY = "tally"  # 计数: what a target counts is said by its rule
ENERGY_DAY = "energy_day"  # an enterprise's energy on a closed day, tce by equal value (当量)


@dataclass(frozen=True, slots=True)
class Base:
    """The base of a rate, as published; `vintage` is the day on which it was, because bases are revised (X-24)."""

    value: Decimal
    unit: str
    period: str
    vintage: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A target as it stood at the moment asked for. `value` is None where the plan prints no figure."""

    plan: str
    target: str
    row: str
    programme: str
    name: str
    measure: str | None
    region: str
    level: str
    period: str
    value: Decimal | None
    unit: str
    comparator: str
    metric_type: str
    deadline: date | None
    parent: str | None = None
    basis: str | None = None
    price_base: str | None = None
    comparator_printed: str = ""
    recorded_at: datetime | None = None
    revised: bool = False
    simulated: bool = False

    @property
    def grows(self) -> bool:
        """Whether it is a sum that only grows (a flow): a rate or a stock may fall again before its day."""
        return self.metric_type == "flow"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one event says about one measure. Money in yuan, energy in tce, anything else in `unit`."""

    source: str
    position: int
    measure: str
    region: str
    period: str
    key: str
    value: Decimal | None
    recorded_at: datetime
    subject: str | None = None
    unit: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A published plan (专项行动计划)."""

    plan: str
    title: str
    year: int
    issued_on: date | None
    programmes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DayEnergy:
    """Energy of all enterprises of a region on the latest closed day, tce by both bases (X-4).

    Of the `enterprises` that were measured, `unknown` have no figure: nothing arrived, or no coefficient is known;
    `unknown_equivalent` have none by equivalent value, for which fewer carriers have a coefficient.
    """

    region: str
    tce_equal: Decimal | None
    tce_equivalent: Decimal | None
    enterprises: int
    unknown: int
    unknown_equivalent: int


@dataclass(frozen=True, slots=True)
class KeyUsers:
    """The key users of one region on a year's list, and how many of them were online.

    `judged`: who has a verdict on the day that counts; `online`: whose verdict says so; `heard`: who is heard of now.
    """

    region: str
    listed: int
    judged: int
    online: int
    heard: int
    fresh_at: datetime | None
    simulated: bool
    bases: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in a region and under it; `reached`: how many of them reached the rule's stage."""

    region: str
    things: int
    amount: Decimal
    reached: int
    fresh_at: datetime | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything counted under one name: in total for the target's region, or by unit where each unit owes the target.

    `known`: whether anything of the kind was ever reported, in this period or another. `marks`: those that move the
    target's figure.
    """

    known: bool = False
    regions: Sequence[Counted] = ()
    marks: frozenset[str] = frozenset()

    def things(self, covers: Callable[[str], bool]) -> int:
        """How many there are in the regions that `covers` names."""
        return sum(each.things for each in self.regions if covers(each.region))


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the measures need about one plan, as known at one moment.

    `key_users`: by target, by region; a target that isn't there has no list for its year.
    """

    plan: Plan | None
    areas: AreaTree
    targets: Mapping[str, Target]
    contributions: Mapping[str, Sequence[Contribution]]
    closed_day: date | None = None
    day_energy: Mapping[str, DayEnergy] = field(default_factory=dict)
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    key_users: Mapping[str, Sequence[KeyUsers]] = field(default_factory=dict)

    def of(self, measure: str) -> Sequence[Contribution]:
        return self.contributions.get(measure, ())

    def children_of(self, target: Target) -> list[Target]:
        """The targets that a target is decomposed into, in the order of their ids."""
        found = [t for t in self.targets.values() if t.parent == target.target and t.plan == target.plan]
        return sorted(found, key=lambda t: t.target)

    def peers_of(self, target: Target) -> list[Target]:
        """The targets that `target` is ranked among: same measure, level, parent and period, itself too."""
        return [
            other
            for other in self.targets.values()
            if (other.plan, other.measure, other.level, other.parent, other.period)
            == (target.plan, target.measure, target.level, target.parent, target.period)
        ]

    def region_name(self, code: str) -> str:
        area = self.areas.get(code)
        return area.name if area else code

    def cities(self, on: date) -> list[str]:
        """The codes of the administered prefecture-level cities (设区市) on a day, sorted."""
        return self.units("prefecture", on)

    def units(self, level: str, on: date) -> list[str]:
        """The codes of the administered regions of a level on a day, sorted."""
        return sorted(
            area.code
            for area in self.areas.all()
            if area.level == level
            and area.administered
            and (area.valid_from is None or area.valid_from <= on)
            and (area.valid_to is None or on <= area.valid_to)
        )

    def province(self) -> str | None:
        return next((area.code for area in self.areas.all() if area.level == "province"), None)


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None when nothing is, which isn't zero."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def newest(moments: Iterable[datetime | None]) -> datetime | None:
    """The latest of the moments that there are."""
    return max((moment for moment in moments if moment is not None), default=None)
