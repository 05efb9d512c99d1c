"""The sender, a process of its own: `python -m bench.generator JOB RESULT` (pickles). Says "ready", waits for a line.

Each enterprise sends its POSTs one after the other, as a device does. With a rate, POSTs have a planned time and the
latency counts from it: a sender that falls behind doesn't flatter what it measures.
"""

import asyncio
import pickle
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.traffic import Lane, Load, build
from clients.line import Connection

RETRY_AT_MOST = 600


@dataclass(frozen=True, slots=True)
class Job:
    """`rate` is in POSTs a second over all connections (None: as fast as answers come)."""

    url: str
    load: Load
    connections: int
    rate: float | None = None
    repeat: int = 1


@dataclass(slots=True)
class Sent:
    """What was sent, by POST: receipt, number of readings, planned and answered (wall clock, s)."""

    receipts: list[bytes]
    readings: list[int]
    planned: list[float]
    answered: list[float]
    refused: dict[int, int]
    """Answers that were not 202, by status (0: no answer); each was sent again."""
    began: float = 0.0
    ended: float = 0.0
    cpu_s: float = 0.0

    @property
    def total(self) -> int:
        """Readings acknowledged with 202."""
        return sum(self.readings)


async def send(job: Job, lanes: list[Lane]) -> Sent:
    """Send everything; returns when all of it is acknowledged."""
    sent = Sent([], [], [], [], {})
    queues = _queues(job, lanes)
    began = time.time()
    before = time.process_time()
    await asyncio.gather(*(_one(job.url, queue, began, sent) for queue in queues))
    sent.began, sent.ended, sent.cpu_s = began, time.time(), time.process_time() - before
    return sent


def _queues(job: Job, lanes: list[Lane]) -> list[list[tuple[float, bytes, int]]]:
    """Each connection's POSTs with their planned second; an enterprise stays on its connection."""
    count = min(job.connections, len(lanes))
    queues: list[list[tuple[float, bytes, int]]] = [[] for _ in range(count)]
    number = 0
    for turn in range(job.repeat):
        for at in range(max(len(lane.posts) for lane in lanes)):
            for which, lane in enumerate(lanes):
                if at < len(lane.posts):
                    planned = number / job.rate if job.rate else 0.0
                    queues[which % count].append((planned, *lane.posts[at]))
                    number += 1
        del turn
    return queues


async def _one(url: str, queue: list[tuple[float, bytes, int]], began: float, sent: Sent) -> None:
    connection = Connection(url)
    for offset, body, count in queue:
        planned = began + offset
        ahead = planned - time.time()
        if offset and ahead > 0:
            await asyncio.sleep(ahead)
        asked = planned if offset else time.time()
        for _ in range(RETRY_AT_MOST):
            try:
                answer = await connection.ask(body)
            except (OSError, TimeoutError):
                sent.refused[0] = sent.refused.get(0, 0) + 1
                await asyncio.sleep(0.5)
                continue
            if answer.status == 202:
                begin = answer.body.index(b'"receipt":"') + 11
                sent.receipts.append(answer.body[begin : begin + 36])
                sent.readings.append(count)
                sent.planned.append(asked)
                sent.answered.append(answer.at)
                break
            sent.refused[answer.status] = sent.refused.get(answer.status, 0) + 1
            if answer.status not in (429, 503):
                raise SystemExit(f"refused: {answer.status} {answer.body[:500]!r}")
            await asyncio.sleep(float(answer.header(b"retry-after") or 1))
        else:
            raise SystemExit("the door never took it")
    connection.close()


def main(job_path: str, result_path: str) -> None:
    """Build all requests, print "ready", wait for a line on stdin, then send."""
    job: Job = pickle.loads(Path(job_path).read_bytes())
    lanes = build(job.load)
    print("ready", flush=True)
    sys.stdin.readline()
    before = resource.getrusage(resource.RUSAGE_SELF)
    sent = uvloop.run(send(job, lanes))
    after = resource.getrusage(resource.RUSAGE_SELF)
    sent.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    Path(result_path).write_bytes(pickle.dumps(sent))


if __name__ == "__main__":
    # Pickles name classes by module: this one must be known by its real name, not as __main__.
    from bench import generator

    generator.main(*sys.argv[1:])
