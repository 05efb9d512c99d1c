"""Performance appraisal of the cities' technology renovation (技改绩效考核), TR-24 to TR-26: one history per year.

Opened with the scheme in force and the cities; each city assesses itself (自评); the province verifies (核查); the
ranking is published as an edition (通报), and the first places are awarded. How much of a target is completed is a
figure of the read-model, frozen with the positions of the logs that it was made of: nobody types it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import ClassVar, Literal, TypeVar, assert_never

from services.assessment.appraisals.summonses import facts as summons
from services.assessment.appraisals.summonses.facts import (
    ImprovementReported,
    Summons,
    SummonsEvent,
    SummonsHeld,
    SummonsIssued,
    SummonsLifted,
)
from services.assessment.plans.facts.scheme import Scheme

T = TypeVar("T")
_POINTS = Decimal("0.01")
Receipt = Literal["received", "late", "missing", "not_due"]
"""How an owed submission stands; the same values as in the duty calendar of projects."""


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """Up to where a service's log had been read."""

    source: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """How much of a city's target was completed, as the read-model said at a moment (目标完成).

    `value` None: nothing is known. Of the `expected` reports that were due `missing` weren't there: what is missing
    is not zero, and the value is at least that much.
    """

    target: str
    target_value: Decimal
    value: Decimal | None
    unit: str
    expected: int
    missing: tuple[str, ...]
    positions: tuple[SourcePosition, ...]

    @property
    def ratio(self) -> Fraction | None:
        """The completed share of the target, unrounded."""
        if self.value is None or self.target_value <= 0:
            return None
        return Fraction(self.value) / Fraction(self.target_value)

    def points(self, full: Decimal) -> Decimal:
        """The points in proportion to the completion, rounded half up to two decimals, at most `full`."""
        share = min(self.ratio or Fraction(0), Fraction(1)) * Fraction(full)
        return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(_POINTS, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class ItemScore:
    """Points for one measure, and what shows that it was carried out."""

    item: str
    points: Decimal
    evidence: str


@dataclass(frozen=True, slots=True)
class City:
    """A city that is assessed. `target` None: the plan prints none of that year, and it can't be scored (X-13)."""

    region: str
    name: str
    target: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalOpened:
    """The appraisal of a year was opened with the scheme that holds for it; a later scheme doesn't change it."""

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    scheme: Scheme
    cities: tuple[City, ...]
    self_due_on: date
    verify_due_on: date
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfAssessed:
    """A city assessed itself (自评). A later one takes the place of the one before, until it is verified."""

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    region: str
    items: tuple[ItemScore, ...]
    completion: Completion | None
    completion_points: Decimal
    total: Decimal
    on: date
    late: bool
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreVerified:
    """The province verified a city's score (核查评估). `missing_accepted`: why the missing reports are let go."""

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    region: str
    items: tuple[ItemScore, ...]
    completion: Completion
    completion_points: Decimal
    total: Decimal
    on: date
    evidence: str
    missing_accepted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedScoreCorrected(ScoreVerified):
    """A verified score was wrong and is now another, with the reason (更正)."""

    schema_version: ClassVar[int] = 1
    previous_total: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the ranking. `award`: CNY that the place brings."""

    region: str
    rank: int
    ties: int
    total: Decimal
    self_total: Decimal | None
    award: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """What a later edition says otherwise about a city."""

    region: str
    rank_before: int
    rank: int
    total_before: Decimal
    total: Decimal
    award_before: Decimal
    award: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingPublished:
    """The ranking was published (通报) as an edition; a correction is another one, with what it says otherwise."""

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    edition: int
    cities: tuple[Ranked, ...]
    differences: tuple[Difference, ...]
    on: date
    evidence: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardGranted:
    """A city was awarded `amount` CNY (奖励) for its place in an edition.

    Where an edition before had awarded it otherwise, `previous_amount` is that: the difference is paid or given back.
    An amount of zero takes the award away.
    """

    schema_version: ClassVar[int] = 1
    plan: str
    year: int
    edition: int
    region: str
    rank: int
    amount: Decimal
    previous_amount: Decimal
    on: date
    evidence: str


ScoredEvent = (
    AppraisalOpened | SelfAssessed | ScoreVerified | VerifiedScoreCorrected | RankingPublished | AwardGranted
)
AppraisalEvent = ScoredEvent | SummonsEvent


@dataclass(frozen=True, slots=True)
class NotOpened:
    """The appraisal of that year has not been opened."""


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A year's appraisal. `own`, `verified`: the current scores, the newest last. `awards`: the current ones.

    `received`: day of each city's first self-assessment.
    """

    opened: AppraisalOpened
    own: Mapping[str, SelfAssessed] = field(default_factory=dict)
    received: Mapping[str, date] = field(default_factory=dict)
    verified: Mapping[str, ScoreVerified] = field(default_factory=dict)
    published: tuple[RankingPublished, ...] = ()
    awards: Mapping[str, Decimal] = field(default_factory=dict)
    summonses: Mapping[str, Summons] = field(default_factory=dict)

    @property
    def scored(self) -> bool:
        """Whether the cities have targets that they can be scored by (X-13)."""
        return all(city.target is not None for city in self.opened.cities)

    def receipt(self, region: str, today: date) -> Receipt:
        """Whether a city's self-assessment is in time (TR-25a), judged by the first one received."""
        due, received = self.opened.self_due_on, self.received.get(region)
        if received is not None:
            return "late" if received > due else "received"
        return "missing" if today > due else "not_due"

    def city(self, region: str) -> City | None:
        """The city of the appraisal with that code, or None."""
        return next((city for city in self.opened.cities if city.region == region), None)


AppraisalState = NotOpened | Appraisal
INITIAL: AppraisalState = NotOpened()


def stream(plan: str, year: int) -> str:
    """The stream of a year's appraisal of the cities."""
    return f"appraisal:{plan}:{year}"


def evolve(state: AppraisalState, event: AppraisalEvent) -> AppraisalState:
    """The state after a stored fact."""
    match event:
        case AppraisalOpened():
            return Appraisal(event)
        case SelfAssessed():
            known = _known(state)
            received = {event.region: event.on, **known.received}
            return replace(known, own=_newest_last(known.own, event.region, event), received=received)
        case ScoreVerified():
            known = _known(state)
            return replace(known, verified=_newest_last(known.verified, event.region, event))
        case RankingPublished():
            known = _known(state)
            return replace(known, published=(*known.published, event))
        case AwardGranted():
            known = _known(state)
            return replace(known, awards={**known.awards, event.region: event.amount})
        case SummonsIssued() | SummonsHeld() | SummonsLifted() | ImprovementReported():
            known = _known(state)
            after = summons.evolve(known.summonses.get(event.region), event)
            return replace(known, summonses={**known.summonses, event.region: after})
        case _:
            assert_never(event)


def _newest_last(scores: Mapping[str, T], region: str, score: T) -> Mapping[str, T]:
    return {**{city: each for city, each in scores.items() if city != region}, region: score}


def _known(state: AppraisalState) -> Appraisal:
    if isinstance(state, NotOpened):
        raise ValueError("an appraisal's history begins with AppraisalOpened")
    return state
