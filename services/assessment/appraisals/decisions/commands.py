"""The commands on an appraisal, and what the server knows beside each."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from services.assessment.appraisals.facts import City, Completion
from services.assessment.common.values import PlanId, Reason, RegionCode, Words
from services.assessment.plans.facts.scheme import Scheme
from shared.command import Given, command
from shared.values import Many, Number, Plain, Says, Text

Evidence = Annotated[
    Words,
    Says(description="the document: its number or reference, not its content", example="榕经技〔2014〕8号"),
]
Year = Annotated[int, Number(ge=1949, le=2199, description="the assessed year (X-13)", example=2013)]
OF: Mapping[str, Any] = {"plan": "fujian-2013", "year": 2013}
_ITEMS: Any = [
    {"item": "decomposition", "points": "10", "evidence": "榕政综〔2013〕40号"},
    {"item": "reporting", "points": "9.5", "evidence": "月报12期"},
    {"item": "starts", "points": "10", "evidence": "榕经技〔2013〕21号"},
    {"item": "reserve", "points": "8", "evidence": "储备库清单"},
    {"item": "city_fund", "points": "10", "evidence": "榕财企〔2013〕15号"},
]


@command()
class OfAppraisal:
    """Which appraisal."""

    plan: PlanId
    year: Year


@command(example=OF)
class OpenAppraisal(OfAppraisal):
    """Open the appraisal of a year."""


@command()
class ItemPoints:
    """Points for one measure (措施), and what shows that it was carried out."""

    item: Annotated[str, Text(pattern=r"^[a-z0-9_]{1,40}$", example="reporting")]
    points: Annotated[Decimal, Number(ge=0, le=1000, max_digits=6, decimal_places=2, example="9.5"), Plain()]
    evidence: Evidence


Items = Annotated[
    tuple[ItemPoints, ...],
    Many(min_length=1, max_length=30, description="each measure of the scheme once"),
]


@command(example={**OF, "region": "350100", "items": _ITEMS, "evidence": "榕经技〔2014〕8号"})
class AssessOwn(OfAppraisal):
    """A city's self-assessment (自评). How much of its target is completed isn't sent: it is known."""

    region: RegionCode
    items: Items
    evidence: Evidence


@command(example={**OF, "region": "350100", "items": _ITEMS, "evidence": "闽经贸投资〔2014〕66号"})
class VerifyScore(OfAppraisal):
    """The province's verification (核查) of a city, or the correction of one."""

    region: RegionCode
    items: Items
    evidence: Evidence
    missing_accepted: Annotated[
        Words | None, Says(description="why the figure counts although reports are missing")
    ] = None
    reason: Annotated[Reason | None, Says(description="why a verified score is corrected")] = None


@command(example={**OF, "evidence": "闽经贸投资〔2014〕90号"})
class PublishRanking(OfAppraisal):
    """Publish the ranking (通报)."""

    evidence: Evidence
    reason: Annotated[Reason | None, Says(description="why another edition goes out")] = None


@command(example={**OF, "evidence": "闽财企〔2014〕31号"})
class GrantAwards(OfAppraisal):
    """Award the first places (奖励)."""

    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Given):
    """What every command is given. `sees`: the one city that the answer shows the caller; None: all cities."""

    sees: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(Known):
    """The scheme in force for the year, None if there is none; the cities that are assessed by it."""

    scheme: Scheme | None
    cities: tuple[City, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring(Known):
    """How much of the city's target is completed, as the read model says; None: it has no target that year."""

    completion: Completion | None
