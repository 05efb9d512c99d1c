"""The process `energy intake`: the meters' endpoint with its database, broker and HTTP server."""

import uuid
from typing import Any

import asyncpg

from services.energy.intake.credentials import Credentials, changes_in_log, from_database
from services.energy.intake.door import Door, create_app
from services.energy.intake.limits import FairShare
from services.energy.intake.publisher import Publisher
from services.energy.intake.settings import IntakeSettings
from services.energy.readings import receipts, wire
from shared import broker
from shared.asgi import HttpServer
from shared.http_limits import InHand, TokenBuckets
from shared.http_metrics import HttpMetrics
from shared.http_refusals import Crowded
from shared.runtime import Runtime

ANSWER_S = 5.0
"""Seconds for opening a connection, for an answer and for its return: a half-open one must not stay in the pool."""


async def main() -> None:
    """Run until told to stop."""
    async with Runtime.start(
        # Degraded, not failing: without the database known senders are served from the cache for 15 minutes.
        "energy",
        process="energy-intake",
        database_away="degraded",
    ) as rt:
        if rt.settings.database_url is None:
            raise LookupError("the intake has no database: set SHENGJI_DATABASE_URL")
        dsn = rt.settings.database_url.get_secret_value().replace("postgresql+asyncpg", "postgresql", 1)
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=4,
            command_timeout=ANSWER_S,
            server_settings={"application_name": rt.process, "timezone": "UTC"},
        )
        async with pool:
            door = await open_door(rt, pool, IntakeSettings())
            app = HttpMetrics(Crowded(create_app(door)))
            server = HttpServer.of(rt.settings, app)
            rt.health.register("http", server.check)
            rt.spawn(server.run_until_cancelled(), "door")
            await rt.run()


async def open_door(rt: Runtime, pool: "asyncpg.Pool[asyncpg.Record]", settings: IntakeSettings) -> Door:
    """The meters' endpoint on this runtime's broker and that database."""

    async def publish(subject: str, body: bytes, message_id: str) -> object:
        return await broker.publish(
            rt.js, wire.STREAM, subject, body, msg_id=message_id, budget_s=settings.publish_budget_s
        )

    async def read_receipt(enterprise: str, receipt: uuid.UUID) -> dict[str, Any] | None:
        async with pool.acquire(timeout=ANSWER_S) as conn:
            return await receipts.read(conn, enterprise, receipt)

    credentials = Credentials(from_database(pool), rt.clock.now)
    rt.spawn(credentials.watch(changes_in_log(pool)), "credentials")
    return Door(
        settings=settings,
        credentials=credentials,
        publisher=Publisher(publish, settings.share_publish_ms / 1000),
        read_receipt=read_receipt,
        receipt_key=bytes(await pool.fetchval("SELECT key FROM receipt_key")),
        now=rt.clock.now,
        in_hand=InHand(settings.max_bytes_in_flight, settings.max_bytes_of_one, settings.max_requests_of_one),
        fair_share=FairShare(settings),
        requests=TokenBuckets(settings.requests_per_second, settings.requests_burst),
        addresses=TokenBuckets(settings.anonymous_per_second, settings.anonymous_burst),
    )
