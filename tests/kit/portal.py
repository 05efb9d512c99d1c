"""The running system as people and meters meet it: the gateway's door, the meters' door, the stepped clock."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from cli.plan import PLACES, load_through
from cli.tokens import token_for
from clients.door import Door
from deploy.local.runner import LocalSystem
from plans.loader import load_plan
from shared.clock import CHINA

PLAN = "fujian-2013"
START = datetime(2013, 3, 1, 8, tzinfo=CHINA)
API = "/api/v1"
_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    """An identifier that no other test of this run has."""
    return f"{prefix}-{next(_numbers):04d}"


class Portal:
    """A started system, and one HTTP client per caller. Time goes only forward: tests step on from `now`."""

    def __init__(self, system: LocalSystem) -> None:
        self.system = system
        self._clients: dict[tuple[str, ...], httpx.AsyncClient] = {}
        self._doors: list[Door] = []

    @property
    def gateway(self) -> str:
        """The gateway's address, without a slash at the end."""
        return self.system.urls.gateway

    def token(
        self,
        role: str,
        area: str | None = None,
        organisation: str | None = None,
        hours: float = 8.0,
        person: str = "",
    ) -> str:
        """A bearer token for that role and scope; `person` tells several people of one scope apart."""
        return token_for(
            self.system.settings.data,
            role=role,
            area=area,
            organisation=organisation,
            subject=f"test-{role}-{area or organisation or 'all'}{person and '-' + person}",
            hours=hours,
        )

    def caller(
        self, role: str, area: str | None = None, organisation: str | None = None, person: str = ""
    ) -> httpx.AsyncClient:
        """A client of the API (paths below /api/v1) with that token; one per role, scope and person."""
        key = (role, area or "", organisation or "", person)
        if key not in self._clients:
            self._clients[key] = self.with_token(self.token(role, area, organisation, person=person))
        return self._clients[key]

    def with_token(self, token: str) -> httpx.AsyncClient:
        """A client with any token; the caller closes it."""
        return httpx.AsyncClient(
            base_url=self.gateway + API, headers={"Authorization": f"Bearer {token}"}, timeout=30.0
        )

    def meters(self, credential: str) -> httpx.AsyncClient:
        """A client of the meters' door with a device credential; one per credential."""
        key = ("meters", credential, "")
        if key not in self._clients:
            headers = {"Authorization": f"Bearer {credential}"}
            self._clients[key] = httpx.AsyncClient(
                base_url=self.system.urls.intake, headers=headers, timeout=30.0
            )
        return self._clients[key]

    def door(self, base: str, token: str) -> Door:
        """A door that raises what isn't a success; closed with the portal."""
        self._doors.append(Door(base, token))
        return self._doors[-1]

    @property
    def province(self) -> httpx.AsyncClient:
        """The province, who may most."""
        return self.caller("province")

    @property
    def ops(self) -> httpx.AsyncClient:
        """The operators, who alone step the clock."""
        return self.caller("ops")

    def city(self, area: str = "350100") -> httpx.AsyncClient:
        """A city's government."""
        return self.caller("city", area)

    async def now(self) -> datetime:
        """The Clock's time, in +08:00."""
        answer = ok(await self.ops.get("/clock"))
        return datetime.fromisoformat(answer["now"]).astimezone(CHINA)

    async def step(self, moment: datetime) -> datetime:
        """Set the Clock in every process; answers with that moment."""
        ok(await self.ops.post("/clock", json={"now": moment.isoformat()}))
        return moment

    async def next_day(self, hour: int = 0) -> datetime:
        """Step to that hour of the day after; a test that begins so has the day to itself."""
        today = (await self.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        return await self.step(today + timedelta(days=1, hours=hour))

    async def load_plan(self) -> None:
        """The plan's parts to their owners. A repeat changes nothing."""
        async with Door(self.gateway, self.token("province")) as door:
            await load_through(door, PLAN)

    async def load_part(self, part: str) -> None:
        """One service's part of the plan, where only that service runs."""
        suffix = dict(PLACES)[part]
        body = {name: value for name, value in load_plan(PLAN).parts()[part].items() if name != "plan"}
        ok(await self.province.post(f"/plans/{PLAN}{suffix}", json=body))

    async def close(self) -> None:
        """Close every client."""
        for client in self._clients.values():
            await client.aclose()
        for door in self._doors:
            await door.close()


def ok(response: httpx.Response) -> Any:
    """The answer's JSON; AssertionError with the problem when it isn't a success."""
    assert response.is_success, (
        f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:800]}"
    )
    return response.json() if response.content else None


def problem(response: httpx.Response, status: int) -> Mapping[str, Any]:
    """The problem+json of a refusal, checked for its shape: what, where, why, what to do."""
    assert response.status_code == status, f"{response.status_code}: {response.text[:800]}"
    assert_problem(response)
    found: dict[str, Any] = response.json()
    return found


def assert_problem(response: httpx.Response) -> None:
    """Every error is problem+json and says what it is."""
    told = f"{response.request.method} {response.request.url}: {response.status_code} {response.text[:500]}"
    assert response.headers["content-type"].startswith("application/problem+json"), told
    body = response.json()
    for name, kind in (("type", str), ("title", str), ("status", int), ("code", str), ("detail", str)):
        assert isinstance(body.get(name), kind), f"{name}: {told}"
        assert body[name], f"{name}: {told}"
    assert body["status"] == response.status_code, told
