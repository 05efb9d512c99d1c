"""Does an amount look like one in the wrong unit (元, 万元, 亿元)? A doubt asks back; it never refuses for good.

No rule of the plan: the system's own care. Units differ by 10,000, so wide bounds find them.
"""

from dataclasses import dataclass
from decimal import Decimal

FACTOR = 20
"""How many times another amount one may be, or the other it, before it is asked about."""
SMALLEST = Decimal(10_000)
"""A need, an offer or a subsidy below this many yuan looks like 万元 or 亿元."""

SMALLEST_PROJECT = Decimal(100_000)
"""A project's total investment below this many yuan looks like 万元 or 亿元."""
LARGEST_PROJECT = Decimal(100_000_000_000)
"""A project's total investment above this many yuan looks like 元 taken for 万元."""


@dataclass(frozen=True, slots=True)
class ReportCare:
    """The rule `report_plausibility`: when a city's amount of a month is asked back.

    More than `far_factor` times another amount, or the other more than that times it, is far from it. Neighbours are
    the reported months up to `neighbour_months` before and after. `smallest` (yuan) is for a city of which neither a
    target nor a neighbour is known. A plan without the rule is read with what stands here.
    """

    far_factor: Decimal = Decimal(5)
    neighbour_months: int = 3
    smallest: Decimal = Decimal(1_000_000)

    def far(self, one: Decimal, other: Decimal) -> bool:
        """Whether two amounts above zero are far from each other."""
        return one > self.far_factor * other or other > self.far_factor * one


@dataclass(frozen=True, slots=True)
class Usual:
    """What an amount is held against (CNY): the year's target, None: none; and neighbours, (month, amount) each."""

    year_target: Decimal | None = None
    neighbours: tuple[tuple[str, Decimal], ...] = ()
    care: ReportCare = ReportCare()


def doubt(investment: Decimal, usual: Usual) -> str | None:
    """Why a city's amount of a month (CNY) looks wrong; None if it doesn't.

    It is asked about when it is far from all that it can be held against: a right report beside a wrong neighbour is
    near the target, a city that runs ahead of its target is near its neighbours.
    """
    if not investment:
        return "0 yuan says that nothing was invested in the whole city and month; what is not known is not reported."
    care, said = usual.care, in_words(investment)
    held: list[tuple[str, Decimal]] = []
    if usual.year_target:
        held.append(("a twelfth of the year's target", usual.year_target / 12))
    held += [(f"the amount of {month}", amount) for month, amount in usual.neighbours if amount]
    if not held:
        if investment >= care.smallest:
            return None
        return f"{said} is less than {in_words(care.smallest)} for a whole city and month."
    if any(not care.far(investment, other) for _, other in held):
        return None
    others = ", ".join(f"{_far(investment, other)} {what}, {in_words(other)}" for what, other in held)
    return f"{said} is {others}."


def _far(one: Decimal, other: Decimal) -> str:
    if one > other:
        return f"{one / other:,.0f} times"
    return f"one {other / one:,.0f}th of"


def in_words(amount: Decimal) -> str:
    """An amount in yuan as its reader would say it: "482000 yuan (48.2 万元)"."""
    for size, name in ((Decimal(100_000_000), "亿元"), (Decimal(10_000), "万元")):
        if amount >= size:
            return f"{amount:.2f} yuan ({_short(amount / size)} {name})"
    return f"{amount:.2f} yuan"


def _short(amount: Decimal) -> str:
    return f"{amount:.4f}".rstrip("0").rstrip(".")


def doubt_project(total_investment: Decimal) -> str | None:
    """Why a project's total investment (CNY) looks wrong; None if it doesn't."""
    if total_investment < SMALLEST_PROJECT:
        return f"{total_investment} yuan is less than {SMALLEST_PROJECT} yuan for a whole project."
    if total_investment > LARGEST_PROJECT:
        return f"{total_investment} yuan is more than {LARGEST_PROJECT} yuan for one project."
    return None


def doubt_contract(amount: Decimal, total_investment: Decimal) -> str | None:
    """Why a contract's amount (CNY) looks wrong beside the project's total investment; None if it doesn't."""
    if amount > FACTOR * total_investment:
        return f"{amount} yuan is more than {FACTOR} times the project's total investment, {total_investment} yuan."
    if amount * FACTOR < total_investment:
        return f"{amount} yuan is less than a {FACTOR}th of the project's total investment, {total_investment} yuan."
    return None


def doubt_listing(amount_min: Decimal | None, amount_max: Decimal | None) -> tuple[str, str] | None:
    """Which amount (CNY) of a need or an offer looks wrong, and why; None if neither does. Zero is no doubt."""
    for name, amount in (("amount_min", amount_min), ("amount_max", amount_max)):
        if amount and amount < SMALLEST:
            return name, f"{amount} yuan is less than {SMALLEST} yuan for a need or an offer."
        if amount and amount > LARGEST_PROJECT:
            return name, f"{amount} yuan is more than {LARGEST_PROJECT} yuan for a need or an offer."
    return None


def doubt_subsidy(what: str, amount: Decimal, most: Decimal) -> str | None:
    """Why what a project asks with (CNY) looks wrong beside the `most` that it stands with; None if it doesn't."""
    if amount > most:
        return f"{what} of {amount:f} yuan is more than the {most:f} yuan that the project stands with."
    return f"{amount:f} yuan is little for {what}." if amount < SMALLEST else None


def doubt_audited(audited: Decimal, asked: Decimal) -> str | None:
    """Why an audited amount (CNY) looks wrong beside the one asked with; None if it doesn't."""
    if audited > FACTOR * asked:
        return f"{audited:f} yuan is more than {FACTOR} times the {asked:f} yuan asked with."
    if audited * FACTOR < asked:
        return f"{audited:f} yuan is less than a {FACTOR}th of the {asked:f} yuan asked with."
    return None
