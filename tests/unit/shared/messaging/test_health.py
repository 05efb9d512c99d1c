"""Health says which part fails and why."""

import asyncio

import httpx
import pytest

from deploy.local.probe import http_ready
from shared.asgi import HttpServer
from shared.health import OK, Check, Health, asgi_app


def client(health: Health) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(asgi_app(health)), base_url="http://health")


async def test_ready_names_the_failing_check_and_live_stays_up():
    health = Health("projects")
    health.register("relay", lambda: Check("failing", "12 s behind"))
    health.register("consumer", lambda: OK)
    async with client(health) as http:
        ready = await http.get("/ready")
        assert ready.status_code == 503
        assert ready.json() == {
            "process": "projects",
            "status": "failing",
            "checks": {
                "relay": {"status": "failing", "detail": "12 s behind"},
                "consumer": {"status": "ok", "detail": ""},
            },
        }
        assert (await http.get("/live")).status_code == 200
        assert (await http.get("/nothing")).status_code == 404


async def test_degraded_still_takes_traffic():
    health = Health("projects")
    health.register("relay", lambda: Check("degraded", "6 s behind"))
    async with client(health) as http:
        assert (await http.get("/ready")).status_code == 200
        assert (await http.get("/ready")).json()["status"] == "degraded"


async def test_a_check_that_raises_or_hangs_fails_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.health.CHECK_TIMEOUT_S", 0.01)
    health = Health("projects")

    async def hangs() -> Check:
        await asyncio.Event().wait()
        return OK

    def raises() -> Check:
        raise KeyError("x")

    health.register("hangs", hangs)
    health.register("raises", raises)
    health.register("fine", lambda: OK)
    checks = (await health.report())["checks"]
    assert "no answer" in checks["hangs"]["detail"]
    assert "KeyError" in checks["raises"]["detail"]
    assert checks["fine"]["status"] == "ok"


async def test_one_name_one_check():
    health = Health("projects")
    health.register("relay", lambda: OK)
    with pytest.raises(ValueError, match="twice"):
        health.register("relay", lambda: OK)
    health.unregister("relay")
    assert await health.ready()


async def test_it_is_served_with_metrics_and_says_when_its_port_is_taken():
    server = HttpServer(asgi_app(Health("projects")), "127.0.0.1", 0)
    await server.start()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as http:
            assert (await http.get("/ready")).json()["status"] == "ok"
            metrics = await http.get("/metrics")
            assert metrics.status_code == 200
            assert "python_info" in metrics.text
        second = HttpServer(asgi_app(Health("other")), "127.0.0.1", server.port)
        with pytest.raises(OSError, match=f"127.0.0.1:{server.port}"):
            await second.start()
    finally:
        await server.stop()


def test_an_idle_connection_is_closed_by_the_one_who_asks():
    server = HttpServer(asgi_app(Health("projects")), "127.0.0.1", 0)
    clients_keep_it_for, balancers_keep_it_for = httpx.Limits().keepalive_expiry, 60
    assert server.config.timeout_keep_alive > max(clients_keep_it_for or 0, balancers_keep_it_for)


async def test_the_runner_hears_which_check_fails():
    health = Health("projects")
    health.register("relay", lambda: Check("failing", "12 s behind"))
    server = HttpServer(asgi_app(health), "127.0.0.1", 0)
    await server.start()
    try:
        assert await http_ready(server.port)(0) == "relay: 12 s behind"
    finally:
        await server.stop()
