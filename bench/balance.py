"""The balance: what was acknowledged against receipts and stored rows; and when each POST was in the sums."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.generator import Sent
from bench.system import System
from services.energy.readings.audit import differences

OUTCOMES = ("accepted", "parked", "duplicate", "revised", "superseded", "quarantined")


@dataclass(frozen=True, slots=True)
class Balance:
    """Readings by what became of them. `expected_rows`: distinct (meter, time) that were sent."""

    sent: int
    stored: int
    duplicate: int
    revised: int
    superseded: int
    quarantined: int
    rows: int
    expected_rows: int
    posts: int
    receipts: int
    differences: int

    @property
    def lost(self) -> int:
        """Acknowledged, and neither in a receipt nor (a distinct one) in the store."""
        told = self.stored + self.duplicate + self.revised + self.superseded + self.quarantined
        return max(0, self.sent - told) + max(0, self.expected_rows - self.rows)

    @property
    def doubled(self) -> int:
        """Told more often than sent, stored more often than distinct, or counted in no sum that it should be in."""
        told = self.stored + self.duplicate + self.revised + self.superseded + self.quarantined
        return max(0, told - self.sent) + max(0, self.rows - self.expected_rows) + self.differences

    def lines(self) -> list[str]:
        """The balance as people read it."""
        return [
            f"balance: sent {self.sent:,} = stored {self.stored:,} + duplicate {self.duplicate:,} + revised "
            f"{self.revised:,} + superseded {self.superseded:,} + quarantined {self.quarantined:,}; rows in the "
            f"store {self.rows:,} of {self.expected_rows:,}; sums that differ from their readings {self.differences}",
            f"lost {self.lost}, doubled {self.doubled}",
        ]


@dataclass(slots=True)
class Ledger:
    """All that a run sent."""

    sent: list[Sent]
    expected_rows: int = 0

    def add(self, sent: Sent, new_rows: int) -> None:
        """Note what was sent, and how many of its (meter, time) are new."""
        self.sent.append(sent)
        self.expected_rows += new_rows

    async def balance(self, system: System) -> Balance:
        """Read receipts and rows, and recompute every sum from its readings."""
        receipts = {r for sent in self.sent for r in sent.receipts}
        row = await system.db.fetchrow(
            f"SELECT count(*) AS n, {', '.join(f'coalesce(sum({o}), 0)::bigint AS {o}' for o in OUTCOMES)} "
            "FROM receipt WHERE id = ANY ($1::uuid[])",
            [r.decode() for r in receipts],
        )
        rows = await system.db.fetchval("SELECT count(*) FROM reading")
        found = await differences(system.db)
        return Balance(
            sent=sum(sent.total for sent in self.sent),
            stored=row["accepted"] + row["parked"],
            duplicate=row["duplicate"],
            revised=row["revised"],
            superseded=row["superseded"],
            quarantined=row["quarantined"],
            rows=rows,
            expected_rows=self.expected_rows,
            posts=len(receipts),
            receipts=row["n"],
            differences=len(found),
        )


async def committed(system: System, sent: Sent) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """When each POST's transaction was committed (wall clock, s), in the order of `sent.receipts`."""
    rows = await system.db.fetch(
        "SELECT id::text AS id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS at FROM receipt "
        "WHERE id = ANY ($1::uuid[])",
        [r.decode() for r in sent.receipts],
    )
    at = {row["id"].encode(): row["at"] for row in rows}
    missing = [r for r in sent.receipts if r not in at]
    if missing:
        raise RuntimeError(f"{len(missing)} acknowledged POSTs have no receipt, e.g. {missing[0]!r}")
    return np.array([at[r] for r in sent.receipts], np.float64)


def percentile(values: Sequence[float] | np.ndarray, share: float) -> float:
    """The value that `share` percent don't exceed."""
    return float(np.percentile(np.asarray(values), share)) if len(values) else float("nan")
