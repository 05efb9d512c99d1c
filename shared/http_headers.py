"""Headers that keep a browser from doing harm with an answer, and a page of documentation that lives with them."""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Answers are data: no browser has anything to load, run or frame because of one.
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ONE_YEAR = 31_536_000
_CDN = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5"


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


def docs_page(title: str, openapi_url: str = "/openapi.json") -> Callable[[], Any]:
    """An endpoint for /docs whose policy names its two files and the hash of its one script, and nothing else."""
    # Here and not above: only the two processes with a door need FastAPI.
    from fastapi.openapi.docs import get_swagger_ui_html

    script_url, style_url = f"{_CDN}/swagger-ui-bundle.js", f"{_CDN}/swagger-ui.css"
    page = get_swagger_ui_html(
        openapi_url=openapi_url,
        title=title,
        swagger_js_url=script_url,
        swagger_css_url=style_url,
        swagger_favicon_url="data:,",
    )
    policy = "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src", script_url, *_hashes(bytes(page.body).decode())]),
            f"style-src {style_url} 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )

    async def docs() -> HTMLResponse:
        return HTMLResponse(bytes(page.body), headers={"Content-Security-Policy": policy})

    return docs


def _hashes(page: str) -> list[str]:
    """The CSP sources of the scripts that stand in the page itself."""
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in inline
    ]
