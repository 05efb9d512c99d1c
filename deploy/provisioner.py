"""The provisioner: makes streams and consumers, and makes them again when one is gone. `python -m deploy.provisioner`.

It alone may create; it never deletes and never loosens. Services only use what is there (ADR 0021).
"""

import asyncio

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from deploy import topology
from deploy.stream_metrics import StreamMetrics
from shared import loop
from shared.health import OK, Check
from shared.runtime import Runtime
from shared.settings import Settings
from shared.streams import reconcile


class ProvisionerSettings(Settings):
    """Its own settings; sizes are for the whole system."""

    model_config = SettingsConfigDict(env_prefix="SHENGJI_", extra="ignore")

    readings_partitions: int = Field(default=topology.READINGS_PARTITIONS, ge=1, le=256)
    readings_bytes: int = Field(default=2 * topology.GIB, ge=topology.MIB, description="size of READINGS")
    stream_replicas: int = Field(default=1, ge=1, le=5, description="copies of each stream; 3 in a cluster")
    readings_ack_wait: float = Field(
        default=30.0, ge=1, description="seconds until readings that a dead worker had in hand come again"
    )
    reconcile_every: float = Field(default=3.0, gt=0, description="seconds between two looks")


class Provisioner:
    """The loop. Ready when the last look found everything there."""

    def __init__(self, runtime: Runtime, settings: ProvisionerSettings) -> None:
        self._runtime = runtime
        self._settings = settings
        self._streams = topology.streams(
            settings.readings_partitions, settings.stream_replicas, settings.readings_bytes
        )
        self._consumers = topology.consumers(
            settings.readings_partitions, settings.stream_replicas, settings.readings_ack_wait
        )
        self._state = Check("failing", "it has not looked yet")
        self._left: set[str] = set()
        self._metrics = StreamMetrics(runtime.js, self._streams, self._consumers)

    def check(self) -> Check:
        """The state of the last look."""
        return self._state

    async def run(self) -> None:
        """Look, make what is missing, and look again."""
        while True:
            await self.look()
            await asyncio.sleep(self._settings.reconcile_every)

    async def look(self) -> None:
        """Reconcile once. A server that is away is not the end: the next look tries again."""
        try:
            lines = await reconcile(self._runtime.js, self._streams, self._consumers)
            await self._metrics.look()
        except Exception as error:
            self._runtime.log.warning("streams could not be checked", error=repr(error))
            self._state = Check("failing", f"streams could not be checked: {error!r}")
            return
        for line in lines:
            if not line.startswith("left"):
                self._runtime.log.info("provisioned", change=line)
            elif line not in self._left:
                self._runtime.log.warning("a difference needs a person", difference=line)
        self._left = {line for line in lines if line.startswith("left")}
        self._state = Check("degraded", "; ".join(sorted(self._left))) if self._left else OK


async def main() -> None:
    """Run until told to stop."""
    # The system's clock always: in a new system there is no CLOCK stream to follow before it has made one.
    settings = ProvisionerSettings(clock="system")
    async with Runtime.start("provisioner", process="provisioner", settings=settings) as runtime:
        provisioner = Provisioner(runtime, settings)
        runtime.health.register("streams", provisioner.check)
        runtime.spawn(provisioner.run(), "reconcile")
        await runtime.run()


if __name__ == "__main__":
    loop.run(main())
