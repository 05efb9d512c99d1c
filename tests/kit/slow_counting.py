"""Figures counted the slow way: every project looked at for every target, every key user by name. No entries, no SQL.

It reads the same events and rules as progress, and the same standings of projects; all that is counted, summed up and
chosen by moment is done here once more, one thing after the other.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from services.progress.common.rules import Rules
from services.progress.measures import facts
from services.progress.measures.countings import Counting, of_kind, shipped
from services.progress.measures.coverage import judged_day, listed
from services.progress.measures.facts import Contribution, Counted, Facts, KeyUsers, Plan, Tally, Target
from services.progress.measures.tally import Wanted, Window, all_wanted
from services.progress.projection import assessment_events, energy_events, project_events
from services.progress.projection.contributions import contributions
from services.progress.projection.entries import contains
from services.progress.projection.standing import Mark, Standing, fold, marks
from shared.areas import AreaTree
from shared.clock import local_day
from shared.envelope import Envelope

ALWAYS = Window(date.min, date.max, date.min, date.max, date.max)


def directly(counting: Counting, standing: Standing, window: Window) -> list[Mark]:
    """The marks for which the project counts, without entries."""
    found = [
        mark
        for mark in marks(standing, shipped().tags)
        if mark.measure in counting.marks
        and mark.day <= window.last
        and (mark.day if counting.points else (mark.until or date.max)) >= window.first
        and (
            counting.points or mark.until is None or mark.until >= mark.day
        )  # it ended before it began: a mistake
    ]
    # What a project is changes on these days and on no other.
    turns = {each.since for each in standing.states if each.since is not None}
    turns |= {each.valid_from for each in standing.registers}
    held = [window.held_first, *(day for day in turns if window.held_first <= day <= window.held_last)]
    return [mark for mark in found if any(_fits(counting, standing, mark, day) for day in held)]


def _fits(counting: Counting, standing: Standing, mark: Mark, day: date) -> bool:
    if mark.member_until is not None and day > mark.member_until:
        return False
    state = next(s for s in reversed(mark.states) if s.since is None or s.since <= day)
    registers = [
        each.register
        for each in standing.registers
        if each.valid_from <= day and (each.valid_to is None or day <= each.valid_to)
    ]
    look = {**mark.detail, **state.traits, "registers": registers}
    for where in counting.where:
        industries = tuple(where.get("industries", ()))
        rest = {key: value for key, value in where.items() if key != "industries"}
        if contains(look, rest) and (not industries or look.get("industry", "").startswith(industries)):
            return True
    return False


def known_at(
    moment: datetime,
    told: Iterable[tuple[Envelope, Any]],
    areas: AreaTree,
    targets: Sequence[Target],
    rules: Rules,
) -> Facts:
    """What is known at a moment, of all events in the order of their logs."""
    heard = [(envelope, event) for envelope, event in told if envelope.recordedtime <= moment]
    day = local_day(moment)
    reported: dict[tuple[str, str], Contribution] = {}
    for envelope, event in heard:
        if isinstance(
            event,
            project_events.MonthlyReportFiled
            | project_events.MonthlyReportCorrected
            | assessment_events.StatisticReported,
        ):
            for said in contributions(event):
                reported[said["measure"], said["key"]] = Contribution(
                    envelope.source, envelope.sequence, recorded_at=envelope.recordedtime, **said
                )
    contributed: dict[str, list[Contribution]] = {}
    for each in reported.values():
        contributed.setdefault(each.measure, []).append(each)
    closed = _closed_day(heard, day)
    histories = _histories(heard)
    things = _designated(heard)
    return Facts(
        plan=Plan("fujian-2013", "", 2013, None),
        areas=areas,
        targets={target.target: target for target in targets},
        contributions=contributed,
        closed_day=closed,
        key_users={
            target.target: users
            for target in targets
            if target.measure == facts.ONLINE
            and (users := _key_users(heard, target, rules, closed, day)) is not None
        },
        tallies={
            wanted.name: _tally(wanted, target, areas, histories, things)
            for target in targets
            for wanted in all_wanted(target, rules, day)
        },
    )


def _histories(heard: Sequence[tuple[Envelope, Any]]) -> dict[str, list[Standing]]:
    found: dict[str, list[Standing]] = {}
    for _, event in heard:
        if isinstance(event, project_events.ProjectEvent):
            before = found.setdefault(event.project, [])
            before.append(fold(before[-1] if before else None, event))
    return found


def _designated(heard: Sequence[tuple[Envelope, Any]]) -> list[tuple[str, str, dict[str, Any], date, date]]:
    """(thing, region, what it is, first day, last day) of each designation that ever stood."""
    last: dict[str, Any] = {}
    for _, event in heard:
        if isinstance(event, assessment_events.Designated):
            last[event.designation] = event
    return [
        (
            f"{event.kind}:{event.name}",
            event.region,
            {"kind": event.kind, "level": event.level},
            event.designated_on,
            # The day before it was withdrawn is its last.
            date.fromordinal(event.withdrawn_on.toordinal() - 1)
            if isinstance(event, assessment_events.DesignationWithdrawn)
            else date.max,
        )
        for event in last.values()
    ]


def _tally(
    wanted: Wanted,
    target: Target,
    areas: AreaTree,
    histories: dict[str, list[Standing]],
    things: list[tuple[str, str, dict[str, Any], date, date]],
) -> Tally:
    counting, window = wanted.counting, wanted.window
    units: dict[str, list[tuple[Decimal, bool]]] = {}
    if counting.by_thing:
        met = {
            (thing, region)
            for thing, region, what, first, last in things
            if any(contains(what, where) for where in counting.where)
            and "designation:standing" in counting.marks
            and first <= window.last
            and (first if counting.points else last) >= window.first
            and last >= first
        }
        for _, region in met:
            units.setdefault(region, []).append((Decimal(0), False))
        known = any(
            contains(what, where)
            for _, _, what, _, _ in things
            for where in counting.where
            if "designation:standing" in counting.marks
        )
    else:
        for history in histories.values():
            standing = history[-1]
            if found := directly(counting, standing, window):
                units.setdefault(standing.region, []).append(
                    (_amount(counting, found, window), _reached(counting, found, window))
                )
        known = any(
            directly(kind, standing, ALWAYS)
            for kind in of_kind(counting)
            for history in histories.values()
            for standing in history
        )
    return Tally(
        known,
        tuple(
            Counted(
                region, len(each), sum((a for a, _ in each), Decimal(0)), sum(r for _, r in each), None, False
            )
            for region, each in units.items()
            if areas.covers(target.region, region)
        ),
    )


def _amount(counting: Counting, found: Sequence[Mark], window: Window) -> Decimal:
    if not counting.sums:
        return Decimal(0)
    [mark] = found
    if mark.amount is not None:
        return mark.amount
    state = next(s for s in reversed(mark.states) if s.since is None or s.since <= window.held_last)
    return state.investment or Decimal(0)


def _reached(counting: Counting, found: Sequence[Mark], window: Window) -> bool:
    days = [found[0].reached[stage] for stage in counting.reached if stage in found[0].reached]
    return bool(days) and min(days) <= window.by


def _closed_day(heard: Sequence[tuple[Envelope, Any]], today: date) -> date | None:
    kinds = (energy_events.CoverageChanged, energy_events.EnterpriseDayMeasured)
    return max(
        (event.day for _, event in heard if isinstance(event, kinds) and event.day < today), default=None
    )


def _key_users(
    heard: Sequence[tuple[Envelope, Any]], target: Target, rules: Rules, closed: date | None, today: date
) -> list[KeyUsers] | None:
    asked = listed(target, rules, judged_day(closed, target), today)
    lists = [
        event
        for _, event in heard
        if isinstance(event, energy_events.KeyUsersDesignated) and str(event.year) == asked.year
    ]
    if not lists:
        return None
    verdicts = {
        (e.enterprise, e.day): e.online for _, e in heard if isinstance(e, energy_events.CoverageChanged)
    }
    feeds = {
        e.enterprise: isinstance(e, energy_events.FeedResumed)
        for _, e in heard
        if isinstance(e, energy_events.FeedSilent)
    }
    found = []
    for user in lists[-1].enterprises:
        if user.tce < asked.line or (user.tce == asked.line and not asked.inclusive):
            continue
        verdict = None if asked.closed is None else verdicts.get((user.enterprise, asked.closed))
        online = bool(verdict or verdicts.get((user.enterprise, today)))
        heard_now = feeds.get(user.enterprise, online)
        basis = frozenset({lists[-1].basis})
        found.append(
            KeyUsers(
                user.region,
                1,
                verdict is not None,
                bool(verdict),
                heard_now,
                None,
                simulated=False,
                bases=basis,
            )
        )
    return found
