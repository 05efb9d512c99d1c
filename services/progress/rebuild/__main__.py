"""The operator's command: rebuild the read-model from the streams and switch to it, or go back."""

import argparse
import gc
import json
import sys

from services.progress.rebuild.rebuild import RebuildFailed, Say, count_nothing, go_back, rebuild
from shared import broker, loop
from shared.settings import Settings


async def _main(accept: bool, back: bool, as_json: bool) -> None:
    say: Say = _say_json if as_json else print
    settings = Settings()
    if settings.owner_database_url is None or settings.database_url is None:
        raise RebuildFailed("set SHENGJI_OWNER_DATABASE_URL and SHENGJI_DATABASE_URL")
    if back:
        await go_back(settings.owner_database_url.get_secret_value(), say)
        return
    connection = await broker.connect(settings, "progress-rebuild")
    # As in every service (`Runtime.run`): garbage collections that scanned all modules again every few thousand events
    # took a tenth of the time.
    gc.freeze()
    try:
        await rebuild(
            settings.owner_database_url.get_secret_value(),
            settings.database_url.get_secret_value(),
            broker.jetstream(connection),
            accept_differences=accept,
            say=say,
            counted=_count_json if as_json else count_nothing,
        )
    finally:
        await connection.stop()


def _say_json(text: str) -> None:
    print(json.dumps({"say": text}), flush=True)


def _count_json(read: int, of: int) -> None:
    print(json.dumps({"read": read, "of": of}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Rebuild the read-model from the streams and switch to it.")
    parser.add_argument(
        "--accept-differences", action="store_true", help="switch even if the new version differs"
    )
    parser.add_argument("--back", action="store_true", help="serve the version before again, build nothing")
    parser.add_argument("--json", action="store_true", help="say everything as JSON lines, for a program")
    given = parser.parse_args()
    try:
        loop.run(_main(given.accept_differences, given.back, given.json))
    except RebuildFailed as failure:
        sys.exit(f"rebuild: {failure}")
