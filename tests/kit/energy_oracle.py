"""What the readings' store must hold after a set of readings, worked out by brute force.

Slow and simple on purpose, and written apart from the code it judges: it keeps every reading ever received, decides
each time anew which one counts, walks through them in order, and adds up with fractions.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

HOUR = 3600
LONGEST = 31 * 24 * HOUR
VOID = -1
DOUBTED = ("jump", "beyond")
LATE = 60
"""Seconds after its slot's end that a reading may be late; a quarter of the slot at most."""
LONG_FALL = 7 * 24 * HOUR


@dataclass(frozen=True)
class Meter:
    """A series as the oracle needs it. `modulus` in 1e-6 of its unit; `factor` is how many kWh one of the unit is;
    `capacity` and `bound` in kWh an hour. Energy is cut at hours in steps, `decimals` after the point."""

    name: str
    enterprise: str = "e1"
    carrier: str = "electricity"
    register: bool = True
    slot: int = 900
    factor: Decimal = Decimal(1)
    modulus: int | None = None
    capacity: Decimal | None = None
    scope: int = 1
    bound: Decimal = Decimal(100_000_000)
    grain: Fraction | None = None
    """In what energy is cut at hours, if not in steps."""
    rules_of_517f57c: bool = False
    """Stored before the rules of late readings and of falls: a slot ends when it ends, a fall is parked alone."""

    @property
    def step(self) -> Fraction:
        """What energy is counted in: a value of 1e-6 times the factor is a whole number of these."""
        decimals = max(0, -int(self.factor.normalize().as_tuple().exponent))
        return Fraction(1, 10 ** (6 + decimals))


@dataclass(frozen=True)
class Read:
    """One reading as received; `v` in 1e-6 of the unit. Without a rank it takes its place in the queue when sent."""

    meter: str
    t: int
    v: int
    rank: int | None = None


@dataclass
class Expected:
    """The whole content of the store, as plain dictionaries and sets, by meter name."""

    reading: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    history: set[tuple[str, int, int]] = field(default_factory=set)
    """Values that don't count; not those that do, though they may have been superseded in between."""
    irregular: set[tuple[str, int, int, str, Fraction]] = field(default_factory=set)
    meter_hour: dict[tuple[str, int], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    hour: dict[tuple[str, str, int], tuple[Fraction, Fraction, int, Fraction, int]] = field(
        default_factory=lambda: defaultdict(lambda: (Fraction(), Fraction(), 0, Fraction(), 0))
    )
    """Energy, of it spread over a gap, slots present, energy parked, intervals parked. In kWh."""


def expected(meters: list[Meter], readings: list[Read]) -> Expected:
    """The store after these readings, in whatever order and however often they came."""
    result = Expected()
    for meter in meters:
        received = {(r.t, r.rank, r.v) for r in readings if r.meter == meter.name and r.rank is not None}
        best: dict[int, tuple[int, int]] = {}
        for t, rank, v in received:
            best[t] = max(best.get(t, (-1, -1)), (rank, v))
        for t, (rank, v) in best.items():
            result.reading[meter.name, t] = (rank, v)
        result.history |= {(meter.name, t, v) for t, _, v in received if best[t][1] != v}
        _walk(meter, sorted((t, v) for t, (_, v) in best.items() if v != VOID), result)
    result.meter_hour = {key: e for key, e in result.meter_hour.items() if e}
    result.hour = {key: v for key, v in result.hour.items() if any(v)}
    return result


def _walk(meter: Meter, counting: list[tuple[int, int]], result: Expected) -> None:
    before: tuple[int, int] | None = None
    judged = meter.register and not meter.rules_of_517f57c
    aside, waits = _falls(meter, counting) if judged else ({}, set())
    for t, v in counting:
        if t in aside:
            result.irregular.add((meter.name, aside[t], t, "glitch", Fraction()))
            continue
        start, energy, apart, reason, gap = _interval(meter, before, t, v)
        if t in waits and reason != "backwards":
            energy, apart, reason = Fraction(), energy + apart, "after_fall"
        parked = reason not in ("", "rollover")
        if reason:
            result.irregular.add((meter.name, start, t, reason, apart))
        slot = _slot(meter, t)
        new_slot = not meter.register if before is None else _slot(meter, before[0]) != slot
        in_slot = min(t, (slot + 1) * meter.slot - 8 * HOUR)
        _add(result, meter, (in_slot - 1) // HOUR, present=new_slot and not parked)
        if parked:
            _add(result, meter, (t - 1) // HOUR, parked=apart, intervals=1)
        for second, part in _cut(energy, meter.grain or meter.step, start, t):
            result.meter_hour[meter.name, second // HOUR] += part
            _add(result, meter, second // HOUR, energy=part, spread=part if gap else Fraction())
        before = (t, v)


def _slot(meter: Meter, t: int) -> int:
    """The slot that a reading is of: the one that ended up to a minute before it, or the one it lies in."""
    ended = (t + 8 * HOUR) // meter.slot
    late = (t + 8 * HOUR) % meter.slot <= (0 if meter.rules_of_517f57c else min(LATE, meter.slot // 4))
    return ended - 1 if late else ended


def _falls(meter: Meter, counting: list[tuple[int, int]]) -> tuple[dict[int, int], set[int]]:
    """Times of readings that are left aside (and the time of the level they fell from), and of those that wait."""
    aside: dict[int, int] = {}
    waits: set[int] = set()
    believed, n = True, 1

    def pair(a: int, b: int) -> str:
        return _interval(meter, counting[a], *counting[b])[3]

    while n < len(counting):
        why = pair(n - 1, n)
        if why != "backwards" or not believed:
            believed = why not in DOUBTED
            n += 1
            continue
        level, rises, end = counting[n - 1], 0, n + 1
        while end < len(counting):
            (t, v), was = counting[end], counting[end - 1][1]
            why = pair(end - 1, end)
            rises = 0 if v < was else rises + (v > was and why not in DOUBTED)
            if v >= level[1] or rises == 3 or t - level[0] > LONG_FALL or why == "rollover":
                break
            end += 1
        low = [t for t, _ in counting[n:end]]
        if end < len(counting) and counting[end][1] >= level[1]:
            aside |= dict.fromkeys(low, level[0])
            believed = pair(n - 1, end) not in DOUBTED
            n = end + 1
        else:
            # What ends it is judged like any other: it may fall, too.
            waits |= set(low)
            believed = end - 1 == n or pair(end - 2, end - 1) not in DOUBTED
            n = end
    return aside, waits


def _add(
    result: Expected,
    meter: Meter,
    hour: int,
    energy: Fraction = Fraction(),
    spread: Fraction = Fraction(),
    present: int = 0,
    parked: Fraction = Fraction(),
    intervals: int = 0,
) -> None:
    key = (meter.enterprise, meter.carrier, hour)
    had = result.hour[key]
    result.hour[key] = (
        had[0] + energy,
        had[1] + spread,
        had[2] + present,
        had[3] + parked,
        had[4] + intervals,
    )


def _interval(meter: Meter, before: tuple[int, int] | None, t: int, v: int):
    """(start, energy, apart, reason, spans a gap)"""

    def energy(value: int) -> Fraction:
        return Fraction(value, 10**6) * Fraction(meter.factor)

    def limit(seconds: int) -> Fraction | None:
        """In whole steps: what is over the last of them is not granted."""
        if meter.capacity is None:
            return None
        return Fraction(meter.capacity) * seconds / HOUR // meter.step * meter.step

    def beyond(energy: Fraction, seconds: int) -> bool:
        return energy > Fraction(meter.bound) * seconds / HOUR // meter.step * meter.step

    nothing = Fraction()
    if not meter.register:
        raw, most = energy(v), limit(meter.slot)
        if beyond(raw, meter.slot):
            return t - meter.slot, nothing, raw, "beyond", False
        too_much = most is not None and raw > most
        return (
            t - meter.slot,
            nothing if too_much else raw,
            raw if too_much else nothing,
            "jump" * too_much,
            False,
        )
    if before is None:
        return t, nothing, nothing, "", False
    start, was = before
    raw, most = energy(v - was), limit(t - start)
    gap = _slot(meter, t) - _slot(meter, start) > 1
    if v < was:
        if meter.modulus and most is not None and t - start <= LONGEST:
            rolled = energy(v + meter.modulus - was)
            if rolled <= most and not beyond(rolled, t - start):
                return start, rolled, raw - rolled, "rollover", gap
        return start, nothing, raw, "backwards", gap
    if beyond(raw, t - start):
        return start, nothing, raw, "beyond", gap
    if t - start > LONGEST:
        return start, nothing, raw, "gap", gap
    if most is not None and raw > most:
        return start, nothing, raw, "jump", gap
    return start, raw, nothing, "", gap


def _cut(energy: Fraction, step: Fraction, start: int, t: int):
    """Second by second would be plainest; hour by hour, in whole steps rounded down, is the same and ends today."""
    done, at = Fraction(), start
    while energy and at < t:
        following = min((at // HOUR + 1) * HOUR, t)
        upto = energy // step * step * (following - start) / (t - start) // step * step
        if following == t:
            upto = energy
        yield at, upto - done
        done, at = upto, following
