"""What the readings' store must hold after a set of readings, worked out by brute force.

Slow and simple on purpose, and written apart from the code it judges: it keeps every reading ever received, decides
each time anew which one counts, walks through them in order, and adds up with Python's integers.
"""

from collections import defaultdict
from dataclasses import dataclass, field

HOUR = 3600
LONGEST = 31 * 24 * HOUR
VOID = -1


@dataclass(frozen=True)
class Meter:
    """A series as the oracle needs it. Quantities in 1/1000."""

    name: str
    enterprise: str = "e1"
    carrier: str = "electricity"
    register: bool = True
    slot: int = 900
    num: int = 1
    den: int = 1
    modulus: int | None = None
    capacity: int | None = None
    scope: int = 1


@dataclass(frozen=True)
class Read:
    """One reading as received."""

    meter: str
    t: int
    v: int
    rank: int = 0


@dataclass
class Expected:
    """The whole content of the store, as plain dictionaries and sets, by meter name."""

    reading: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    history: set[tuple[str, int, int, int]] = field(default_factory=set)
    irregular: set[tuple[str, int, int, str, int]] = field(default_factory=set)
    meter_hour: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    hour: dict[tuple[str, str, int], tuple[int, int, int]] = field(
        default_factory=lambda: defaultdict(lambda: (0, 0, 0))
    )
    """Energy, of it spread over a gap, slots present."""


def expected(meters: list[Meter], readings: list[Read]) -> Expected:
    """The store after these readings, in whatever order and however often they came."""
    result = Expected()
    for meter in meters:
        received = {(r.t, r.rank, r.v) for r in readings if r.meter == meter.name}
        best: dict[int, tuple[int, int]] = {}
        for t, rank, v in received:
            best[t] = max(best.get(t, (-1, -1)), (rank, v))
        for t, (rank, v) in best.items():
            result.reading[meter.name, t] = (rank, v)
        result.history |= {(meter.name, t, rank, v) for t, rank, v in received if best[t] != (rank, v)}
        _walk(meter, sorted((t, v) for t, (_, v) in best.items() if v != VOID), result)
    result.meter_hour = {key: e for key, e in result.meter_hour.items() if e}
    result.hour = {key: v for key, v in result.hour.items() if any(v)}
    return result


def _walk(meter: Meter, counting: list[tuple[int, int]], result: Expected) -> None:
    before: tuple[int, int] | None = None
    for t, v in counting:
        start, energy, apart, reason, gap = _interval(meter, before, t, v)
        if reason:
            result.irregular.add((meter.name, start, t, reason, apart))
        slot = (t + 8 * HOUR - 1) // meter.slot
        new_slot = not meter.register if before is None else (before[0] + 8 * HOUR - 1) // meter.slot != slot
        _add(result, meter, (t - 1) // HOUR, present=new_slot)
        for second, part in _cut(energy, start, t):
            result.meter_hour[meter.name, second // HOUR] += part
            _add(result, meter, second // HOUR, energy=part, spread=part if gap else 0)
        before = (t, v)


def _add(
    result: Expected, meter: Meter, hour: int, energy: int = 0, spread: int = 0, present: int = 0
) -> None:
    key = (meter.enterprise, meter.carrier, hour)
    before = result.hour[key]
    result.hour[key] = (before[0] + energy, before[1] + spread, before[2] + present)


def _interval(meter: Meter, before: tuple[int, int] | None, t: int, v: int):
    """(start, energy, apart, reason, spans a gap)"""

    def energy_at(value: int) -> int:
        return value * meter.num // meter.den

    if not meter.register:
        raw = energy_at(v)
        too_much = meter.capacity is not None and raw > meter.capacity * meter.slot // HOUR
        return t - meter.slot, 0 if too_much else raw, raw if too_much else 0, "jump" * too_much, False
    if before is None:
        return t, 0, 0, "", False
    start, was = before
    raw = energy_at(v) - energy_at(was)
    limit = None if meter.capacity is None else meter.capacity * (t - start) // HOUR
    gap = (t + 8 * HOUR - 1) // meter.slot - (start + 8 * HOUR - 1) // meter.slot > 1
    if v < was:
        if meter.modulus and limit is not None and t - start <= LONGEST:
            rolled = energy_at(v + meter.modulus) - energy_at(was)
            if rolled <= limit:
                return start, rolled, raw - rolled, "rollover", gap
        return start, 0, raw, "backwards", gap
    if t - start > LONGEST:
        return start, 0, raw, "gap", gap
    if limit is not None and raw > limit:
        return start, 0, raw, "jump", gap
    return start, raw, 0, "", gap


def _cut(energy: int, start: int, t: int):
    """Second by second would be plainest; hour by hour with whole numbers is the same and ends today."""
    if energy == 0:
        return
    length, done, at = t - start, 0, start
    while at < t:
        following = min((at // HOUR + 1) * HOUR, t)
        upto = energy // length * (following - start) + (energy % length) * (following - start) // length
        yield at, upto - done
        done, at = upto, following
