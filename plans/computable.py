"""What is well written and still computes wrongly, or not at all: unknown words, percentages written as fractions."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from plans import rules
from plans.checks import known
from plans.model import (
    Coefficient,
    Fund,
    FundTerms,
    PlanActor,
    ProjectRule,
    Register,
    Target,
    TargetBase,
)
from plans.source import Fault, Located
from plans.vocabulary import AIDS, BASES, CARRIER_UNITS, MONEY_BASES, STAGES, TARGET_UNITS


def project_rules(
    rows: Sequence[Located[ProjectRule]],
    registers: Sequence[Located[Register]],
    actors: Sequence[Located[PlanActor]],
) -> Iterable[Fault]:
    """Every rule is one that something goes by, with the parameters that are read; its references lead somewhere."""
    names = [row.item.register_ for row in registers]
    offices = [row.item.actor for row in actors]
    for row in rows:
        rule = row.item
        for name, problem in rules.faults(rule.rule, rule.parameters):
            field = "parameters" if name or rules.shape_of(rule.rule) else "rule"
            shown = f"{rule.rule}: {name}: {problem}" if name else problem
            yield Fault(
                row.file, row.line, field, shown, "Correct it; plans/rules.py says what each rule holds"
            )
        for register in _texts(rule.parameters.get("registers")):
            yield from known(row, "registers", register, names, "registers.yaml")
        for office in _texts(rule.parameters.get("departments")):
            yield from known(row, "departments", office, offices, "plan.yaml actors")


def targets(rows: Sequence[Located[Target]], bases: Sequence[Located[TargetBase]]) -> Iterable[Fault]:
    """A measured target is in a unit that is measured in; 12 % is written 12, not 0.12."""
    quotes = {row.item.target: row.item.quote for row in rows}
    for row in rows:
        target = row.item
        if target.measure is not None:
            yield from known(row, "unit", target.unit, TARGET_UNITS, "the units that targets are measured in")
        for name, value in (("value", target.value), ("value_high", target.value_high)):
            if target.unit == "percent":
                yield from _percent(row.file, row.line, name, value, target.quote)
    for base in bases:
        if base.item.unit == "percent":
            quote = quotes.get(base.item.target, "")
            yield from _percent(base.file, base.line, "value", base.item.value, quote)


def coefficients(rows: Sequence[Located[Coefficient]]) -> Iterable[Fault]:
    """Carriers are counted in a unit that readings are converted to."""
    for row in rows:
        yield from known(row, "unit", row.item.unit, CARRIER_UNITS, "the units that carriers are counted in")


def funds(rows: Sequence[Located[Fund]]) -> Iterable[Fault]:
    """A fund's words are known, it pays no more than what was spent, and no project more than all of it."""
    for row in rows:
        for terms in row.item.terms:
            yield from _terms(row, terms)


def _terms(row: Located[Fund], terms: FundTerms) -> Iterable[Fault]:
    for name, words, allowed in (
        ("aids", terms.aids, AIDS),
        ("bases", terms.bases, BASES),
        ("stages", terms.stages, STAGES),
    ):
        for word in words:
            if word not in allowed:
                problem = f"{row.item.fund}: {word!r} is unknown"
                yield Fault(row.file, row.line, name, problem, f"Known: {', '.join(sorted(allowed))}")
    if (terms.rate is None) != (not terms.bases):
        problem = f"{row.item.fund}: a rate without bases, or bases without a rate"
        yield Fault(row.file, row.line, "rate", problem, "Give both, or neither where amounts are decided")
    if terms.rate is not None and not _plausible(terms):
        problem = f"{row.item.fund}: {terms.rate} yuan for each yuan of {', '.join(terms.bases)}"
        yield Fault(row.file, row.line, "rate", problem, 'Write the share: 5 % is "0.05"')
    if terms.cap is not None and not 0 < terms.cap <= row.item.amount:
        problem = f"{row.item.fund}: one project may get {terms.cap}, the fund has {row.item.amount}"
        yield Fault(row.file, row.line, "cap", problem, "Correct the cap or the amount; both are yuan")
    if terms.base_from is not None and terms.base_below is not None and terms.base_from >= terms.base_below:
        problem = f"{row.item.fund}: no base lies from {terms.base_from} to below {terms.base_below}"
        yield Fault(row.file, row.line, "base_below", problem, "Correct one of them")


def _plausible(terms: FundTerms) -> bool:
    """Money isn't given for more than what was spent; a ton saved has a price of its own."""
    return (
        terms.rate is not None and terms.rate > 0 and (terms.rate <= 1 or not MONEY_BASES & set(terms.bases))
    )


def _percent(file: str, line: int, name: str, value: Decimal | None, quote: str) -> Iterable[Fault]:
    if value is not None and 0 < abs(value) < 1 and f"{abs(value):f}" not in quote:
        problem = f"{value} percent is not what the quote says: a fraction?"
        yield Fault(file, line, name, problem, f"Write {value * 100:f} for {value * 100:f} %, as printed")


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
