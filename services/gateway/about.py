"""What a portal asks first: who its reader is and what that person may do, and what codes are called."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from services.gateway import openapi
from services.gateway.auth import Authenticator
from services.gateway.names import Names
from services.gateway.routes import all_routes
from shared.clock import CHINA
from shared.language import Language, preferred
from shared.rpc import Client


class Me(BaseModel):
    """The caller, as the token says and the gateway understands it."""

    reference: str = Field(
        description="The person in events: made of the token's subject, and not the subject."
    )
    role: str = Field(examples=["city"])
    area: str | None = Field(description="Region that the role is for.", examples=["350100"])
    organisation: str | None = Field(description="Enterprise that the role is for.", examples=["demo-FZ01"])
    name: str | None = Field(description="As the token has it.")
    ends_at: int = Field(description="When the token ends, in seconds since 1970.", examples=[1_767_225_600])
    now: datetime = Field(description="The server's own time, by which tokens end.")
    may: list[str] = Field(
        description="Operations that the role may ask for; scope and state decide about the single one.",
        examples=[["projects.list-projects", "projects.file-report"]],
    )


class Vocabulary(BaseModel):
    """What codes are called, in the language of Accept-Language."""

    language: Language
    names: dict[str, dict[str, str]] = Field(
        description="By list (regions, industries, stages, tags …) and code.",
        examples=[{"regions": {"350100": "福州市"}}],
    )


def router(authenticator: Authenticator, client: Client) -> APIRouter:
    """GET /me and GET /vocabulary."""
    routes = APIRouter(tags=["about"])
    names = Names(client)
    may = {
        role: sorted(f"{each.service}.{each.operation}" for each in all_routes() if role in each.roles)
        for role in {role for each in all_routes() for role in each.roles}
    }
    described: dict[str, Any] = {"security": openapi.SECURITY, "responses": openapi.errors()}

    @routes.get("/me", summary="Who calls, and what that person may do", openapi_extra=described)
    async def me(request: Request) -> Me:
        caller = await authenticator.identify(request)
        return Me(
            reference=caller.actor.subject,
            role=caller.actor.role,
            area=caller.actor.area,
            organisation=caller.actor.organisation,
            name=caller.name,
            ends_at=caller.ends_at,
            now=datetime.now(CHINA),
            may=may[caller.actor.role],
        )

    @routes.get("/vocabulary", summary="What codes are called", openapi_extra=described)
    async def vocabulary(request: Request) -> Vocabulary:
        caller = await authenticator.identify(request)
        language = preferred(request.headers.get("accept-language"))
        known = await names.of(caller.actor, language)
        return Vocabulary(language=language, names={name: dict(codes) for name, codes in known.items()})

    return routes
