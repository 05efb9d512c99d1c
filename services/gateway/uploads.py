"""Takes a spreadsheet, reads it in a process of its own, and sends its rows to the projects service in parts.

The file's bytes are the body, as they are on the disk. Under the same Idempotency-Key the same file may be sent again
after an answer that was lost: its rows are there once.
"""

import hashlib
from typing import Any
from urllib.parse import unquote

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.gateway import openapi, sheets
from services.gateway.auth import CITY, COUNTY, PROVINCE, Authenticator
from services.gateway.contracts import contract
from services.gateway.endpoint import idempotency_key, read_body
from services.gateway.people import People
from services.gateway.settings import GatewaySettings
from services.gateway.spreadsheets import Process
from shared.identity import Actor
from shared.problems import Problem, forbidden
from shared.rpc import Client

ROLES = (PROVINCE, CITY, COUNTY)
MEDIA = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)
_PART_BYTES = 250_000
_PART_ROWS = 500


def router(
    settings: GatewaySettings, authenticator: Authenticator, client: Client, people: People, process: Process
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
    async def upload(request: Request) -> JSONResponse:
        caller = await authenticator.identify(request)
        actor = caller.actor
        if actor.role not in ROLES:
            raise forbidden(f"Imports are for {', '.join(ROLES)}; your role is {actor.role}.")
        _check_media(request)
        key = idempotency_key(request)
        content = await read_body(request, settings.upload_limit, settings.upload_timeout)
        sheet = await process.run(sheets.read, content)
        people.acts(caller)
        opening = {
            "kind": request.path_params["kind"],
            "file_name": "".join(c for c in unquote(request.headers.get("file-name", "")) if c.isprintable())[
                :200
            ],
            "sha256": hashlib.sha256(content).hexdigest(),
            "heading": sheet.heading,
            "rows": len(sheet.rows),
        }
        view = await _send(client, settings, "open-import", opening, actor, key)
        for number, part in enumerate(_parts(sheet.rows)):
            body = {"import": view["import"], "rows": part}
            view = await _send(client, settings, "add-import-rows", body, actor, f"{key}.{number}")
        return JSONResponse(view, 201, {"Idempotency-Key": key})

    return routes


async def _send(
    client: Client, settings: GatewaySettings, operation: str, body: dict[str, Any], actor: Actor, key: str
) -> Any:
    reply = await client.call(
        "projects", operation, body, actor, command_id=key, correlation_id=key, timeout=settings.call_timeout
    )
    return reply["data"]


def _parts(rows: list[sheets.SheetRow]) -> list[list[dict[str, Any]]]:
    """The rows in parts that a message holds."""
    parts: list[list[dict[str, Any]]] = []
    size = _PART_BYTES
    for row in rows:
        raw = {"row": row.row, "cells": row.cells, "faults": row.faults}
        length = len(msgspec.json.encode(raw))
        if size + length > _PART_BYTES or len(parts[-1]) == _PART_ROWS:
            parts.append([])
            size = 0
        parts[-1].append(raw)
        size += length
    return parts


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
