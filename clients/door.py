"""A thin client of a public endpoint (the gateway, the meters' intake): one request, an answer or a clear error."""

import json
import time
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Self

import httpx

_RENEW_S = 900.0


class DoorError(Exception):
    """The endpoint refused the request: its problem+json, as a person reads it."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.problem = problem
        lines = [f"{problem.get('title', 'Error')} ({status}): {problem.get('detail', '')}"]
        lines += [f"  {item.get('where')}: {item.get('why')}" for item in problem.get("errors", [])[:10]]
        if problem.get("remedy"):
            lines.append(f"  What to do: {problem['remedy']}")
        super().__init__("\n".join(lines))

    @property
    def retry_after(self) -> float | None:
        """Seconds after which a re-send may succeed; None where only a person can help."""
        value = self.problem.get("retry_after")
        return float(value) if value is not None else None


class _Renewed(httpx.Auth):
    """A bearer token that is renewed before it expires, for callers that run for days."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._token, self._made_at = "", float("-inf")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if time.monotonic() - self._made_at > _RENEW_S:
            self._token, self._made_at = self._make(), time.monotonic()
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Door:
    """One base address and one token, or what makes it again.

    Raises DoorError for a refusal, httpx.TransportError for no answer.
    """

    def __init__(self, base: str, token: str | Callable[[], str], *, timeout: float = 30.0) -> None:
        self.base = base
        auth = _Renewed(token if callable(token) else lambda: token)
        self._http = httpx.AsyncClient(base_url=base, auth=auth, timeout=timeout)

    async def get(self, path: str, **query: Any) -> Any:
        present = {name: value for name, value in query.items() if value is not None}
        return _answer(await self._http.get(path, params=present))

    async def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        """Send a command. `key` is its Idempotency-Key: give the same one to repeat it safely."""
        headers = {"Idempotency-Key": key} if key else {}
        return _answer(await self._http.post(path, json=body, headers=headers))

    async def pages(self, path: str, **query: Any) -> list[Any]:
        """All items of a paged list, page by page."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            page = await self.get(path, **query, cursor=cursor)
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()


def _answer(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else None
    raise refusal(response.status_code, response.content)


def refusal(status: int, body: bytes) -> DoorError:
    """The DoorError for an unsuccessful answer, whatever its body is."""
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        problem = {"title": "No problem+json", "detail": body[:500].decode(errors="replace")}
    return DoorError(status, problem)
