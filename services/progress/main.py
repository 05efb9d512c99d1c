"""The progress service: one process that projects the domain streams and answers queries."""

from services.progress.board.app import App
from services.progress.board.feed import Watch
from services.progress.board.live import LiveEnergy
from services.progress.common import rules
from services.progress.measures.store.read_model import ReadModel
from services.progress.measures.store.versions import WrongShape
from services.progress.projection import serving
from services.progress.service import serve
from shared import broker, loop
from shared.runtime import Runtime
from shared.settings import Settings


async def run(settings: Settings | None = None) -> None:
    """Serve until SIGTERM. Raises LookupError without a database, SystemExit before a rebuild that is due.

    A rebuild makes tables, which this process's role may not: an operator runs it, and the log's last line says how.
    """
    async with Runtime.start("progress", process="progress", settings=settings) as rt:
        url = rt.settings.database_url
        if url is None:
            raise LookupError("progress has no database: set SHENGJI_DATABASE_URL")
        model = ReadModel(
            url.get_secret_value(),
            rt.clock,
            rules.load(),
            application=rt.process,
            pool=rt.settings.database_pool,
        )
        try:
            async with rt.engine.connect() as conn:
                await model.open(conn)
            live, watch = LiveEnergy(), Watch(model)
            serve(App(model, live, watch)).bind(rt.broker)
            rt.spawn(serving.serve(rt.engine, model, rt.js, rt.health), "projection")
            rt.spawn(live.run(rt.js), "live energy")
            rt.spawn(watch.run(broker.client(rt.broker)), "changes")
            await rt.run()
        except WrongShape as due:
            rt.log.critical("ended: the read-model wants a rebuild", reason=str(due))
            raise SystemExit(1) from None
        finally:
            await model.close()


if __name__ == "__main__":
    loop.run(run())
