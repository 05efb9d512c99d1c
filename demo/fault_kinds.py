"""What can go wrong with a feed: how it changes what the devices send, and how one sees what came of it.

A fault knows nothing of the past: what it does to a batch depends on the batch and the time alone, so that the demo
can stop and go on anywhere. Each is checked against the system's own answers (`answers.py`) and its receipts.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from demo.answers import Answers
from demo.outgoing import Column, Devices, Post, at, day_total, local, without
from demo.world import DemoEnterprise, DemoMeter

Receipts = Mapping[str, int]
"""What the receipts of the fault's own POSTs said: outcome -> readings, and `readings`, `posts`."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a fault, in words, and whether that is what should."""

    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a check may look at: receipts and observations of this fault, and the system itself."""

    receipts: Receipts
    seen: Mapping[str, Any]
    ask: Answers
    world: Mapping[str, DemoEnterprise]

    def meter(self, name: str) -> tuple[DemoEnterprise, DemoMeter]:
        """The enterprise that has the meter, and the meter."""
        return next((e, m) for e in self.world.values() for m in e.meters if m.meter == name)

    async def day_is_true(self, enterprise: str, carrier: str, day: date) -> Verdict:
        """Whether the day's sum is what the devices really measured, to the last 1/1000, with nothing missing."""
        meters = [m for m in self.world[enterprise].meters if m.carrier == carrier and m.since <= day]
        truth = Decimal(sum(day_total(meter, day) for meter in meters)).scaleb(-3)
        found = await self.ask.day(enterprise, carrier, day)
        if found is None:
            return Verdict(False, f"{enterprise} has no sum of {carrier} for {day}")
        whole = f"{found.present}/{found.expected}"
        if found.native == truth and found.present == found.expected:
            return Verdict(
                True, f"{day}: {found.native:,} {found.unit}, to the last digit ({whole} readings)"
            )
        return Verdict(False, f"{day}: {found.native} {found.unit} ({whole}) instead of {truth}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the fault table. `settled`: from this moment on it can be checked."""

    key: str
    enterprise: str
    title: str
    expected: str
    settled: datetime
    observe_at: datetime | None = field(default=None, kw_only=True)

    def ordinary(self, post: Post, now: datetime) -> list[Post]:
        """What really leaves the device when it should send this batch."""
        return [post]

    def besides(self, devices: Devices, after: datetime, until: datetime) -> list[Post]:
        """What it sends besides at after < time <= until."""
        return []

    async def observe(self, known: Known) -> dict[str, Any]:
        """What is to be seen at `observe_at`, before the fault is mended."""
        return {}

    async def check(self, known: Known) -> Verdict:
        """What came of it."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Doubled(Fault):
    """Every POST of a span goes out twice: the device lost the first answer."""

    begins: datetime = field(kw_only=True)
    ends: datetime = field(kw_only=True)

    def ordinary(self, post: Post, now: datetime) -> list[Post]:
        return [replace(post, fault=self.key)] * 2 if self.begins < now <= self.ends else [post]

    async def check(self, known: Known) -> Verdict:
        sent, accepted = known.receipts.get("readings", 0), known.receipts.get("accepted", 0)
        duplicate = known.receipts.get("duplicate", 0)
        # More duplicates than accepted ones: the demo was stopped on that day, and its devices sent it once more.
        once = Verdict(
            0 < sent == accepted + duplicate and accepted <= duplicate,
            f"of {sent} readings {accepted} accepted, {duplicate} duplicate",
        )
        day = (self.begins + timedelta(hours=12)).date()
        carrier = known.world[self.enterprise].meters[0].carrier
        return _both(once, await known.day_is_true(self.enterprise, carrier, day))


@dataclass(frozen=True, slots=True)
class Resent(Fault):
    """A device sends a whole span again."""

    begins: datetime = field(kw_only=True)
    ends: datetime = field(kw_only=True)
    at: datetime = field(kw_only=True)

    def besides(self, devices: Devices, after: datetime, until: datetime) -> list[Post]:
        if not after < self.at <= until:
            return []
        return [Post(self.enterprise, devices.cut(self.begins, self.ends), self.key)]

    async def check(self, known: Known) -> Verdict:
        enterprise = known.world[self.enterprise]
        day = (self.begins + timedelta(hours=12)).date()
        truth = await known.day_is_true(self.enterprise, enterprise.meters[0].carrier, day)
        return _both(_all(known.receipts, "duplicate"), truth)


@dataclass(frozen=True, slots=True)
class Withheld(Fault):
    """Readings of a span stay in the device (of one meter, or of all) and come at `at`.

    `silent`: nothing else comes either, so that the feed falls silent and its day isn't online, whatever comes later.
    """

    begins: datetime = field(kw_only=True)
    ends: datetime = field(kw_only=True)
    at: datetime = field(kw_only=True)
    meter: str | None = field(default=None, kw_only=True)
    silent: bool = field(default=False, kw_only=True)

    def ordinary(self, post: Post, now: datetime) -> list[Post]:
        mine = [column for column in post.columns if self.meter in (None, column.meter)]
        others = [column for column in post.columns if self.meter not in (None, column.meter)]
        kept = [without(column, self.begins, self.ends) for column in mine]
        columns = tuple(column for column in (*kept, *others) if len(column.t))
        return [replace(post, columns=columns)] if columns else []

    def besides(self, devices: Devices, after: datetime, until: datetime) -> list[Post]:
        if not after < self.at <= until:
            return []
        meters = None if self.meter is None else [self.meter]
        return [Post(self.enterprise, devices.cut(self.begins, self.ends, meters), self.key)]

    async def observe(self, known: Known) -> dict[str, Any]:
        if not self.silent:
            found = await known.ask.day(self.enterprise, self._carrier(known), self._day)
            return {"missing": 0 if found is None else found.expected - found.present}
        since = await known.ask.silent_since(self.enterprise)
        return {"silent_since": None if since is None else local(since).strftime("%d %b %H:%M")}

    @property
    def _day(self) -> date:
        return (self.begins + timedelta(hours=12)).date()

    def _carrier(self, known: Known) -> str:
        if self.meter is None:
            return known.world[self.enterprise].meters[0].carrier
        return known.meter(self.meter)[1].carrier

    async def check(self, known: Known) -> Verdict:
        true = await known.day_is_true(self.enterprise, self._carrier(known), self._day)
        verdict = _both(_all(known.receipts, "accepted"), true)
        if self.silent:
            return _both(verdict, await self._silence(known))
        missed = known.seen.get("missing", 0)
        return _both(Verdict(missed > 0, f"{missed} readings were missing"), verdict)

    async def _silence(self, known: Known) -> Verdict:
        was, still = known.seen.get("silent_since"), await known.ask.silent_since(self.enterprise)
        online = await known.ask.online(self.enterprise, self._day)
        words = [
            f"silent since {was}",
            "heard again" if still is None else "still silent",
            f"{self._day} {'online' if online else 'not online' if online is False else 'not judged'}",
        ]
        return Verdict(was is not None and still is None and online is False, ", ".join(words))


@dataclass(frozen=True, slots=True)
class RolledOver(Fault):
    """A register passes its highest value: what the next reading shows is smaller."""

    meter: str = field(kw_only=True)
    day: date = field(kw_only=True)

    async def check(self, known: Known) -> Verdict:
        _, meter = known.meter(self.meter)
        return await known.day_is_true(self.enterprise, meter.carrier, self.day)


@dataclass(frozen=True, slots=True)
class Wrong(Fault):
    """One reading is wrong, and a person corrects it. `parks`: so wrong that the system must not believe it."""

    meter: str = field(kw_only=True)
    moment: datetime = field(kw_only=True)
    value: Callable[[int], int] = field(kw_only=True)
    at: datetime = field(kw_only=True)
    parks: bool = field(default=False, kw_only=True)

    def ordinary(self, post: Post, now: datetime) -> list[Post]:
        return [replace(post, columns=tuple(self._spoiled(column) for column in post.columns))]

    def _spoiled(self, column: Column) -> Column:
        if column.meter != self.meter:
            return column
        true = column.v[column.t == int(self.moment.timestamp())]
        return at(column, self.moment, self.value(int(true[0]))) if len(true) else column

    def besides(self, devices: Devices, after: datetime, until: datetime) -> list[Post]:
        if not after < self.at <= until:
            return []
        span = (self.moment - timedelta(seconds=1), self.moment)
        return [Post(self.enterprise, devices.cut(*span, [self.meter]), self.key, correction=True)]

    async def observe(self, known: Known) -> dict[str, Any]:
        return {"parked": await known.ask.parked(self.enterprise, self.meter)} if self.parks else {}

    async def check(self, known: Known) -> Verdict:
        _, meter = known.meter(self.meter)
        day = (self.moment - timedelta(seconds=1)).date()
        verdict = _both(
            _all(known.receipts, "revised"), await known.day_is_true(self.enterprise, meter.carrier, day)
        )
        if not self.parks:
            return verdict
        before, after = known.seen.get("parked"), await known.ask.parked(self.enterprise, self.meter)
        return _both(
            verdict,
            Verdict(bool(before) and after == 0, f"parked {before} intervals until then, {after} now"),
        )


@dataclass(frozen=True, slots=True)
class Unregistered(Fault):
    """A meter that nobody has registered sends; later somebody registers it."""

    meter: str = field(kw_only=True)

    async def observe(self, known: Known) -> dict[str, Any]:
        return {"held": await known.ask.held(self.enterprise, "unknown_meter")}

    async def check(self, known: Known) -> Verdict:
        enterprise, meter = known.meter(self.meter)
        before, after = known.seen.get("held"), await known.ask.held(self.enterprise, "unknown_meter")
        released = Verdict(
            bool(before) and after == 0,
            f"{before} readings in quarantine before the registration, {after} after it",
        )
        return _both(released, await known.day_is_true(enterprise.enterprise, meter.carrier, meter.since))


@dataclass(frozen=True, slots=True)
class FastClock(Fault):
    """A device's clock runs ahead: readings of a time that has not come. They come again when it has."""

    at: datetime = field(kw_only=True)
    ahead: timedelta = field(kw_only=True)

    def besides(self, devices: Devices, after: datetime, until: datetime) -> list[Post]:
        if not after < self.at <= until:
            return []
        begins = until + timedelta(minutes=15)  # past what may be ahead by a few minutes
        return [Post(self.enterprise, devices.cut(begins, begins + self.ahead), self.key)]

    async def check(self, known: Known) -> Verdict:
        enterprise = known.world[self.enterprise]
        truth = await known.day_is_true(self.enterprise, enterprise.meters[0].carrier, self.at.date())
        return _both(_all(known.receipts, "quarantined"), truth)


@dataclass(frozen=True, slots=True)
class Garbage(Fault):
    """Bodies that no meter should send; each with the status that says so. `send` gives (what, expected, got)."""

    at: datetime = field(kw_only=True)

    async def check(self, known: Known) -> Verdict:
        answers: dict[str, Any] = dict(known.seen.get("answers", {}))
        wrong = [what for what, (expected, got) in answers.items() if expected != got]
        text = ", ".join(f"{what} {got}" for what, (_, got) in answers.items())
        return Verdict(bool(answers) and not wrong, text or "none was sent")


GARBAGE: tuple[tuple[str, int, bytes, Mapping[str, str]], ...] = (
    ("not JSON", 400, b"P=12.5;T=2013-01-01", {}),
    ("no readings", 422, b'{"readings": []}', {}),
    ("a text as value", 422, b'{"readings": [{"meter": "M", "time": 1357000000, "value": "much"}]}', {}),
    ("an unknown field", 422, b'{"reading": [{"meter": "M", "time": 1357000000, "value": 1}]}', {}),
    ("columns of unequal length", 422, b'{"columns": {"meter": "M", "time": [1, 2], "value": [1.5]}}', {}),
    ("broken gzip", 400, b"\x1f\x8b not gzip", {"Content-Encoding": "gzip"}),
    ("a made-up credential", 401, b"{}", {"Authorization": "Bearer demo-FZ01.made-up"}),
)
"""(what, the status it should get, body, headers besides the credential)."""

_JSON = {"Content-Type": "application/json"}
Sender = Callable[[bytes, dict[str, str]], Awaitable[int]]


async def throw(send: Sender, credential: str) -> dict[str, tuple[int, int]]:
    """Send all the garbage; by kind the (expected, actual) status."""
    answers = {}
    for what, expected, body, headers in GARBAGE:
        answers[what] = (
            expected,
            await send(body, {"Authorization": f"Bearer {credential}", **_JSON, **headers}),
        )
    return answers


def _all(receipts: Receipts, outcome: str) -> Verdict:
    """Whether every reading of the fault's own POSTs ended like this."""
    sent, ended = receipts.get("readings", 0), receipts.get(outcome, 0)
    return Verdict(0 < sent == ended, f"{ended} of {sent} readings {outcome}")


def _both(one: Verdict, other: Verdict) -> Verdict:
    return Verdict(one.ok and other.ok, f"{one.text}; {other.text}")


def spoil(factor: int, plus: int = 0) -> Callable[[int], int]:
    """A wrong value made of the true one, in 1/1000 unit."""
    return lambda true: true * factor + plus
