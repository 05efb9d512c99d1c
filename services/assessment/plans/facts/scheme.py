"""The scheme of the performance appraisal (技改绩效考核办法): its parts, its days, its places. All of it is dated data.

TR-24 names two parts, how much of a target is completed and which measures were carried out, and prints no weight.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.assessment.common.region import Fault

COMPLETION = "completion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A measure (措施) of the second part: at most `points` for carrying it out."""

    item: str
    name: str
    row: str
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsRule:
    """Who is summoned (约谈): a city with less than `below` points; its report is due within so many days."""

    below: Decimal
    report_within_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A scheme in force between two days, both included.

    `measure`: what the target of the first part is measured by; completed in full it brings `completion_points`, in
    part as much of them, never more. `awards`: CNY of the first, second, third place. `tie_break`: what decides
    between equal totals; who is equal after that too shares the places and what they bring (X-18). Both days lie in
    the year `due_years_after` the assessed one (X-13), as (month, day). `summons` None: nobody is, but by decision.
    """

    scheme: str
    name: str
    row: str
    measure: str
    completion_points: Decimal
    items: tuple[Item, ...]
    tie_break: tuple[str, ...]
    awards: tuple[Decimal, ...]
    due_years_after: int
    self_due: tuple[int, int]
    verify_due: tuple[int, int]
    valid_from: date
    valid_to: date | None
    source: str
    confidence: str
    note: str = ""
    summons: SummonsRule | None = None

    @property
    def full_marks(self) -> Decimal:
        """The most points that a city can get: all parts added up."""
        return self.completion_points + sum((each.points for each in self.items), Decimal(0))

    def self_due_on(self, year: int) -> date:
        """The last day for a city's self-assessment of a year."""
        return date(year + self.due_years_after, *self.self_due)

    def verify_due_on(self, year: int) -> date:
        """The last day for the province's verification of a year."""
        return date(year + self.due_years_after, *self.verify_due)


def scheme_for(schemes: Iterable[Scheme], year: int) -> Scheme | None:
    """The scheme in force on the year's last day, the latest begun; for a year before all schemes, the first."""
    day = date(year, 12, 31)
    ordered = sorted(schemes, key=lambda each: each.valid_from)
    begun = [each for each in ordered if each.valid_from <= day] or ordered[:1]
    if not begun or (begun[-1].valid_to is not None and begun[-1].valid_to < day):
        return None
    return begun[-1]


def faults(schemes: Sequence[Scheme]) -> Iterator[Fault]:
    """The faults of the schemes, taken by themselves; empty: none."""
    for index, each in enumerate(schemes):
        where = f"appraisal_schemes.{index}"
        names = [item.item for item in each.items]
        if len(set(names)) != len(names):
            yield Fault(f"{where}.items", f"{each.scheme}: an item is listed twice")
        if set(each.tie_break) - {COMPLETION}:
            yield Fault(f"{where}.tie_break", f"{each.scheme}: only {COMPLETION} can break a tie")
        if each.summons is not None and each.summons.below > each.full_marks:
            yield Fault(f"{where}.summons.below", f"{each.scheme}: more points than there are")
        if list(each.awards) != sorted(each.awards, reverse=True):
            yield Fault(f"{where}.awards", f"{each.scheme}: a later place brings more than an earlier one")
        for name, (month, day) in (("self_due", each.self_due), ("verify_due", each.verify_due)):
            try:
                date(2013, month, day)  # a day that exists in every year, so not 29 February
            except ValueError as error:
                yield Fault(f"{where}.{name}", f"{each.scheme}: {error}")
