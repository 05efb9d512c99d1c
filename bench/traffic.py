"""What is sent: POSTs of registers that count up, in both shapes, clean or as bad as feeds are.

`live`: each POST is one enterprise's meters at one quarter-hour (or several: `per_post`). `backlog`: each POST is a
few meters over many quarter-hours. Everything follows from meter and slot, so that a re-send is the same bytes, and
how many readings must be stored in the end is known beforehand.
"""

import json
import random
from dataclasses import dataclass, field
from typing import Literal

from clients.line import request
from clients.meters import READINGS, columns

SLOT_S = 900
_KEPT_WITHIN = 60
"""Repeats and revisions go back this many slots at most: less than what a worker remembers."""


@dataclass(frozen=True, slots=True)
class Sender:
    """An enterprise that may send, with its meters."""

    enterprise: str
    token: str
    meters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """A piece of traffic. `first_t` is the time of slot 0 (epoch s), `step` seconds between slots.

    `meters` of each enterprise take part; `slots` from `first_slot` on; a POST holds `per_post` slots of each.
    `duplicate`, `revised`, `late`: shares of readings (a late one is a quarter-hour that was left out before).
    """

    senders: tuple[Sender, ...]
    first_t: int
    first_slot: int
    slots: int
    meters: int = 20
    per_post: int = 1
    step: int = SLOT_S
    form: Literal["rows", "columns"] = "columns"
    duplicate: float = 0.0
    revised: float = 0.0
    late: float = 0.0
    seed: int = 1
    reported_at: str = ""


@dataclass(slots=True)
class Lane:
    """One enterprise's POSTs, in the order in which a device sends them: (request, number of readings)."""

    enterprise: str
    posts: list[tuple[bytes, int]] = field(default_factory=list)


def value(meter: int, slot: int) -> float:
    """What the register of a meter shows at a slot: 25.5 kWh each quarter-hour."""
    return 1_000 + meter + slot * 25.5


def build(load: Load) -> list[Lane]:
    """All POSTs, by enterprise."""
    rng = random.Random(load.seed)
    return [_lane(load, sender, rng) for sender in load.senders]


def distinct(load: Load) -> int:
    """How many (meter, time) the load has, repeats and revisions apart; a left-out slot comes later, or never."""
    return len(load.senders) * load.meters * load.slots


def _lane(load: Load, sender: Sender, rng: random.Random) -> Lane:
    lane = Lane(sender.enterprise)
    dirty = load.duplicate or load.revised or load.late
    held: list[tuple[int, int]] = []
    last = load.first_slot + load.slots
    for begin in range(load.first_slot, last, load.per_post):
        slots = range(begin, min(begin + load.per_post, last))
        pairs = [(meter, slot) for meter in range(load.meters) for slot in slots]
        if dirty:
            kept = [pair for pair in pairs if rng.random() >= load.late]
            left_out = set(pairs) - set(kept)
            # What was left out comes with the next POST but one; of the last POSTs nothing is left out.
            if begin + 3 * load.per_post > last:
                kept, left_out = pairs, set()
            due, held = held, sorted(left_out)
            pairs = [*kept, *due]
            again = [pair for pair in kept if rng.random() < load.duplicate]
            pairs += [(m, s) for m, s in again]
        lane.posts.append((_request(load, sender, pairs), len(pairs)))
        if load.revised:
            revised = [pair for pair in pairs if rng.random() < load.revised]
            if revised:
                lane.posts.append((_request(load, sender, revised, correction=True), len(revised)))
    if held:
        lane.posts.append((_request(load, sender, held), len(held)))
    return lane


def _request(load: Load, sender: Sender, pairs: list[tuple[int, int]], *, correction: bool = False) -> bytes:
    names = sender.meters
    times = [load.first_t + slot * load.step for _, slot in pairs]
    more = 0.5 if correction else 0.0
    values = [value(meter, slot) + more for meter, slot in pairs]
    body: dict[str, object]
    if load.form == "columns":
        meters: str | list[str] = [names[meter] for meter, _ in pairs]
        if len({meter for meter, _ in pairs}) == 1:
            meters = names[pairs[0][0]]
        body = columns(meters, times, values)
    else:
        rows = zip(pairs, times, values, strict=True)
        body = {"readings": [{"meter": names[p[0]], "time": t, "value": v} for p, t, v in rows]}
    if correction:
        body |= {"correction": True, "reported_at": load.reported_at}
    return request("POST", READINGS, sender.token, json.dumps(body, separators=(",", ":")).encode())
