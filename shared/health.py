"""Health that looks at progress, not at connections.

The parts of a process register checks; `/live` says that the event loop turns, `/ready` that every check
passes, `/metrics` what the meters say. The JSON body names the check that fails and why, for the person
who reads it at night.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal
from weakref import WeakSet

import msgspec
from opentelemetry.metrics import CallbackOptions, Observation

from shared import telemetry

Status = Literal["ok", "degraded", "failing"]
CHECK_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """One part's state. `degraded` still takes traffic but wants a look; `failing` makes it not ready."""

    status: Status
    detail: str = ""


OK = Check("ok")
CheckFunction = Callable[[], Check | Awaitable[Check]]


class Health:
    """The registry of one process."""

    def __init__(self, process: str) -> None:
        self.process = process
        self._checks: dict[str, CheckFunction] = {}
        self.states: dict[str, int] = {}
        _registries.add(self)

    def register(self, name: str, check: CheckFunction) -> None:
        """Add a check. The same name again is a programming error: one part would hide another."""
        if name in self._checks:
            raise ValueError(f"health check {name!r} is registered twice")
        self._checks[name] = check

    def unregister(self, name: str) -> None:
        self._checks.pop(name, None)

    async def report(self) -> dict[str, Any]:
        """{"process", "status", "checks": {name: {"status", "detail"}}}; the worst check decides."""
        names = list(self._checks)
        checks = await asyncio.gather(*(self._run(self._checks[name]) for name in names))
        order: list[Status] = ["ok", "degraded", "failing"]
        worst = max((check.status for check in checks), key=order.index, default="ok")
        self.states = {name: order.index(check.status) for name, check in zip(names, checks, strict=True)}
        return {
            "process": self.process,
            "status": worst,
            "checks": {name: asdict(check) for name, check in zip(names, checks, strict=True)},
        }

    async def ready(self) -> bool:
        return bool((await self.report())["status"] != "failing")

    async def _run(self, check: CheckFunction) -> Check:
        try:
            result = check()
            if inspect.isawaitable(result):
                async with asyncio.timeout(CHECK_TIMEOUT_S):
                    return await result
            return result
        except TimeoutError:
            return Check("failing", f"the check gave no answer within {CHECK_TIMEOUT_S:g} s")
        except Exception as error:
            return Check("failing", f"the check itself failed: {type(error).__name__}: {error}")


_registries: WeakSet[Health] = WeakSet()


def _states(_options: CallbackOptions) -> list[Observation]:
    return [
        Observation(state, {"check": name})
        for registry in _registries
        for name, state in registry.states.items()
    ]


telemetry.meter(__name__).create_observable_gauge(
    "health.check.state", [_states], description="of each check at its last look: 0 ok, 1 degraded, 2 failing"
)


def asgi_app(health: Health) -> Callable[..., Awaitable[None]]:
    """A tiny ASGI application: /live, /ready, /metrics. No framework: it must answer when little else does."""

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        match scope["path"]:
            case "/live":
                answer = (200, _JSON, msgspec.json.encode({"process": health.process, "status": "ok"}))
            case "/ready" | "/health":
                report = await health.report()
                code = 503 if report["status"] == "failing" else 200
                answer = (code, _JSON, msgspec.json.encode(report))
            case "/metrics":
                # Run the checks first, so that a scrape shows their present state and not that of the last probe.
                await health.report()
                content_type, body = telemetry.prometheus_text()
                answer = (200, content_type, body)
            case path:
                text = {"title": "no such page", "detail": f"{path}: try /live, /ready or /metrics"}
                answer = (404, b"application/problem+json", msgspec.json.encode(text))
        code, content_type, body = answer
        headers = [
            (b"content-type", content_type),
            (
                b"content-length",
                str(len(body)).encode(),
            ),  # else it is sent in chunks, which a plain reader sees
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": code, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


_JSON = b"application/json"
