"""Routes of the simulated clock: read the time, step it. Only for ops, and only if the settings say simulated."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from nats.aio.client import Client as Nats
from nats.js import JetStreamContext
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from services.gateway import openapi
from services.gateway.auth import OPS, Authenticator
from services.gateway.limits import Limits
from services.gateway.request import received
from shared import simulation
from shared.clock import CHINA, Clock, SteppedClock
from shared.problems import Problem, forbidden
from shared.rpc import invalid_fields

_MOST_BYTES = 10_000
_BODY_TIMEOUT_S = 10.0
_YEARS = range(1970, 2100)


def _within_reach(moment: datetime) -> datetime:
    """Refuses a step that is too far: the clock can't be set back, so a typo must not send it to the year 9999."""
    if moment.year not in _YEARS:
        raise ValueError(f"a moment of the years {_YEARS[0]} to {_YEARS[-1]}")
    return moment


class ClockView(BaseModel):
    """What time it is for the record."""

    now: datetime
    simulated: bool


class ClockStep(BaseModel):
    """A step forward."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"now": "2013-02-05T08:00:00+08:00"}]}
    )

    now: Annotated[AwareDatetime, AfterValidator(_within_reach)] = Field(
        description="the new time, not before the clock's"
    )


class ClockDoor:
    """How the clock's routes read and set the time of the process."""

    def __init__(self, clock: Clock, nats: Nats, js: JetStreamContext, followers: list[str]) -> None:
        self.clock = clock
        self._nats = nats
        self._js = js
        self._followers = followers

    async def step(self, moment: datetime) -> None:
        """Sets the time in every process. Raises Problem 409 if the clock isn't simulated."""
        if not isinstance(self.clock, SteppedClock):
            raise Problem(
                409,
                "clock-is-real",
                "Time is real here",
                "This system runs on the machine's clock; it can't be stepped.",
                remedy="Start it with SHENGJI_CLOCK=simulated and SHENGJI_ENVIRONMENT=local or test.",
            )
        await simulation.step(self._nats, self._js, self.clock, moment, self._followers)


def router(authenticator: Authenticator, door: ClockDoor, limits: Limits) -> APIRouter:
    """GET and POST /clock."""
    routes = APIRouter(tags=["clock"])

    @routes.get("/clock", summary="The time that counts for the record", openapi_extra=_described())
    async def read(request: Request) -> ClockView:
        await authenticator.identify(request)
        return ClockView(now=door.clock.now().astimezone(CHINA), simulated=door.clock.simulated)

    @routes.post(
        "/clock",
        summary="Step the simulated clock",
        openapi_extra=_described(ClockStep),
    )
    async def step(request: Request) -> ClockView:
        actor = (await authenticator.identify(request)).actor
        if actor.role != OPS:
            raise forbidden(f"Only {OPS} may step the clock; your role is {actor.role}.")
        # Read here and not by FastAPI, which would read a body of any size before the caller is authenticated.
        try:
            with limits.bodies.body(actor.subject) as room:
                raw = await received(request, room, _MOST_BYTES, _BODY_TIMEOUT_S)
            body = ClockStep.model_validate_json(raw)
        except ValidationError as error:
            raise invalid_fields(
                error, ClockStep
            ) from None  # the message repeats what was sent, and spans record messages
        await door.step(body.now)
        return ClockView(now=door.clock.now().astimezone(CHINA), simulated=door.clock.simulated)

    return routes


def _described(body: type[BaseModel] | None = None) -> dict[str, Any]:
    extra: dict[str, Any] = {"security": openapi.SECURITY, "responses": openapi.errors()}
    if body is not None:
        schema = body.model_json_schema()
        media = {"example": schema.pop("examples")[0], "schema": schema}
        extra |= {
            "x-roles": [OPS],
            "requestBody": {"required": True, "content": {"application/json": media}},
        }
    return extra
