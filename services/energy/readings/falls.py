"""A register that fell, judged with what follows it: a glitch that ends, a new level, or nobody knows yet (ADR 0286).

From a fall on, readings below the level before it wait: their energy is parked with the fall's. When the register comes
back to that level or above, they are left aside as though they had not been sent, and energy is measured across them.
When it goes on from where it fell to (`RISES` rises running, or `LONGEST_FALL`), or a person says that a rise did pass,
it counts again from there, and what was parked stays so until a person has looked at it.

The state after a reading depends on the readings before it alone, so a change has to be followed only until it makes
no difference any more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.energy.common.registers import LONGEST_FALL, RISES
from services.energy.readings.kernel import AFTER_FALL, BACKWARDS, BEYOND, GLITCH, JUMP, ROLLOVER

MARKS = ("backwards", "after_fall", "glitch")
"""Reasons in `irregular` after whose readings (later than `falls_since`) a fall may be open: a following reading can't
be judged without the ones before."""
DOUBTED = ("jump", "beyond")
"""Reasons for which a level isn't believed: a fall from such a level only ends it, and no reading waits."""
_DOUBTED = frozenset({JUMP, BEYOND})


@dataclass(slots=True)
class Judged:
    """By row: the reason, where it differs from the kernel's for the pair, and the row to measure from, where that
    isn't the previous one.

    `low`: the fall is open at the end; `doubted`: the last level isn't believed.
    """

    given: dict[int, int] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)
    low: bool = False
    doubted: bool = False


def judge(
    t: Sequence[int],
    v: Sequence[int],
    reason: Sequence[int],
    since: int,
    doubted: bool,
    told: Callable[[int], bool],
    measured: Callable[[int, int], int],
) -> Judged:
    """Judges the counting readings of one register, in order and beginning with one after which no fall was open.

    `reason` is the kernel's for each pair of neighbours; `doubted`: whether the first row's level is doubted.
    `told(row)`: whether a person said that the energy of the interval that ends there did pass. `measured(a, b)`: the
    kernel's reason for b after a.
    """
    found = Judged(doubted=doubted)
    high, waiting, rises = -1, [0], 0
    for row in range(1, len(t)):
        fell = reason[row] == BACKWARDS and t[row] > since
        if high >= 0 and v[row] >= v[high]:
            found.given.update(dict.fromkeys(waiting, GLITCH))
            found.before.update(dict.fromkeys([*waiting, row], high))
            found.doubted = measured(high, row) in _DOUBTED
            high = -1
            continue
        if high >= 0:
            if fell:
                rises = 0
            elif reason[row] not in _DOUBTED:
                rises += v[row] > v[row - 1]
            old = t[row] - t[high] > LONGEST_FALL
            if not (old or rises >= RISES or reason[row] == ROLLOVER or told(row)):
                found.given[row] = BACKWARDS if fell else AFTER_FALL
                waiting.append(row)
                continue
            high = -1
            found.doubted = False if row == 1 else reason[row - 1] in _DOUBTED
        if fell and not found.doubted:
            high, waiting, rises = row - 1, [row], 0
        found.doubted = reason[row] in _DOUBTED
    found.low = high >= 0
    return found
