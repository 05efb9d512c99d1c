"""The energy service: `python -m services.energy.main api | intake | worker`."""

import sys
from datetime import timedelta

from services.energy.days.flusher import Flusher
from services.energy.monitoring.watch import CoverageWatch
from services.energy.quarantine import depth
from services.energy.readings import release
from services.energy.readings.backlog import Settled, StreamBacklog
from services.energy.service import CATALOGUE, SOURCE, Energy, serve
from services.energy.settings import EnergySettings
from shared.anchors import Anchoring
from shared.answers import forget_regularly
from shared.event_log import EventLog
from shared.loop import run
from shared.relay import Relay
from shared.runtime import Runtime

ROLES = ("api", "intake", "worker")


async def run_api(rt: Runtime, settings: EnergySettings | None = None) -> None:
    """Commands and queries, the relay of the log, the flusher, the watch over coverage, releases of readings."""
    settings = settings or EnergySettings()
    energy = Energy(rt.engine, EventLog(rt.clock), rt.clock)
    relay = Relay(SOURCE, rt.engine, energy.log, rt.js, health=rt.health)
    energy.appended = relay.poke
    flusher = Flusher(
        energy, Settled(StreamBacklog(rt.js), rt.clock), timedelta(minutes=settings.flush_minutes)
    )
    watch = CoverageWatch(
        energy, Settled(StreamBacklog(rt.js), rt.clock), timedelta(days=settings.look_back_days)
    )
    serve(energy).bind(rt.broker)
    rt.health.register("flusher", flusher.check)
    rt.health.register("releases", CATALOGUE.check)
    rt.health.register("coverage", watch.check)
    rt.spawn(relay.run(), "relay")
    rt.spawn(flusher.run(), "flusher")
    rt.spawn(watch.run(), "coverage")
    rt.spawn(release.run(rt.engine, rt.js), "release")
    rt.spawn(depth.run(rt.engine), "quarantine depth")
    rt.spawn(Anchoring.of(SOURCE, rt.engine, energy.log, rt.settings).run(), "anchors")
    rt.spawn(forget_regularly(rt.engine, rt.clock, rt.settings.answers_kept_days), "answers")


async def main(role: str) -> None:
    """Run one role until told to stop."""
    match role:
        case "api":
            async with Runtime.start(SOURCE, process=SOURCE) as rt:
                await run_api(rt)
                await rt.run()
        case "intake":
            # Each role imports only its own modules: the intake needs no numpy, and the commands no intake.
            from services.energy.intake import process

            await process.main()
        case "worker":
            from services.energy import worker

            await worker.main()
        case _:
            raise SystemExit(f"usage: python -m services.energy.main {' | '.join(ROLES)}")


if __name__ == "__main__":
    run(main(sys.argv[1] if len(sys.argv) == 2 else ""))
