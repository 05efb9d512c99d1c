"""Loads a plan from its folder of readable data, checks it as a whole, and cuts it into the services' parts.

`load_plan("fujian-2013")` reads plans/fujian-2013/. Anything wrong raises PlanError, which lists every fault
with file, line, field and what to do; a plan is loaded whole or not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from plans import checks, computable, openings, parts
from plans.duties import Duty
from plans.limits import Limit, LimitStandard, Prices, check_limits
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
from plans.source import Fault, Located, PlanError, Reader, Row

HOME = Path(__file__).parent
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


def load_folder(folder: Path) -> Plan:
    """The plan in a folder. PlanError lists every fault found in it."""
    reader = Reader(folder)
    head, lines = reader.tree("plan.yaml")
    envelope = reader.one(
        "plan.yaml", Envelope, {key: value for key, value in head.items() if key not in LISTS}, lines
    )
    programmes = reader.items("plan.yaml", head, lines, "programmes", Programme)
    actors = reader.items("plan.yaml", head, lines, "actors", PlanActor)
    sums = reader.items("plan.yaml", head, lines, "sums", PlanSum)
    duties = _lists(reader, "calendar.yaml", "duties")("duties", Duty)
    registers = _lists(reader, "registers.yaml", "registers")("registers", Register)
    project_rules = _lists(reader, "project_rules.yaml", "rules")("rules", ProjectRule)
    project_tags = reader.table("project_tags.csv", ProjectTag)
    funds = _lists(reader, "funds.yaml", "funds")("funds", Fund)
    measures = _lists(reader, "measures.yaml", "measures")("measures", Measure)
    schemes = _lists(reader, "appraisal.yaml", "schemes")("schemes", AppraisalScheme)
    monitoring = _lists(reader, "monitoring.yaml", "key_user_rules", "monitoring_rules")
    key_users = monitoring("key_user_rules", KeyUserRule)
    silence = monitoring("monitoring_rules", MonitoringRule)
    units = reader.table("units.csv", Unit)
    regions = reader.table("regions.csv", Region)
    relations = reader.table("region_relations.csv", RegionRelation)
    targets = reader.table("targets.csv", Target)
    bases = reader.table("target_bases.csv", TargetBase)
    sectors = reader.table("sectors.csv", Sector)
    coefficients = reader.table("coefficients.csv", Coefficient)
    statistical = reader.table("statistical_coefficients.csv", StatisticalCoefficient)
    codes = reader.table("nbs_codes.csv", NbsCode)
    standards = reader.table("limit_standards.csv", LimitStandard)
    limits = reader.table("limits.csv", Limit)
    prices = reader.one("prices.yaml", Prices, *reader.tree("prices.yaml"))
    # Relations between rows are judged only when each row is right: else one slip shows as twenty faults.
    if envelope is None or prices is None or reader.faults:
        raise PlanError(folder.name, reader.faults)
    levels = {row.item.code: str(row.item.level) for row in regions}
    faults = [
        *_name(folder, envelope),
        *checks.unique(programmes, "code", lambda row: row.code),
        *checks.unique(actors, "actor", lambda row: row.actor),
        *checks.unique(units, "unit", lambda row: row.unit),
        *checks.unique(registers, "register", lambda row: row.register_),
        *checks.project_rules(project_rules),
        *computable.project_rules(project_rules, registers, actors),
        *checks.unique(project_tags, "tag", lambda row: row.tag),
        *checks.tags(project_tags, programmes),
        *checks.unique(funds, "fund", lambda row: row.fund),
        *checks.funds(funds, regions, programmes),
        *computable.funds(funds),
        *checks.unique(measures, "measure", lambda row: row.measure),
        *checks.measures(measures, regions, project_tags),
        *checks.one_at_a_time(schemes, lambda row: (row.valid_from, row.valid_to)),
        *checks.appraisal(schemes),
        *checks.regions(regions, relations, envelope.province),
        *checks.targets(targets, bases, programmes, levels, units, envelope),
        *computable.targets(targets, bases),
        *checks.sums(sums, targets),
        *checks.duties(duties, actors, envelope),
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


class Lists(Protocol):
    """The lists of one file, by their key."""

    def __call__(self, key: str, model: type[Row]) -> list[Located[Row]]: ...


def _lists(reader: Reader, file: str, *keys: str) -> Lists:
    data, lines = reader.tree(file)
    for other in sorted(set(data) - set(keys)):
        reader.fault(file, lines.get((other,)), other, "unknown key", f"The file holds: {', '.join(keys)}")

    def items(key: str, model: type[Row]) -> list[Located[Row]]:
        return reader.items(file, data, lines, key, model)

    return items


def _name(folder: Path, envelope: Envelope) -> Iterable[Fault]:
    if envelope.plan != folder.name:
        problem = f"the plan calls itself {envelope.plan!r}, its folder {folder.name!r}"
        yield Fault("plan.yaml", None, "plan", problem, "Give both one name")


def _items(rows: list[Located[Row]]) -> tuple[Row, ...]:
    return tuple(row.item for row in rows)
