"""When a repeated reading must raise the rank of what is stored, and when that can be saved.

A value counts by the rank of the last time it came: 20, 10, 20 ends at 20, also if the 10 comes last of all. So a
repeat would have to write its row, which costs ten times as much as recognising the repeat. The stored rank matters
only to another value that lies between the old rank and the new one, and what was committed before doesn't: it has won
over the old rank, or has raised it. What can still come is

- in a message before this batch that is not settled: the caller knows (`outstanding`), and says `settled` if none is;
- in this batch: its loser is in the history, or in quarantine, and may be delivered again;
- in quarantine, from where it comes back with the rank it had;
- a correction's repeat, which has another class of rank, is always written.
"""

import numpy as np

from services.energy.readings.arrivals import QUARANTINED, Arrivals
from services.energy.readings.changes import Changes, Raised
from services.energy.readings.kernel import Flags
from services.energy.readings.memory import Connection, PartitionMemory
from services.energy.readings.plan import order_key
from services.energy.readings.ranks import CORRECTION

_WAITING = """
SELECT x.enterprise FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS x(enterprise, low, high)
WHERE EXISTS (SELECT FROM quarantine q WHERE q.enterprise = x.enterprise AND q.t BETWEEN x.low AND x.high
              AND q.state <> 'released')
   OR EXISTS (SELECT FROM feed f WHERE f.enterprise = x.enterprise AND f.quarantine_held >= f.quarantine_quota)
"""


async def save(conn: Connection, memory: PartitionMemory, arrivals: Arrivals, changes: Changes) -> None:
    """Drop from `changes.raised` the repeats that no value still to come can compete with. Every earlier message must
    be settled."""
    if not changes.raised:
        return
    all_of = Raised(*(np.concatenate(column) for column in zip(*changes.raised, strict=True)))
    must = all_of.rank >= CORRECTION
    if changes.history:
        place, t, _, _ = zip(*changes.history, strict=True)
        must |= np.isin(order_key(all_of.place, all_of.t), order_key(np.array(place), np.array(t)))
    must |= await _may_come_back(conn, memory, arrivals, all_of)
    changes.raised[:] = [Raised(*(column[must] for column in all_of))] if must.any() else []


async def _may_come_back(
    conn: Connection, memory: PartitionMemory, arrivals: Arrivals, raised: Raised
) -> Flags:
    """Which repeats have a quarantined reading of their enterprise at such times, already there or put there by this
    batch."""
    enterprise = memory.enterprise[raised.place]
    apart = np.flatnonzero(arrivals.outcome == QUARANTINED)
    names = {arrivals.posts[number].enterprise for number in np.unique(arrivals.post[apart]).tolist()}
    numbers = {memory.enterprise_of[name] for name in names if name in memory.enterprise_of}
    order = np.argsort(enterprise, kind="stable")
    begin = np.flatnonzero(np.r_[True, np.diff(enterprise[order]) != 0])
    low = np.minimum.reduceat(raised.t[order], begin).tolist()
    high = np.maximum.reduceat(raised.t[order], begin).tolist()
    asked = [memory.enterprises[number] for number in enterprise[order][begin].tolist()]
    waiting = await conn.fetch(_WAITING, asked, low, high)
    numbers |= {memory.enterprise_of[row["enterprise"]] for row in waiting}
    return np.isin(enterprise, sorted(numbers))
