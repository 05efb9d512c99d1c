"""Takes a spreadsheet, reads it in a process of its own, and sends its rows to the projects service in parts.

The file's bytes are the body, as they are on the disk. Under the same Idempotency-Key the same file may be sent again
after an answer that was lost: its rows are there once.
"""

import asyncio
import hashlib
from typing import Any
from urllib.parse import unquote

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.gateway import openapi
from services.gateway.auth import CITY, COUNTY, PROVINCE, Authenticator
from services.gateway.contracts import contract
from services.gateway.local_times import local_times
from services.gateway.people import People
from services.gateway.request import idempotency_key
from services.gateway.settings import GatewaySettings
from services.gateway.spreadsheets import Spreadsheets, Upload
from shared.headings import parted
from shared.identity import Actor
from shared.language import preferred
from shared.problems import Problem, forbidden, invalid
from shared.rpc import Client

ROLES = (PROVINCE, CITY, COUNTY)
MEDIA = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)


def router(
    settings: GatewaySettings,
    authenticator: Authenticator,
    client: Client,
    people: People,
    spreadsheets: Spreadsheets,
) -> APIRouter:
    """POST /imports/{kind}."""
    routes = APIRouter(tags=["imports"])
    answer = contract("projects", "open-import").response

    @routes.post(
        "/imports/{kind}",
        operation_id="projects.import-file",
        summary="Send a spreadsheet to be imported",
        description=__doc__,
        status_code=201,
        openapi_extra={
            "security": openapi.SECURITY,
            "x-roles": list(ROLES),
            "parameters": [
                {
                    "name": "kind",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "maxLength": 20},
                },
                {
                    "name": "File-Name",
                    "in": "header",
                    "required": False,
                    "description": "the file's name, percent-encoded, for people",
                    "schema": {"type": "string", "maxLength": 500},
                },
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "required": False,
                    "schema": {"type": "string", "maxLength": 500},
                },
            ],
            "requestBody": {
                "required": True,
                "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA},
            },
            "responses": {
                "201": {
                    "description": "Read; it is being checked",
                    "content": {"application/json": {"schema": answer}},
                },
                **openapi.errors(),
            },
        },
        response_model=None,
    )
    async def upload(request: Request) -> Response:
        caller = await authenticator.identify(request)
        actor = caller.actor
        if actor.role not in ROLES:
            raise forbidden(f"Imports are for {', '.join(ROLES)}; your role is {actor.role}.")
        _check_media(request)
        key = idempotency_key(request)
        language = preferred(request.headers.get("accept-language"))
        kind = request.path_params["kind"]
        titles = await _titles(client, settings, kind, actor)
        with spreadsheets.upload(actor.subject, language) as taken:
            sha256 = await _receive(request, taken, settings)
            people.acts(caller)
            with await taken.read(titles) as reading:
                opening = {
                    "kind": kind,
                    "file_name": "".join(
                        c for c in unquote(request.headers.get("file-name", "")) if c.isprintable()
                    )[:200],
                    "sha256": sha256,
                    "heading": reading.heading,
                    "rows": reading.rows,
                    "sheet": reading.sheet,
                    "heading_row": reading.heading_row,
                    "left_out": reading.left_out,
                    "language": language,
                }
                view = await _send(client, settings, "open-import", opening, actor, key)
                for number, part in enumerate(reading.parts()):
                    body = {"import": view["import"], "rows": part, "language": language}
                    view = await _send(client, settings, "add-import-rows", body, actor, f"{key}.{number}")
        told = local_times("projects", "open-import", msgspec.json.encode(view))
        return Response(told, 201, {"Idempotency-Key": key}, "application/json")

    return routes


async def _send(
    client: Client, settings: GatewaySettings, operation: str, body: dict[str, Any], actor: Actor, key: str
) -> Any:
    reply = await client.call(
        "projects", operation, body, actor, command_id=key, correlation_id=key, timeout=settings.call_timeout
    )
    return reply["data"]


async def _titles(client: Client, settings: GatewaySettings, kind: str, actor: Actor) -> list[str]:
    """The headings that this kind of spreadsheet may have. Raises Problem 422 for an unknown kind."""
    answer = await client.call("projects", "list-import-kinds", {}, actor, timeout=settings.call_timeout)
    kinds = {each["kind"]: each["columns"] for each in answer["data"]["items"]}
    if kind not in kinds:
        raise invalid(
            f"There are no imports of {kind[:50]!r}.", where="kind", remedy=f"Known: {', '.join(kinds)}."
        )
    return sorted({parted(column[name])[0] for column in kinds[kind] for name in ("heading", "field")})


async def _receive(request: Request, upload: Upload, settings: GatewaySettings) -> str:
    """Writes the body to disk as it arrives; returns its SHA-256. Raises Problem 408, 413 or 503."""
    digest, size, limit = hashlib.sha256(), 0, settings.upload_limit
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(settings.upload_timeout):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                digest.update(chunk)
                upload.write(chunk)
    except TimeoutError as error:
        raise Problem(
            408,
            "body-too-slow",
            "The body took too long",
            f"The body had not arrived after {settings.upload_timeout:g} s.",
            where="body",
            remedy="Send it again over a better line, or in parts.",
        ) from error
    return digest.hexdigest()


def _too_large(limit: int) -> Problem:
    return Problem(
        413,
        "body-too-large",
        "The file is too large",
        f"The file is over {limit} bytes.",
        where="body",
        remedy="Split it, and delete what is empty or formatted only.",
    )


def _check_media(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if kind in ("", *MEDIA) and coding == "identity":
        return
    raise Problem(
        415,
        "unsupported-media-type",
        "Unsupported media type",
        f"The body is {kind[:100]!r}, coded {coding[:50]!r}.",
        where="Content-Type",
        remedy=f"Send the file as it is, as one of: {', '.join(MEDIA)}.",
    )
