"""Which of a meter's several series a reading belongs to, by its time: after a replacement that is every reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.energy.readings.kernel import Ints

_BITS = 34
_LAST = (1 << _BITS) - 1
_EMPTY = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Periods:
    """The series of the meters that have had more than one, sorted by meter and end.

    `of` numbers these meters (name, statistic type). Series of one meter don't overlap: valid_from < t <= valid_to.
    """

    of: Mapping[tuple[str, int], int] = field(default_factory=dict)
    key: Ints = field(default_factory=lambda: _EMPTY)
    """Meter's number and valid_to as one integer."""
    begin: Ints = field(default_factory=lambda: _EMPTY)
    place: Ints = field(default_factory=lambda: _EMPTY)

    @classmethod
    def made(
        cls, several: Mapping[tuple[str, int], Sequence[int]], valid_from: Ints, valid_to: Ints
    ) -> "Periods":
        """`several`: meter → the places of its series; the columns are by place."""
        if not several:
            return cls()
        place = np.concatenate([np.array(places, np.int64) for places in several.values()])
        number = np.repeat(np.arange(len(several)), [len(places) for places in several.values()])
        key, begin = _key(number, valid_to[place]), valid_from[place]
        # Of two series that end at the same moment one is empty, and sorts last.
        order = np.lexsort((begin, key))
        return cls(
            dict(zip(several, range(len(several)), strict=True)), key[order], begin[order], place[order]
        )

    def at(self, number: Ints, t: Ints, otherwise: Ints) -> Ints:
        """The place of each reading, by its meter's number; `otherwise` if the meter has none at that time.

        A reading at the very beginning belongs to the series that begins, if none ends there: it is its opening.
        """
        row = np.searchsorted(self.key, _key(number, t))
        inside = row < len(self.key)
        row[~inside] = 0
        inside &= (self.key[row] >> _BITS == number) & (self.begin[row] <= t)
        return np.where(inside, self.place[row], otherwise)


def _key(number: Ints, t: Ints) -> Ints:
    return (number << _BITS) | np.clip(t, 0, _LAST)
