"""Spans from a trace backend instead of the files: Jaeger's HTTP query API, which others speak too.

`SHENGJI_TRACE_BACKEND` is its address. The recent traces of each of our services are fetched, and what is asked for
and what it links to, however old; from there on they are spans like those of the files.
"""

import os
import re
import time
from collections.abc import Iterable
from typing import Any

import httpx

from cli.trace_store import Span

VARIABLE = "SHENGJI_TRACE_BACKEND"
RECENT_S = 3600
"""How far back the slowest and the failed are looked for; one trace is found by its id whenever it was."""

AT_ONCE = 200
"""Traces of a service that are fetched at the most."""

LINKED = 24
"""Older traces that links lead to, fetched one by one."""

_TIMEOUT_S = 20.0
_OURS = "shengji-"
_ID = re.compile(r"[0-9a-f]{32}")


def address() -> str | None:
    """The backend's address, if one is set."""
    return os.environ.get(VARIABLE) or None


async def fetch(url: str, wanted: Iterable[str] = ()) -> list[Span]:
    """Recent spans, and those of `wanted` traces, named by their whole ids. Raises ValueError without an answer."""
    found: dict[tuple[str, str], Span] = {}
    async with httpx.AsyncClient(base_url=url.rstrip("/"), timeout=_TIMEOUT_S) as http:
        try:
            services = (await _get(http, "/api/services"))["data"] or []
            now = time.time_ns() // 1_000
            for service in [each for each in services if each.startswith(_OURS)]:
                asked = {
                    "service": service,
                    "limit": AT_ONCE,
                    "start": now - RECENT_S * 1_000_000,
                    "end": now,
                }
                _take(found, await _get(http, "/api/traces", **asked))
            await _follow(http, found, [each for each in wanted if _ID.fullmatch(each)])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"the trace backend at {url} gave no usable answer: {error!r}") from error
    return list(found.values())


async def _follow(http: httpx.AsyncClient, found: dict[tuple[str, str], Span], wanted: list[str]) -> None:
    """Fetch what is wanted, and what it came from, as far back as links lead."""
    asked: set[str] = set()
    todo = list(wanted)
    while todo and len(asked) < LINKED + len(wanted):
        trace = todo.pop()
        if trace in asked:
            continue
        asked.add(trace)
        if not any(known == trace for known, _ in found):
            _take(found, await _get(http, f"/api/traces/{trace}"))
        todo += [other for span in list(found.values()) if span.trace == trace for other, _ in span.links]


async def _get(http: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await http.get(path, params=query)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return {"data": []}
    answer.raise_for_status()
    return answer.json()


def _take(found: dict[tuple[str, str], Span], answer: Any) -> None:
    for trace in answer["data"] or []:
        for raw in trace["spans"]:
            span = _span(raw, trace["processes"])
            found[span.trace, span.id] = span


def _span(raw: dict[str, Any], processes: dict[str, Any]) -> Span:
    """A span of Jaeger's as ours: times in µs become ns, a span link is a reference of the kind FOLLOWS_FROM."""
    tags = {tag["key"]: tag["value"] for tag in raw.get("tags") or []}
    trace = _whole(raw["traceID"])
    references = raw.get("references") or []
    parents = [each["spanID"] for each in references if each["refType"] == "CHILD_OF"]
    links = tuple(
        (_whole(each["traceID"]), each["spanID"]) for each in references if each["refType"] == "FOLLOWS_FROM"
    )
    failed = tags.get("error") in (True, "true") or tags.get("otel.status_code") == "ERROR"
    start = raw["startTime"] * 1_000
    return Span(
        trace,
        raw["spanID"],
        parents[0] if parents else None,
        processes[raw["processID"]]["serviceName"].removeprefix(_OURS),
        raw["operationName"],
        start,
        start + raw["duration"] * 1_000,
        "error" if failed else "unset",
        str(tags.get("otel.status_description", "")),
        tags,
        links,
    )


def _whole(trace: str) -> str:
    """Jaeger leaves leading zeros of an id away."""
    return trace.rjust(32, "0")
