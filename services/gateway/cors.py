"""CORS: pages of the origins named in the settings may use the API; by default, none.

Tokens come in a header and no cookies exist, so credentials are never allowed; a page may do what its token allows.
"""

from collections.abc import Callable, Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.positions import HEADER
from shared.http_limits import too_often
from shared.http_refusals import address, problem_response

_METHODS = ("GET", "POST", "DELETE")
_SENT = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", HEADER, "Last-Event-ID", "File-Name",
    "X-Request-ID", "traceparent",
)  # fmt: skip
_READ = ("ETag", "Idempotency-Key", HEADER, "Retry-After", "X-Trace-Id", "Content-Disposition", "Allow")


class Cors(CORSMiddleware):
    """Starlette's middleware. Preflight requests carry no token, so they count against the address's rate limit."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], taken: Callable[[str], float]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=_METHODS,
            allow_headers=_SENT,
            expose_headers=_READ,
            max_age=600,
        )
        self._taken = taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = {name for name, _ in scope.get("headers", ())}
        preflight = scope["type"] == "http" and scope["method"] == "OPTIONS" and b"origin" in names
        if preflight and (wait := self._taken(address(scope))):
            await problem_response(too_often(wait))(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
