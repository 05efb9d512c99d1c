"""What the worker keeps in memory of one partition: the series' rules, last readings, and a ring of recent ones.

It is a cache of the database and nothing more: rebuilt at start by a look-up per series, brought up to date when
the partition's generation has moved, changed only after a commit, and thrown away when a transaction fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import asyncpg
import numpy as np
import numpy.typing as npt

from services.energy.common.conversion import Basis, Coefficient, coefficient_on
from services.energy.common.registers import HOUR, MOST_HELD, Verdict
from services.energy.common.scale import EXTREME, VALUE_DECIMALS, step_decimals, value_of
from services.energy.readings import bounds
from services.energy.readings.archive_line import archive_line
from services.energy.readings.kernel import RULES, Flags, Ints, Rules
from services.energy.readings.periods import Periods

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

RING = 96
"""Slots of each series that are remembered: a day of quarter-hours, 1.5 kB."""

EARLIEST, LATEST = 946_684_800, 4_102_444_800  # 2000 to 2099: months of readings that can exist
NEVER = -(2**62)
FOREVER = 2**62
_REAL_TIME, _PLANT = 0, 1
PAGE = 2_000
"""Series that one query reads."""

_SERIES = """
SELECT x.s, x.meter, x.statistic_type, x.enterprise, x.carrier, c.unit AS carrier_unit, x.unit, x.scope, x.kind,
       x.interval_seconds, x.sign, x.factor, x.modulus, x.capacity, x.resolution, x.valid_from, x.valid_to,
       known.t AS known_t, last.t AS last_t, last.v AS last_v,
       EXISTS (SELECT FROM irregular i WHERE i.s = x.s AND i.t = last.t AND i.reason IN ('backwards', 'after_fall')
               AND i.t > (SELECT falls_since FROM reading_partition WHERE p = x.p)) AS low
FROM series x JOIN carrier c USING (carrier)
LEFT JOIN LATERAL (SELECT t FROM reading WHERE s = x.s ORDER BY t DESC LIMIT 1) known ON true
LEFT JOIN LATERAL (SELECT t, v FROM reading WHERE s = x.s AND v >= 0 ORDER BY t DESC LIMIT 1) last
    ON known.t IS NOT NULL
WHERE x.p = $1 AND x.generation > $2 AND x.generation <= $3 AND ($4::text IS NULL OR x.meter = $4) AND x.s > $5
ORDER BY x.s LIMIT $6
"""


@dataclass
class PartitionMemory:
    """Series are known by their place (0, 1, 2 …), which indexes every column here.

    `known_t` is the greatest time stored, void readings included; `last_t`, `last_v` the last reading that
    counts. `key` is the index of (enterprise, carrier) in `keys`, -1 where a series enters no sum; `sign` -1 where it
    is deducted.
    """

    p: int
    meter: str | None = None
    """Look at this meter alone: for changes of one meter outside the worker."""
    generation: int = 0
    archived_until: int = 0
    """Readings up to here (epoch seconds) lie in the archive, and are not taken any more."""
    latest: tuple[dict[str, int], ...] = field(default_factory=lambda: ({}, {}, {}, {}))
    """By statistic type: meter → its newest series."""
    several: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    """Meters that have had more than one: (meter, statistic type) → all of them."""
    periods: Periods = field(default_factory=Periods)
    place_of: dict[int, int] = field(default_factory=dict)
    enterprises: list[str] = field(default_factory=list)
    enterprise_of: dict[str, int] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    keys: list[tuple[str, str]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    verdicts: dict[tuple[int, int, int], Verdict] = field(default_factory=dict)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    """(enterprise, name by which its devices send) → the meter."""
    low: set[int] = field(default_factory=set)
    """Series whose register fell, and what follows doesn't explain it yet (`readings.falls`)."""

    def __post_init__(self) -> None:
        self._bounds = bounds.loaded()
        self._eras = [EARLIEST, *(start for start in bounds.starts(self._bounds) if start > EARLIEST)]
        self._key_of: dict[tuple[str, str], int] = {}
        self._unit_of: dict[str, int] = {}
        self._coefficients: dict[str, list[Coefficient]] = {}
        self._pins: dict[tuple[int, date], tuple[int | None, int | None]] = {}
        self._columns(0)

    def _columns(self, size: int) -> None:
        def ints(fill: int = 0) -> Ints:
            return np.full(size, fill, np.int64)

        self.s = ints()
        self.statistic_type = ints()
        self.enterprise = ints()
        self.key = ints(-1)
        self.sign = ints(1)
        self.unit = ints()
        self.valid_from, self.valid_to = ints(), ints()
        self.highest = ints()
        self.known_t, self.last_t, self.last_v = ints(NEVER), ints(NEVER), ints()
        self.ring_t = np.full((size, RING), NEVER, np.int64)
        self.ring_v = np.zeros((size, RING), np.int64)
        self.rules = Rules(
            register=np.zeros(size, np.bool_),
            slot=ints(1),
            factor=ints(1),
            unit=ints(1),
            modulus=ints(),
            capacity=ints(),
            bound=ints(MOST_HELD),
            resolution=ints(),
            cut=np.zeros(size, np.bool_),
        )
        self.earlier_bounds = [ints(MOST_HELD) for _ in self._eras[1:]]

    @property
    def size(self) -> int:
        """Number of series."""
        return len(self.s)

    async def refresh(self, conn: Connection, generation: int) -> None:
        """Bring the memory to the partition's generation.

        The caller holds the partition's lock, or has become its writer (`batch`) and looks again under the lock.
        """
        if generation == self.generation:
            return
        for row in await conn.fetch("SELECT enterprise, region FROM feed WHERE p = $1", self.p):
            self.regions[row["enterprise"]] = row["region"]
            _number(row["enterprise"], self.enterprise_of, self.enterprises)
        last, more = -1, True
        while more:
            rows = await conn.fetch(_SERIES, self.p, self.generation, generation, self.meter, last, PAGE)
            self._grow(sum(row["s"] not in self.place_of for row in rows))
            for row in rows:
                self._take(row)
                last = row["s"]
            more = len(rows) == PAGE
        self.periods = Periods.made(self.several, self.valid_from, self.valid_to)
        named = await conn.fetch(
            "SELECT enterprise, alias, meter FROM meter_alias JOIN feed USING (enterprise) WHERE p = $1",
            self.p,
        )
        self.aliases = {(row["enterprise"], row["alias"]): row["meter"] for row in named}
        self._coefficients = await load_coefficients(conn)
        self._pins.clear()
        await self._take_verdicts(conn)
        self.archived_until = await archive_line(conn)
        until = await conn.fetchrow(
            "SELECT milli_until, unbounded_until, falls_since FROM reading_partition WHERE p = $1", self.p
        )
        late = await conn.fetch("SELECT since, seconds FROM slot_tolerance ORDER BY since")
        before = list(zip(self._eras[1:], self.earlier_bounds, strict=True))
        if until["unbounded_until"]:
            before.insert(0, (until["unbounded_until"], np.full(self.size, MOST_HELD, np.int64)))
        self.rules = replace(
            self.rules,
            milli_until=until["milli_until"],
            bounds_before=before,
            falls_since=until["falls_since"],
            tolerances=tuple((row["since"], row["seconds"]) for row in late),
        )
        self.generation = generation

    def pins(self, key: int, day: date) -> tuple[int | None, int | None]:
        """Ids of the coefficients (equal, equivalent) that a new day of this (enterprise, carrier) is made with."""
        found = self._pins.get((key, day))
        if found is None:
            enterprise, carrier = self.keys[key]
            known = self._coefficients.get(carrier, [])
            equal, equivalent = (
                coefficient_on(known, basis, day, enterprise) for basis in (Basis.EQUAL, Basis.EQUIVALENT)
            )
            found = (equal.id if equal else None, equivalent.id if equivalent else None)
            self._pins[key, day] = found
        return found

    def named(self, enterprise: str, names: list[str]) -> list[str]:
        """The meters that an enterprise's devices mean by these names."""
        if not self.aliases:
            return names
        return [self.aliases.get((enterprise, name), name) for name in names]

    def ring_slots(self, place: Ints, t: Ints) -> Ints:
        """Where in the ring each reading would be."""
        return (t + 8 * HOUR - 1) // self.rules.slot[place] % RING

    def in_ring(self, place: Ints, t: Ints, v: Ints) -> Flags:
        """Which readings are known to be stored exactly so, as telemetry that nothing has corrected."""
        at = self.ring_slots(place, t)
        same: Flags = (self.ring_t[place, at] == t) & (self.ring_v[place, at] == v)
        return same

    def _grow(self, more: int) -> None:
        if more == 0:
            return
        old, before = self.__dict__.copy(), self.size
        self._columns(before + more)
        for name in (
            "s",
            "statistic_type",
            "enterprise",
            "key",
            "sign",
            "unit",
            "valid_from",
            "valid_to",
            "highest",
        ):
            getattr(self, name)[:before] = old[name]
        for name in ("known_t", "last_t", "last_v", "ring_t", "ring_v"):
            getattr(self, name)[:before] = old[name]
        for name in RULES:
            getattr(self.rules, name)[:before] = getattr(old["rules"], name)
        for column, had in zip(self.earlier_bounds, old["earlier_bounds"], strict=True):
            column[:before] = had

    def _take(self, row: Any) -> None:
        """One series as the database has it now."""
        place = self.place_of.setdefault(row["s"], len(self.place_of))
        self.s[place] = row["s"]
        self._name(row["meter"], row["statistic_type"], place)
        self.statistic_type[place] = row["statistic_type"]
        self.enterprise[place] = _number(row["enterprise"], self.enterprise_of, self.enterprises)
        counts = row["statistic_type"] == _REAL_TIME and row["scope"] == _PLANT
        pair = (row["enterprise"], row["carrier"])
        self.key[place] = _number(pair, self._key_of, self.keys) if counts else -1
        self.sign[place] = row["sign"]
        self.unit[place] = _number(row["unit"], self._unit_of, self.units)
        self.valid_from[place] = _seconds(row["valid_from"])
        self.valid_to[place] = FOREVER if row["valid_to"] is None else _seconds(row["valid_to"])
        rules = self.rules
        rules.register[place] = row["kind"] == "register"
        rules.slot[place] = row["interval_seconds"]
        step = step_decimals(row["factor"])
        modulus = None if row["modulus"] is None else value_of(row["modulus"])
        rules.factor[place] = int(row["factor"].scaleb(step - VALUE_DECIMALS))
        rules.unit[place] = 10**step
        rules.modulus[place] = modulus or 0
        rules.capacity[place] = _steps(row["capacity"] or 0, step)
        rules.resolution[place] = value_of(row["resolution"])
        rules.bound[place], *earlier = self._bounds_of(row["carrier"], row["carrier_unit"], step)
        for column, most in zip(reversed(self.earlier_bounds), earlier, strict=True):
            column[place] = most
        rules.cut[place] = row["statistic_type"] == _REAL_TIME
        self.highest[place] = EXTREME - 1 if modulus is None else modulus - 1
        self.known_t[place] = NEVER if row["known_t"] is None else row["known_t"]
        self.last_t[place] = NEVER if row["last_t"] is None else row["last_t"]
        self.last_v[place] = row["last_v"] or 0
        (self.low.add if row["low"] else self.low.discard)(place)
        self.ring_t[place] = NEVER

    def _bounds_of(self, carrier: str, unit: str, step: int) -> list[int]:
        """The carrier's bounds in steps, the latest first."""
        amounts = (bounds.per_hour(self._bounds, carrier, unit, era) for era in reversed(self._eras))
        return [MOST_HELD if amount is None else _steps(amount, step) for amount in amounts]

    def _name(self, meter: str, statistic_type: int, place: int) -> None:
        """Register the series under its meter's name, beside the meter's earlier ones."""
        known = self.latest[statistic_type].setdefault(meter, place)
        if known != place:
            several = self.several.setdefault((meter, statistic_type), [known])
            if place not in several:
                several.append(place)
                self.latest[statistic_type][meter] = place

    async def _take_verdicts(self, conn: Connection) -> None:
        rows = await conn.fetch(
            "SELECT c.s, c.t0, c.t, c.verdict FROM confirmed c JOIN series x USING (s) "
            "WHERE x.p = $1 AND ($2::text IS NULL OR x.meter = $2)",
            *(self.p, self.meter),
        )
        self.verdicts = {
            (self.place_of[row["s"]], row["t0"], row["t"]): Verdict(row["verdict"]) for row in rows
        }


async def load_coefficients(conn: Connection, carrier: str | None = None) -> dict[str, list[Coefficient]]:
    """All coefficients (of one carrier) by carrier."""
    found: dict[str, list[Coefficient]] = {}
    rows = await conn.fetch("SELECT * FROM coefficient WHERE $1::text IS NULL OR carrier = $1", carrier)
    for row in rows:
        values: dict[str, Any] = {**row, "basis": Basis(row["basis"])}
        del values["source"]
        found.setdefault(row["carrier"], []).append(Coefficient(**values))
    return found


def _number(name: Any, numbers: dict[Any, int], names: list[Any]) -> int:
    """The number of a name, giving it the next one if it is new."""
    number = numbers.setdefault(name, len(names))
    if number == len(names):
        names.append(name)
    return number


def _steps(amount: Decimal | int, decimals: int) -> int:
    """Energy in steps, at most what an interval can hold: a higher bound would never apply."""
    return min(int(Decimal(amount).scaleb(decimals)), MOST_HELD)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def day_number(t: Ints) -> npt.NDArray[np.int64]:
    """Days since 1970-01-01 of the day in +08:00 that (…, t] ends in: 24:00 belongs to the day before."""
    return (t + 8 * HOUR - 1) // (24 * HOUR)


def days(numbers: Iterable[int]) -> list[date]:
    """Day numbers as dates."""
    return [date.fromordinal(number + 719163) for number in numbers]


def moment(microseconds: int) -> datetime:
    """Microseconds since the epoch as an aware datetime, exactly."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
