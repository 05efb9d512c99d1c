"""A small plan to decide on: one province, two cities, some counties, four targets."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.assessment.common.records import members
from services.assessment.common.region import Region, RegionRelation
from services.assessment.plans.decisions.commands import (
    Beside,
    LoadPlan,
    ProgrammeDefinition,
    RegionDefinition,
)
from services.assessment.plans.decisions.commands import RegionRelation as SentRelation
from services.assessment.plans.facts.plan import (
    PlanEvent,
    PlanHeader,
    PlanPublished,
    Programme,
    RegionsDefined,
)
from services.assessment.plans.targets.decisions import Base, TargetDefinition
from services.assessment.plans.targets.facts import TargetBase, TargetFacts, set_event

HEADER = PlanHeader(
    plan="p",
    title="计划",
    issuer="省",
    issued_on=date(2013, 1, 27),
    year=2013,
    programmes=(Programme("TR", "Technology renovation"),),
    source="GE-1",
)
REGIONS = (
    Region("350000", "福建省", "province"),
    Region("350100", "福州市", "prefecture", "350000"),
    Region("350102", "鼓楼区", "county", "350100"),
    Region("350181", "福清市", "county", "350100"),
    Region("350182", "长乐市", "county", "350100", valid_to=date(2017, 11, 5)),
    Region("350112", "长乐区", "county", "350100", valid_from=date(2017, 11, 6)),
    Region("350500", "泉州市", "prefecture", "350000"),
    Region("350502", "鲤城区", "county", "350500"),
    Region("350527", "金门县", "county", "350500", administered=False),
    Region("PT", "平潭", "zone", "350000", relations=(RegionRelation("part_of", "350100"),)),
)


def target(code: str, region: str = "350100", value: str | None = "660", **changes: Any) -> TargetFacts:
    """A tech-renovation target of a city; `value` in 亿元."""
    facts = TargetFacts(
        plan="p",
        target=code,
        row="TR-6",
        programme="TR",
        name=f"Investment {region}",
        measure="tech_renovation_investment",
        region=region,
        level="prefecture",
        period="2013",
        value=None if value is None else Decimal(value),
        unit="CNY_1e8",
        comparator="at_least",
        metric_type="flow",
        source="plan",
        confidence="S",
    )
    return replace(facts, **changes)


WHOLE = target("TR-1", "350000", "2600", row="TR-1", level="province", name="Investment")
GROWTH = target(
    "TR-2",
    "350000",
    "30",
    row="TR-2",
    level="province",
    unit="percent",
    metric_type="rate",
    base=TargetBase(Decimal(2000), "CNY_1e8", "2012", "2013-01-27", "computed"),
)
FUZHOU = target("TR-6a", parent="TR-1")
QUANZHOU = target("TR-6d", "350500", "470", parent="TR-1")
UNMEASURED = target(
    "TR-4", "350000", "500", level="province", measure=None, unit="count", metric_type="stock"
)
TARGETS = (WHOLE, GROWTH, FUZHOU, QUANZHOU, UNMEASURED)


CLERK = Beside(today=date(2013, 3, 5), by="clerk")
"""What a decision is given where no other plan defines regions."""


def publish(header: PlanHeader = HEADER, **changes: Any) -> LoadPlan:
    """The command that publishes the small plan; `regions` and `targets` as facts."""
    said = {"regions": REGIONS, "targets": TARGETS, **changes}
    programmes = tuple(ProgrammeDefinition(code=each.code, name=each.name) for each in header.programmes)
    return LoadPlan(
        **{**members(header), "programmes": programmes},
        **{
            **said,
            "regions": tuple(map(_region, said["regions"])),
            "targets": tuple(map(sent, said["targets"])),
        },
    )


def sent(facts: TargetFacts, kind: type[TargetDefinition] = TargetDefinition) -> Any:
    """The request that says these facts."""
    base = None if facts.base is None else Base(**members(facts.base))
    return kind(**{**members(facts, kind), "base": base})


def _region(region: Region) -> RegionDefinition:
    relations = tuple(SentRelation(**members(each)) for each in region.relations)
    return RegionDefinition(**{**members(region), "relations": relations})


def published() -> list[PlanEvent]:
    """The facts after it was published."""
    header = PlanPublished(
        plan="p",
        title="计划",
        issuer="省",
        issued_on=date(2013, 1, 27),
        year=2013,
        programmes=HEADER.programmes,
        source="GE-1",
        reason=None,
    )
    regions = RegionsDefined(plan="p", regions=REGIONS)
    return [header, regions, *(set_event(facts, "publication") for facts in TARGETS)]
