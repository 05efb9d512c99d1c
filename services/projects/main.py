"""The projects service: `python -m services.projects.main`."""

from services.projects.assessed import appraisals_consumer, targets_consumer
from services.projects.cohorts.watch import CohortWatch
from services.projects.duties.watch import DutyWatch
from services.projects.funds.awards.watch import AwardWatch
from services.projects.imports.worker import ImportWorker
from services.projects.problems.watch import EscalationWatch
from services.projects.projects.acceptance.watch import AcceptanceWatch
from services.projects.projects.reserve.watch import ReserveWatch
from services.projects.service import CATALOGUE, SOURCE, app_on, serve
from shared import loop
from shared.anchors import Anchoring
from shared.answers import forget_regularly
from shared.event_log import EventLog
from shared.relay import Relay
from shared.runtime import Runtime


async def main() -> None:
    """Serves commands and queries, relays the log, and runs the consumers and process managers."""
    async with Runtime.start(SOURCE, process=SOURCE) as rt:
        log = EventLog(rt.clock)
        relay = Relay(SOURCE, rt.engine, log, rt.js, health=rt.health)
        app = app_on(rt.engine, log, rt.clock, appended=relay.poke)
        serve(app).bind(rt.broker)
        rt.spawn(relay.run(), "relay")
        imports = ImportWorker(app)
        rt.health.register("imports", imports.check)
        rt.health.register("releases", CATALOGUE.check)
        rt.spawn(imports.run(), "imports")
        rt.spawn(Anchoring.of(SOURCE, rt.engine, log, rt.settings).run(), "anchors")
        rt.spawn(forget_regularly(rt.engine, rt.clock, rt.settings.answers_kept_days), "answers")
        rt.spawn(targets_consumer(rt.engine, rt.js, rt.health).run(), "targets")
        rt.spawn(appraisals_consumer(rt.engine, rt.js, rt.health).run(), "appraisals")
        for watch in (
            EscalationWatch(app),
            DutyWatch(app),
            AcceptanceWatch(app),
            CohortWatch(app),
            ReserveWatch(app),
            AwardWatch(app),
        ):
            rt.health.register(watch.name, watch.check)
            rt.spawn(watch.run(), watch.name)
        await rt.run()


if __name__ == "__main__":
    loop.run(main())
