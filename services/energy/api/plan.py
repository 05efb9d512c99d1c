"""Operations on reference data: load a plan, publish a coefficient, restate, list coefficients."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.energy.api.base import (
    Answer,
    Basis,
    CarrierCode,
    Cursor,
    Day,
    EnterpriseId,
    Figure,
    Limit,
    Line,
    Note,
    Quantity,
    Reason,
    RegionCode,
    Request,
    Serving,
    ShortText,
    example,
    ops,
)
from services.energy.app import plan, reference_queries
from services.energy.domain import coefficient
from services.energy.plan import facts as reference
from services.energy.plan import loading as plan_loading
from services.energy.plan.facts import KeyUserRule
from shared.rpc import Call, Reply

PlanId = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$", description="id of the plan", examples=["fujian-2013"]),
]


class RelationIn(Request):
    """A dated relation of a region beside its parent (X-19)."""

    kind: ShortText = Field(description="e.g. part_of, reports_to")
    to: RegionCode
    valid_from: Day | None = None
    valid_to: Day | None = None


class RegionIn(Request):
    """A region of the plan."""

    code: RegionCode
    name: ShortText
    level: Literal["province", "prefecture", "county", "zone"]
    parent: RegionCode | None = None
    administered: bool = Field(default=True, description="false: listed, but not administered here")
    valid_from: Day | None = None
    valid_to: Day | None = None
    relations: list[RelationIn] = Field(default=[], max_length=20)


class CoefficientIn(Request):
    """A conversion coefficient to standard coal (折标准煤系数) as the standard prints it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    edition: ShortText = Field(examples=["GB/T 2589-2008"])
    carrier: CarrierCode
    name: ShortText = Field(description="the carrier's name", examples=["电力"])
    group: Line = Field(default="", max_length=60)
    basis: Literal["equal", "equivalent", "both"]
    unit: Literal["kWh", "kg", "t", "m3", "MJ"]
    kgce: Quantity | None = Field(
        default=None, ge=0, lt=1_000_000, description="kgce per unit; none: a range"
    )
    kgce_low: Quantity | None = Field(default=None, ge=0)
    kgce_high: Quantity | None = Field(default=None, ge=0)
    valid_from: Day
    valid_to: Day | None = None
    provisional: bool = False
    source: ShortText
    confidence: Line = Field(default="", max_length=20)
    note: Note = ""


class KeyUserRuleIn(Request):
    """From how many tce a year on one is a key energy user; both lines inclusive (以上)."""

    threshold_tce: Quantity = Field(gt=0, examples=["10000"])
    designated_from_tce: Quantity = Field(gt=0, examples=["5000"])
    valid_from: Day
    valid_to: Day | None = None
    source: ShortText


class MonitoringRuleIn(Request):
    """After how many hours without any reading a feed is silent."""

    silent_after_hours: Quantity = Field(gt=0, le=8760, examples=["2"])
    valid_from: Day
    valid_to: Day | None = None
    source: ShortText


class LoadPlan(Request):
    """The parts of a plan that energy owns; a part that is left out stays as it is. Carriers follow from the
    coefficients; other parts of a plan are ignored."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "plan": "fujian-2013",
                    "coefficients": [
                        {
                            "edition": "GB/T 2589-2008",
                            "carrier": "electricity",
                            "name": "电力",
                            "basis": "equal",
                            "unit": "kWh",
                            "kgce": "0.1229",
                            "valid_from": "2008-06-01",
                            "valid_to": "2021-03-31",
                            "source": "GB/T 2589-2008, Annex A",
                        }
                    ],
                }
            ]
        },
    )

    plan: PlanId
    regions: list[RegionIn] | None = Field(default=None, max_length=2000)
    coefficients: list[CoefficientIn] | None = Field(default=None, max_length=1000)
    key_user_rules: list[KeyUserRuleIn] | None = Field(default=None, max_length=50)
    monitoring_rules: list[MonitoringRuleIn] | None = Field(default=None, max_length=50)
    replace: bool = Field(
        default=False,
        description="true: each part given is all of it, and what it doesn't name is dropped; false: only add",
    )
    over: list[PlanId] = Field(
        default=[],
        max_length=20,
        description="other plans that may lose regions, coefficients or rules by it",
    )


class PlanLoaded(Answer):
    """What the plan holds now, and the events that this load led to (none: nothing differed)."""

    plan: str
    regions: int
    coefficients: int
    key_user_rules: int
    monitoring_rules: int
    changed: list[str]


@ops.command("load-plan", request=LoadPlan, response=PlanLoaded, summary="Load a plan's reference data")
async def load_plan(call: Call, body: LoadPlan) -> Reply:
    """Regions, coefficients and dated rules, all or nothing; rows are added to what the plan has.

    With `replace` each part that is given is all of it. What would drop or change something that another plan goes
    by is refused, unless that plan is named in `over`. A corrected coefficient counts for new days; days already
    counted keep theirs until a restatement.
    """
    return await plan.load(Serving.energy, call, _command(body))


@ops.query(
    "check-plan",
    request=LoadPlan,
    response=PlanLoaded,
    summary="What loading these reference data would change",
)
async def check_plan(call: Call, body: LoadPlan) -> PlanLoaded:
    """The answer that loading them would give, or the refusal; nothing is written."""
    return PlanLoaded.model_validate(await plan.check(Serving.energy, call, _command(body)))


def _command(body: LoadPlan) -> plan_loading.LoadPlan:
    return plan_loading.LoadPlan(
        body.plan,
        None if body.regions is None else tuple(_region(region) for region in body.regions),
        None
        if body.coefficients is None
        else tuple(reference.PlanCoefficient(**dict(one)) for one in body.coefficients),
        None
        if body.key_user_rules is None
        else tuple(KeyUserRule(**dict(rule)) for rule in body.key_user_rules),
        None
        if body.monitoring_rules is None
        else tuple(reference.MonitoringRule(**dict(rule)) for rule in body.monitoring_rules),
        replace=body.replace,
        over=frozenset(body.over),
    )


def _region(region: RegionIn) -> reference.PlanRegion:
    relations = tuple(reference.RegionRelation(**dict(one)) for one in region.relations)
    return reference.PlanRegion(**{**dict(region), "relations": relations})


class PublishCoefficient(Request):
    """A further coefficient: a final value for a provisional one, or an enterprise's own measured value."""

    model_config = example(
        carrier="raw_coal",
        basis="both",
        kgce="0.6512",
        edition="own measurement 2013-02",
        valid_from="2013-02-01",
        enterprise="E-0042",
        source="laboratory report 2013-117",
    )

    carrier: CarrierCode
    basis: Literal["equal", "equivalent", "both"]
    kgce: Quantity = Field(ge=0, lt=1_000_000, description="kgce per unit of the carrier")
    edition: ShortText
    valid_from: Day
    valid_to: Day | None = None
    provisional: bool = False
    enterprise: EnterpriseId | None = Field(
        default=None, description="this enterprise's own value; none: for all"
    )
    source: ShortText


class CoefficientPublished(Answer):
    """The coefficient as it was taken."""

    carrier: str
    basis: str
    kgce: Figure
    edition: str
    valid_from: date
    valid_to: date | None
    provisional: bool
    enterprise: str | None


@ops.command(
    "publish-coefficient",
    request=PublishCoefficient,
    response=CoefficientPublished,
    summary="Publish a coefficient",
)
async def publish_coefficient(call: Call, body: PublishCoefficient) -> Reply:
    """It counts for days that have no figure yet; what was counted stays until a restatement."""
    given = coefficient.PublishCoefficient(**dict(body), carrier_known=False)
    return await plan.publish(Serving.energy, call, given)


class Restate(Request):
    """Count past days again with the coefficients that hold for them now (追溯调整). Both days included."""

    model_config = example(
        carrier="electricity", first="2013-01-01", last="2013-01-31", reason="final grid value of 2013"
    )

    carrier: CarrierCode
    first: Day
    last: Day
    enterprise: EnterpriseId | None = Field(default=None, description="one enterprise; none: all")
    reason: Reason


class Restated(Answer):
    """How many enterprise-days got another coefficient; each follows as a new revision."""

    carrier: str
    first: date
    last: date
    enterprise: str | None
    enterprise_days: int


@ops.command(
    "restate-coefficients",
    request=Restate,
    response=Restated,
    summary="Count past days with today's coefficients",
)
async def restate(call: Call, body: Restate) -> Reply:
    """The one way in which an edited coefficient moves the past."""
    return await plan.restate(
        Serving.energy, call, body.carrier, body.first, body.last, body.enterprise, body.reason
    )


class ListCoefficients(Request):
    """The coefficients that are known."""

    model_config = example(carrier="electricity", on="2013-01-15")

    carrier: CarrierCode | None = None
    on: Day | None = Field(default=None, description="only those valid on this day")
    basis: Basis | None = Field(default=None, description="those that serve this basis")
    cursor: Cursor
    limit: Limit


class CoefficientOut(Answer):
    """One coefficient."""

    id: int
    carrier: str
    name: str
    unit: str
    basis: str
    kgce: Figure
    edition: str
    valid_from: date
    valid_to: date | None
    provisional: bool
    enterprise: str | None
    source: str


class CoefficientPage(Answer):
    """A page of coefficients, in the order in which they became known."""

    items: list[CoefficientOut]
    next_cursor: str | None


@ops.query(
    "list-coefficients",
    request=ListCoefficients,
    response=CoefficientPage,
    summary="List conversion coefficients",
)
async def list_coefficients(call: Call, body: ListCoefficients) -> CoefficientPage:
    """General ones, and the enterprises' own that the asker may see."""
    return CoefficientPage.model_validate(
        await reference_queries.coefficients(
            Serving.energy, call.actor, body.carrier, body.on, body.basis, body.cursor, body.limit
        )
    )
