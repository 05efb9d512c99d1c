"""The assessment service: `python -m services.assessment.main`."""

from services.assessment.service import CATALOGUE, SOURCE, serve
from shared import loop
from shared.anchors import Anchoring
from shared.answers import forget_regularly
from shared.event_log import EventLog
from shared.relay import Relay
from shared.runtime import Runtime


async def main() -> None:
    """Serve commands and queries, and relay the log."""
    async with Runtime.start(SOURCE, process=SOURCE) as rt:
        log = EventLog(rt.clock)
        relay = Relay(SOURCE, rt.engine, log, rt.js, health=rt.health)
        serve(rt.engine, log, rt.clock, relay.poke).bind(rt.broker)
        rt.spawn(relay.run(), "relay")
        rt.health.register("releases", CATALOGUE.check)
        rt.spawn(Anchoring.of(SOURCE, rt.engine, log, rt.settings).run(), "anchors")
        rt.spawn(forget_regularly(rt.engine, rt.clock, rt.settings.answers_kept_days), "answers")
        await rt.run()


if __name__ == "__main__":
    loop.run(main())
