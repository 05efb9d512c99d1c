"""The portal: pages over the gateway's public API. `python -m services.portal.main`. No NATS and no database."""

import asyncio
import contextlib
import gc
import signal
import ssl

import httpx
import structlog

import shared.process_metrics  # noqa: F401  # every process measures itself
from services.portal import oidc
from services.portal.app import Portal
from services.portal.settings import PortalSettings
from shared import logs, telemetry
from shared.asgi import HttpServer
from shared.cancellation import end_all
from shared.health import OK, Check, Health, asgi_app
from shared.http_metrics import HttpMetrics
from shared.http_refusals import Crowded
from shared.loop import run

NAME = "portal"
_END_S = 5.0
_CONNECTIONS = 50


def client_of(settings: PortalSettings) -> httpx.AsyncClient:
    """The way to the gateway, shared by all readers: each request brings its reader's own token, no cookie stays."""
    trust: ssl.SSLContext | bool = True
    if settings.gateway_ca is not None:
        trust = ssl.create_default_context(cafile=str(settings.gateway_ca))
    return httpx.AsyncClient(
        base_url=settings.gateway_url.rstrip("/"),
        timeout=settings.gateway_timeout,
        verify=trust,
        trust_env=False,
        limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
    )


async def gateway_check(client: httpx.AsyncClient) -> Check:
    """Degraded, not failing: without the gateway the portal still tells its readers what is wrong."""
    try:
        answer = await client.get("/", timeout=1.5)  # leads to the docs: the cheapest answer there is
    except httpx.HTTPError as error:
        return Check("degraded", f"the gateway gives no answer: {type(error).__name__}")
    return OK if answer.status_code < 500 else Check("degraded", f"the gateway answers {answer.status_code}")


async def main() -> None:
    settings = PortalSettings()
    logs.setup(NAME, settings)
    stopped = asyncio.Event()
    async with contextlib.AsyncExitStack() as stack:
        installed = telemetry.setup(NAME, settings)
        stack.callback(installed.flush)
        client = await stack.enter_async_context(client_of(settings))
        issuer = oidc.Issuer(settings) if settings.oidc_issuer else None
        if issuer is not None:
            stack.push_async_callback(issuer.close)
        health = Health(NAME)
        server = HttpServer.of(settings, HttpMetrics(Crowded(Portal(settings, client, issuer).app())))
        health.register("http", server.check)
        health.register("gateway", lambda: gateway_check(client))
        if settings.health_port:
            own = HttpServer(asgi_app(health), settings.health_host, settings.health_port)
            await own.start()
            stack.push_async_callback(own.stop)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopped.set)
        serving = asyncio.create_task(server.run_until_cancelled(), name="http")
        stack.push_async_callback(end_all, {serving}, _END_S)
        serving.add_done_callback(lambda _: stopped.set())
        gc.freeze()
        structlog.get_logger(NAME).info("running", gateway=settings.gateway_url)
        await stopped.wait()
        if serving.done() and not serving.cancelled():
            serving.result()  # why it ended


if __name__ == "__main__":
    run(main())
