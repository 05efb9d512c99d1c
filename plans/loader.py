"""Loads a plan from its folder of readable data, checks it as a whole, and cuts it into the services' parts.

`load_plan("fujian-2013")` reads plans/fujian-2013/. Anything wrong raises PlanError, which lists every fault
with file, line, field and what to do; a plan is loaded whole or not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plans import checks, computable, openings, parts, plausible, provinces
from plans.duties import Duty
from plans.limits import (
    Background,
    BenchmarkingSurcharge,
    Combination,
    DifferentialRate,
    Limit,
    LimitStandard,
    Metering,
    PeakValley,
    PriceIndustry,
    Prices,
    PunitiveTier,
    check_limits,
)
from plans.model import (
    AppraisalScheme,
    Coefficient,
    Envelope,
    Fund,
    KeyUserRule,
    Measure,
    MonitoringRule,
    NbsCode,
    PlanActor,
    PlanSum,
    Programme,
    ProjectRule,
    ProjectTag,
    Region,
    RegionRelation,
    Register,
    Sector,
    StatisticalCoefficient,
    Target,
    TargetBase,
    Unit,
)
from plans.openings import Opening
from plans.source import Fault, Located, PlanError, Reader, Row, Tree

HOME = Path(__file__).parent
COMMON = HOME / "common"
"""What is law for the whole country: read with every plan, and referred to by its codes."""
LISTS = ("programmes", "actors", "sums")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as data: validated, consistent, frozen."""

    envelope: Envelope
    programmes: tuple[Programme, ...]
    actors: tuple[PlanActor, ...]
    sums: tuple[PlanSum, ...]
    units: tuple[Unit, ...]
    regions: tuple[Region, ...]
    relations: tuple[RegionRelation, ...]
    targets: tuple[Target, ...]
    bases: tuple[TargetBase, ...]
    duties: tuple[Duty, ...]
    registers: tuple[Register, ...]
    project_rules: tuple[ProjectRule, ...]
    project_tags: tuple[ProjectTag, ...]
    funds: tuple[Fund, ...]
    measures: tuple[Measure, ...]
    appraisal_schemes: tuple[AppraisalScheme, ...]
    sectors: tuple[Sector, ...]
    coefficients: tuple[Coefficient, ...]
    statistical_coefficients: tuple[StatisticalCoefficient, ...]
    nbs_codes: tuple[NbsCode, ...]
    key_user_rules: tuple[KeyUserRule, ...]
    monitoring_rules: tuple[MonitoringRule, ...]
    limit_standards: tuple[LimitStandard, ...]
    limits: tuple[Limit, ...]
    prices: Prices

    @property
    def code(self) -> str:
        """The plan's id, which is also its folder's name."""
        return self.envelope.plan

    def target(self, target: str) -> Target:
        """The target with this id. KeyError when the plan has none."""
        for found in self.targets:
            if found.target == target:
                return found
        raise KeyError(target)

    def parts(self) -> dict[str, dict[str, Any]]:
        """One JSON-able body per owner service: assessment, energy, projects (see plans/parts.py)."""
        return {
            "assessment": parts.for_assessment(
                self.envelope,
                self.programmes,
                self.regions,
                self.relations,
                self.targets,
                self.bases,
                self.appraisal_schemes,
            ),
            "energy": parts.for_energy(
                self.envelope,
                self.regions,
                self.relations,
                self.coefficients,
                self.key_user_rules,
                self.monitoring_rules,
            ),
            "projects": parts.for_projects(
                self.envelope,
                self.programmes,
                self.regions,
                self.relations,
                self.duties,
                self.registers,
                self.project_rules,
                self.project_tags,
            ),
        }

    def openings(self) -> list[Opening]:
        """What is opened one by one once the parts are loaded: funds and measures."""
        return [
            *(openings.fund(each) for each in self.funds),
            *(openings.measure(each) for each in self.measures),
        ]


def plan_names() -> list[str]:
    """The plans that stand in this package."""
    return sorted(path.parent.name for path in HOME.glob("*/plan.yaml"))


def load_plan(name: str) -> Plan:
    """The plan of this name. PlanError when there is none or its data are wrong."""
    if name not in plan_names():
        have = ", ".join(plan_names())
        raise PlanError(
            name, [Fault(f"plans/{name}", None, None, "there is no such plan", f"Choose one of: {have}")]
        )
    return load_folder(HOME / name)


def load_folder(folder: Path, common: Path = COMMON) -> Plan:
    """The plan in a folder, with what holds in the whole country. PlanError lists every fault found in either."""
    reader = Reader(folder, common)
    envelope, programmes, actors, sums = _head(reader)
    duties = _only(reader, "calendar.yaml", "duties", Duty)
    registers = _only(reader, "registers.yaml", "registers", Register)
    project_rules = _only(reader, "project_rules.yaml", "rules", ProjectRule)
    project_tags = reader.table("project_tags.csv", ProjectTag)
    funds = _only(reader, "funds.yaml", "funds", Fund)
    measures = _only(reader, "measures.yaml", "measures", Measure)
    schemes = _only(reader, "appraisal.yaml", "schemes", AppraisalScheme)
    monitoring = _keys(reader, "monitoring.yaml", "key_user_rules", "monitoring_rules")
    key_users = reader.items(monitoring, "key_user_rules", KeyUserRule)
    silence = reader.items(monitoring, "monitoring_rules", MonitoringRule)
    units = reader.table("units.csv", Unit, needed=True)
    every_region = reader.table("regions.csv", Region, needed=True)
    every_relation = reader.table("region_relations.csv", RegionRelation)
    targets = reader.table("targets.csv", Target, needed=True)
    bases = reader.table("target_bases.csv", TargetBase)
    sectors = reader.table("sectors.csv", Sector)
    coefficients = reader.table("coefficients.csv", Coefficient)
    statistical = reader.table("statistical_coefficients.csv", StatisticalCoefficient)
    codes = reader.table("nbs_codes.csv", NbsCode)
    standards = reader.table("limit_standards.csv", LimitStandard)
    limits = reader.table("limits.csv", Limit)
    prices = _prices(reader)
    # Relations between rows are judged only when each row is right: else one slip shows as twenty faults.
    if envelope is None or reader.faults:
        raise PlanError(folder.name, reader.faults)
    regions, relations = provinces.of(envelope.province, every_region, every_relation)
    levels = {row.item.code: str(row.item.level) for row in regions}
    faults = [
        *_name(folder, envelope),
        *checks.unique(programmes, "code", lambda row: row.code),
        *checks.unique(actors, "actor", lambda row: row.actor),
        *checks.unique(units, "unit", lambda row: row.unit),
        *checks.unique(registers, "register", lambda row: row.register_),
        *checks.project_rules(project_rules),
        *computable.project_rules(project_rules, registers, actors),
        *plausible.project_rules(project_rules, envelope),
        *checks.unique(project_tags, "tag", lambda row: row.tag),
        *checks.tags(project_tags, programmes),
        *checks.unique(funds, "fund", lambda row: row.fund),
        *checks.funds(funds, regions, programmes),
        *computable.funds(funds),
        *plausible.funds(funds),
        *checks.unique(measures, "measure", lambda row: row.measure),
        *checks.measures(measures, regions, project_tags),
        *plausible.measures(measures, actors, envelope),
        *checks.one_at_a_time(schemes, lambda row: (row.valid_from, row.valid_to)),
        *checks.appraisal(schemes),
        *plausible.appraisal(schemes),
        *checks.regions(regions, relations, envelope.province),
        *checks.targets(targets, bases, programmes, levels, units, envelope),
        *computable.targets(targets, bases),
        *plausible.targets(targets, bases, units),
        *checks.sums(sums, targets),
        *checks.duties(duties, actors, envelope),
        *plausible.duties(duties, envelope),
        *checks.coefficients(coefficients, statistical, codes, units),
        *computable.coefficients(coefficients),
        *checks.sectors(sectors),
        *checks.unique(standards, "standard", lambda row: row.standard),
        *check_limits(standards, limits),
        *checks.one_at_a_time(key_users, lambda row: (row.valid_from, row.valid_to)),
        *checks.one_at_a_time(silence, lambda row: (row.valid_from, row.valid_to)),
    ]
    if faults:
        raise PlanError(folder.name, faults)
    return Plan(
        envelope=envelope,
        programmes=_items(programmes),
        actors=_items(actors),
        sums=_items(sums),
        units=_items(units),
        regions=_items(regions),
        relations=_items(relations),
        targets=_items(targets),
        bases=_items(bases),
        duties=_items(duties),
        registers=_items(registers),
        project_rules=_items(project_rules),
        project_tags=_items(project_tags),
        funds=_items(funds),
        measures=_items(measures),
        appraisal_schemes=_items(schemes),
        sectors=_items(sectors),
        coefficients=_items(coefficients),
        statistical_coefficients=_items(statistical),
        nbs_codes=_items(codes),
        key_user_rules=_items(key_users),
        monitoring_rules=_items(silence),
        limit_standards=_items(standards),
        limits=_items(limits),
        prices=prices,
    )


def _head(
    reader: Reader,
) -> tuple[Envelope | None, list[Located[Programme]], list[Located[PlanActor]], list[Located[PlanSum]]]:
    trees = reader.trees("plan.yaml", needed=True)
    if not trees:
        return None, [], [], []
    (head,) = trees
    values = {key: value for key, value in head.data.items() if key not in LISTS}
    envelope = reader.one(head.file, Envelope, values, head.lines)
    return (
        envelope,
        reader.items(trees, "programmes", Programme, needed=True),
        reader.items(trees, "actors", PlanActor, needed=True),
        reader.items(trees, "sums", PlanSum),
    )


def _prices(reader: Reader) -> Prices:
    trees = _keys(reader, "prices.yaml", *Prices.__dataclass_fields__)

    def of(key: str, model: type[Row]) -> tuple[Row, ...]:
        return _items(reader.items(trees, key, model))

    return Prices(
        industries=of("industries", PriceIndustry),
        differential_rates=of("differential_rates", DifferentialRate),
        punitive_tiers=of("punitive_tiers", PunitiveTier),
        benchmarking_surcharges=of("benchmarking_surcharges", BenchmarkingSurcharge),
        metering=of("metering", Metering),
        combinations=of("combinations", Combination),
        peak_valley=of("peak_valley", PeakValley),
        background=of("background", Background),
    )


def _only(reader: Reader, file: str, key: str, model: type[Row]) -> list[Located[Row]]:
    """The one list of a file."""
    return reader.items(_keys(reader, file, key), key, model)


def _keys(reader: Reader, file: str, *keys: str) -> list[Tree]:
    """The trees of a file that holds these keys and no others."""
    trees = reader.trees(file)
    for tree in trees:
        for other in sorted(set(tree.data) - set(keys)):
            line = tree.lines.get((other,))
            reader.fault(tree.file, line, other, "unknown key", f"The file holds: {', '.join(keys)}")
    return trees


def _name(folder: Path, envelope: Envelope) -> Iterable[Fault]:
    if envelope.plan != folder.name:
        problem = f"the plan calls itself {envelope.plan!r}, its folder {folder.name!r}"
        yield Fault("plan.yaml", None, "plan", problem, "Give both one name")


def _items(rows: list[Located[Row]]) -> tuple[Row, ...]:
    return tuple(row.item for row in rows)
