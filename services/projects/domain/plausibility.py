"""Does an amount look like one in the wrong unit (元, 万元, 亿元)? A doubt asks back; it never refuses for good.

No rule of the plan: the system's own care. Units differ by 10,000, so wide bounds find them.
"""

from dataclasses import dataclass
from decimal import Decimal

FACTOR = 20
"""How many times a city's mean month an amount may be, or the mean it, before it is asked about."""
SMALLEST = Decimal(10_000)
"""A month's investment of a city below this many yuan looks like 万元 or 亿元 where nothing else is known."""

SMALLEST_PROJECT = Decimal(100_000)
"""A project's total investment below this many yuan looks like 万元 or 亿元."""
LARGEST_PROJECT = Decimal(100_000_000_000)
"""A project's total investment above this many yuan looks like 元 taken for 万元."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is known of the city's other months (CNY) and of its target for the year; None: nothing."""

    mean_month: Decimal | None = None
    year_target: Decimal | None = None


def doubt(investment: Decimal, usual: Usual) -> str | None:
    """Why an amount (CNY) looks wrong; None if it doesn't. Zero is an amount like another."""
    mean, target = usual.mean_month, usual.year_target
    if target is not None and investment > target:
        return f"{investment} yuan in one month is more than the target of the whole year, {target} yuan."
    if mean and investment > FACTOR * mean:
        return f"{investment} yuan is more than {FACTOR} times the mean of the other months, {mean} yuan."
    if investment and mean and investment * FACTOR < mean:
        return f"{investment} yuan is less than a {FACTOR}th of the mean of the other months, {mean} yuan."
    if investment and not mean and investment < SMALLEST:
        return f"{investment} yuan is less than {SMALLEST} yuan for a whole city and month."
    return None


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
