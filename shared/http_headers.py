"""Headers that keep a browser from doing harm with an answer, and a page of documentation that lives with them."""

import base64
import hashlib
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from fastapi import FastAPI

# Answers are data: no browser has anything to load, run or frame because of one.
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ONE_YEAR = 31_536_000
_SCRIPT, _STYLE = "swagger-ui-bundle.js", "swagger-ui.css"
_KEPT = {"Cache-Control": "public, max-age=86400"}


class SecurityHeaders:
    """ASGI middleware, outside all others, so that the answer to a failure has them too.

    What a handler set itself stays. HSTS only where the caller came by TLS: by plain HTTP it means nothing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", _DATA_POLICY)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("X-Frame-Options", "DENY")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Cache-Control", "no-store")
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", f"max-age={_ONE_YEAR}; includeSubDomains")
            await send(message)

        await self._app(scope, receive, answer)


def add_docs(app: "FastAPI", openapi_url: str = "/openapi.json") -> None:
    """Serve /docs with its two files from this installation, so that it works without the internet; / leads there.

    The page's policy names its own files and the hash of its one script, and nothing else.
    """
    # Here and not above: only the two processes with a public endpoint need FastAPI.
    from fastapi.openapi.docs import get_swagger_ui_html

    page = get_swagger_ui_html(
        openapi_url=openapi_url,
        title=app.title,
        swagger_js_url=f"/docs/{_SCRIPT}",
        swagger_css_url=f"/docs/{_STYLE}",
        swagger_favicon_url="data:,",
    )
    policy = "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *_hashes(bytes(page.body).decode())]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    static = Path(str(resources.files("fastapi_offline"))) / "static"

    async def docs() -> HTMLResponse:
        return HTMLResponse(bytes(page.body), headers={"Content-Security-Policy": policy})

    async def script() -> FileResponse:
        return FileResponse(static / _SCRIPT, headers=_KEPT, media_type="text/javascript")

    async def style() -> FileResponse:
        return FileResponse(static / _STYLE, headers=_KEPT, media_type="text/css")

    async def root() -> RedirectResponse:
        return RedirectResponse("/docs")

    for path, endpoint in (
        ("/", root),
        ("/docs", docs),
        (f"/docs/{_SCRIPT}", script),
        (f"/docs/{_STYLE}", style),
    ):
        app.add_api_route(path, endpoint, include_in_schema=False)


def _hashes(page: str) -> list[str]:
    """The CSP sources of the scripts that stand in the page itself."""
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in inline
    ]
