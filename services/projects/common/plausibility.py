"""Does an amount look like one in the wrong unit (元, 万元, 亿元)? A doubt asks back; a confirmed amount is accepted.

The bounds are dated rules of the plan; the defaults here apply to a plan without them. The units differ by factors of
10,000, so wide bounds suffice.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class AmountCare:
    """The rule `amount_plausibility`: when an amount of a project, contract, need, offer or subsidy is asked back.

    `far_factor`: how many times a project's amount a contract's may be, or it the contract's. Amounts in yuan: a need,
    an offer or a subsidy below `smallest`, or a project below `smallest_project`, looks like 万元 or 亿元; one above
    `largest` like 元 taken for 万元.
    """

    far_factor: Decimal = Decimal(20)
    smallest: Decimal = Decimal(10_000)
    smallest_project: Decimal = Decimal(100_000)
    largest: Decimal = Decimal(100_000_000_000)


USUAL = AmountCare()
"""The bounds where no plan has the rule."""


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
        """Whether two positive amounts differ by more than `far_factor`."""
        return one > self.far_factor * other or other > self.far_factor * one


@dataclass(frozen=True, slots=True)
class Usual:
    """What an amount (CNY) is compared with: the year's target, if any, and neighbouring (month, amount) pairs."""

    year_target: Decimal | None = None
    neighbours: tuple[tuple[str, Decimal], ...] = ()
    care: ReportCare = ReportCare()


def doubt(investment: Decimal, usual: Usual) -> str | None:
    """Why a city's amount of a month (CNY) looks wrong; None if it doesn't.

    It is doubted only if it is far from everything it can be compared with: a right amount next to a wrong neighbour
    is near the target, and a city that runs ahead of its target is near its neighbours.
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


def doubt_project(total_investment: Decimal, care: AmountCare) -> str | None:
    """Why a project's total investment (CNY) looks wrong; None if it doesn't."""
    if total_investment < care.smallest_project:
        return f"{total_investment} yuan is less than {care.smallest_project:f} yuan for a whole project."
    if total_investment > care.largest:
        return f"{total_investment} yuan is more than {care.largest:f} yuan for one project."
    return None


def doubt_contract(amount: Decimal, total_investment: Decimal, care: AmountCare) -> str | None:
    """Why a contract's amount (CNY) looks wrong beside the project's total investment; None if it doesn't."""
    whole = f"the project's total investment, {total_investment} yuan"
    if amount > care.far_factor * total_investment:
        return f"{amount} yuan is more than {care.far_factor:f} times {whole}."
    if amount * care.far_factor < total_investment:
        return f"{amount} yuan is less than a {care.far_factor:f}th of {whole}."
    return None


def doubt_listing(
    amount_min: Decimal | None, amount_max: Decimal | None, care: AmountCare
) -> tuple[str, str] | None:
    """Which amount (CNY) of a need or an offer looks wrong, and why; None if neither does. Zero is no doubt."""
    for name, amount in (("amount_min", amount_min), ("amount_max", amount_max)):
        if amount and amount < care.smallest:
            return name, f"{amount} yuan is less than {care.smallest:f} yuan for a need or an offer."
        if amount and amount > care.largest:
            return name, f"{amount} yuan is more than {care.largest:f} yuan for a need or an offer."
    return None


def doubt_subsidy(what: str, amount: Decimal, most: Decimal, care: AmountCare) -> str | None:
    """Why the base that a project applies with (CNY) looks wrong beside its registered `most`; None if it doesn't."""
    if amount > most:
        return f"{what} of {amount:f} yuan is more than the {most:f} yuan that the project stands with."
    return f"{amount:f} yuan is little for {what}." if amount < care.smallest else None


def doubt_audited(audited: Decimal, asked: Decimal, care: AmountCare) -> str | None:
    """Why an audited base (CNY) looks wrong beside the one applied with; None if it doesn't."""
    if audited > care.far_factor * asked:
        return f"{audited:f} yuan is more than {care.far_factor:f} times the {asked:f} yuan asked with."
    if audited * care.far_factor < asked:
        return f"{audited:f} yuan is less than a {care.far_factor:f}th of the {asked:f} yuan asked with."
    return None
