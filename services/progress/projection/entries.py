"""Signed entries: of each counting, what an event adds and what it takes back. Pure.

Entries are never changed: what an event takes back is written again with the opposite sign. So what was counted at a
moment is the sum of the entries recorded until then. An entry counts for a period where its days (`day` to `until`)
meet the days asked for, and so do those on which the thing was what the filter asks for (`member_from` to `member_to`).

Where a thing has several spans that may meet one period, each two that follow each other get an entry of the opposite
sign, which meets the period exactly where both do: a thing counts once, whatever the period, by mere addition.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from services.progress.common.numbers import number
from services.progress.measures.countings import Counting, Countings, Filter
from services.progress.projection.spans import EVER, FOR_EVER, Span, common, day_before, merged
from services.progress.projection.standing import Mark, Standing

Key = tuple[str, str]
"""(measure, key) of a mark."""


class Entry(NamedTuple):
    """One row of a counting. `mark` names the mark that it stands for; None: it only corrects a sum."""

    counting: int
    sign: int
    region: int
    thing: int
    day: date
    until: date
    member_from: date
    member_to: date
    amount: Decimal | None
    reached: date | None
    mark: Key | None


class _Held(NamedTuple):
    span: Span
    amount: Decimal | None


def of_project(standing: Standing | None, marks: Sequence[Mark], countings: Countings) -> Counter[Entry]:
    """All that a project counts for as it stands, with its `marks`."""
    found: Counter[Entry] = Counter()
    if standing is None:
        return found
    by_measure: dict[str, list[Mark]] = {}
    for mark in marks:
        by_measure.setdefault(mark.measure, []).append(mark)
    thing, registers = number(standing.project), _registers(standing)
    had = {("tag", tag) for state in standing.states for tag in state.traits.get("tags", ())}
    had |= {("register", register) for register in registers}
    for counting, filters in countings.on(by_measure, had):
        for entry in _entries(counting, filters, by_measure, registers, thing):
            found[entry] += 1
    return found


def of_mark(mark: Mark, countings: Countings) -> Counter[Entry]:
    """What a thing counts for that isn't a project: its one mark."""
    thing = number(str(mark.detail.get("thing", mark.key)))
    found: Counter[Entry] = Counter()
    for counting, filters in countings.on([mark.measure]):
        for entry in _entries(counting, filters, {mark.measure: [mark]}, {}, thing):
            found[entry] += 1
    return found


def changes(before: Counter[Entry], after: Counter[Entry]) -> Iterator[Entry]:
    """The rows that lead from one to the other: what is gone comes again with the opposite sign."""
    for entry in (before - after).elements():
        yield entry._replace(sign=-entry.sign, mark=None)
    yield from (after - before).elements()


def _entries(
    counting: Counting,
    filters: Sequence[Filter],
    marks: Mapping[str, Sequence[Mark]],
    registers: Mapping[str, Sequence[Span]],
    thing: int,
) -> Iterator[Entry]:
    counted: list[tuple[Span, Mark, list[_Held]]] = []
    for measure in counting.marks:
        for mark in marks.get(measure, ()):
            if held := _held(filters, mark, registers, sums=counting.sums):
                day = mark.day
                until = day if counting.points else (mark.until or FOR_EVER)
                if until >= day:
                    counted.append(((day, until), mark, held))
    counted.sort(key=lambda each: each[0])
    before: date | None = None
    for span, mark, held in counted:
        reached = min((mark.reached[s] for s in counting.reached if s in mark.reached), default=None)

        def entry(sign: int, days: Span, member: Span, of: Mark = mark, at: date | None = reached) -> Entry:
            return Entry(counting.number, sign, number(of.region), thing, *days, *member, None, at, None)

        pairs = [(held[n][0][1], held[n + 1][0][0]) for n in range(len(held) - 1)]
        for member, amount in held:
            yield entry(1, span, member)._replace(amount=amount, mark=(mark.measure, mark.key))
        for last, first in pairs:
            yield entry(-1, span, (first, last))
        if before is not None:
            both = (span[0], min(before, span[1]))
            for member, _ in held:
                yield entry(-1, both, member)
            for last, first in pairs:
                yield entry(1, both, (first, last))
        before = span[1] if before is None else max(before, span[1])


def _held(
    filters: Sequence[Filter], mark: Mark, registers: Mapping[str, Sequence[Span]], *, sums: bool
) -> list[_Held]:
    """When the mark's thing was what one of the filters asks for, in disjoint spans, with the amount of each."""
    fitting = [each for each in filters if not each.fixed or contains(mark.detail, each.fixed)]
    if not fitting:
        return []
    found: list[_Held] = []
    for place, state in enumerate(mark.states):
        following = mark.states[place + 1].since if place + 1 < len(mark.states) else None
        span = (state.since or EVER[0], FOR_EVER if following is None else day_before(following))
        spans = [each for one in fitting for each in _when(one, state.traits, span, registers)]
        amount = mark.amount if mark.amount is not None else state.investment
        found += [_Held(each, amount if sums else None) for each in merged(spans)]
    until = FOR_EVER if mark.member_until is None else mark.member_until
    joined: list[_Held] = []
    for (first, last), amount in found:
        last = min(last, until)
        if first > last:
            continue
        if joined and joined[-1].amount == amount and joined[-1].span[1] == day_before(first):
            joined[-1] = _Held((joined[-1].span[0], last), amount)
        else:
            joined.append(_Held((first, last), amount))
    return joined


def _when(
    asked: Filter, traits: Mapping[str, Any], span: Span, registers: Mapping[str, Sequence[Span]]
) -> list[Span]:
    if asked.traits and not contains(traits, asked.traits):
        return []
    if asked.industries and not str(traits.get("industry") or "").startswith(asked.industries):
        return []
    spans = [span]
    for register in asked.registers:
        spans = common(spans, registers.get(register, ()))
    return spans


def _registers(standing: Standing) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for each in standing.registers:
        found.setdefault(each.register, []).append((each.valid_from, each.valid_to or FOR_EVER))
    return {register: merged(spans) for register, spans in found.items()}


def contains(have: Any, want: Any) -> bool:
    """Whether `have` holds all of `want`, as PostgreSQL's `@>` says it of JSON."""
    match want:
        case Mapping():
            return isinstance(have, Mapping) and all(
                key in have and contains(have[key], value) for key, value in want.items()
            )
        case list() | tuple():
            return isinstance(have, list | tuple) and all(
                any(contains(item, wanted) for item in have) for wanted in want
            )
        case _:
            return bool(have == want)
