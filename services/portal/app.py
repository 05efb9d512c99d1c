"""The portal's HTTP side: every page of the table as HTML, CSV, XLSX and JSON, and the ways in and out."""

import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

import httpx
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.portal import exports, oidc, rendering
from services.portal.api import Gateway
from services.portal.ask import Ask, address
from services.portal.figures import Choice, Page
from services.portal.forms import read_form
from services.portal.pages import FileRoute, PageRoute, all_files, all_pages
from services.portal.session import Session, Sessions, same_word
from services.portal.settings import PortalSettings
from services.portal.sign_in import GET_GO, SignIn
from services.portal.uploads import File, read_upload
from services.portal.words import Words
from shared.asgi import OWN_SPANS_ONLY
from shared.language import Language, preferred
from shared.problems import Problem

_log = structlog.get_logger("portal")
_STATIC = {
    "portal.css": "text/css; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
Handler = Callable[[Request], Awaitable[Response]]


class Tongue(StrEnum):
    """The languages. An enumeration: else /favicon.ico would be one."""

    zh = "zh"
    en = "en"


class Portal:
    """The application's parts, bound to one settings object and one way to the gateway."""

    def __init__(
        self,
        settings: PortalSettings,
        client: httpx.AsyncClient,
        issuer: oidc.Issuer | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self._client = client
        self.sessions = Sessions(settings.session_key.get_secret_value(), now)
        self.sign_in = SignIn(settings, self.sessions, self.gateway, issuer, now)
        self.pages = all_pages()

    def gateway(self, token: str, language: Language) -> Gateway:
        return Gateway(self._client, token, language)

    def app(self) -> FastAPI:
        """Every route."""
        app = FastAPI(
            docs_url=None, redoc_url=None, openapi_url=None, telemetry=OWN_SPANS_ONLY, redirect_slashes=False
        )
        self._static(app)
        self._ways_in(app)
        for file in all_files():  # before the pages, whose last parameter would take a file's name too
            app.router.routes.append(
                _Route("/{tongue}" + file.path, _handing_on(self, file), methods=["GET"])
            )
        for route in self.pages:
            self._page(app, route)
        self._handlers(app)
        return app

    def _static(self, app: FastAPI) -> None:
        for name, media in _STATIC.items():
            file = rendering.FOLDER / "static" / name

            async def send(file: Any = file, media: str = media) -> Response:
                return FileResponse(file, media_type=media, headers={"Cache-Control": "public, max-age=300"})

            app.add_api_route(f"/static/{name}", send, include_in_schema=False)

    def _ways_in(self, app: FastAPI) -> None:
        async def root(request: Request) -> Response:
            language = preferred(request.headers.get("accept-language") or "zh")
            return RedirectResponse(address(language, "/province", {}), 303)

        async def home(tongue: Tongue) -> Response:
            return RedirectResponse(address(tongue.value, "/province", {}), 303)

        async def page(request: Request, tongue: Tongue) -> Response:
            return await self.sign_in.page(request, Words(tongue.value))

        async def take(request: Request, tongue: Tongue) -> Response:
            return await self.sign_in.take(request, Words(tongue.value))

        async def go(request: Request, tongue: Tongue) -> Response:
            return await self.sign_in.go(request, Words(tongue.value))

        async def out(request: Request, tongue: Tongue) -> Response:
            session, form = self.sessions.read(request), await read_form(request, Words(tongue.value))
            if session is not None and not same_word(form.get("form_word", ""), session.form_word):
                raise _forged(Words(tongue.value))
            return self.sign_in.out(request, Words(tongue.value))

        async def back(request: Request) -> Response:
            return await self.sign_in.back(request)

        app.add_api_route("/", root)
        app.add_api_route("/{tongue}", home)
        app.add_api_route("/{tongue}/sign-in", page)
        app.add_api_route("/{tongue}/sign-in", take, methods=["POST"])
        app.add_api_route("/{tongue}" + GET_GO, go)
        app.add_api_route("/{tongue}/sign-out", out, methods=["POST"])
        app.add_api_route(oidc.CALLBACK, back)

    def _page(self, app: FastAPI, route: PageRoute) -> None:
        async def take(request: Request) -> Response:
            return await self._take(request, route, _tongue(request))

        path = "/{tongue}" + route.path
        added = app.router.routes
        for suffix in exports.MEDIA:  # before the page itself, whose last parameter would take the suffix too
            added.append(_Route(f"{path}.{suffix}", _fixed(self._show, route, suffix), methods=["GET"]))
        added.append(_Route(path, _fixed(self._show, route, "html"), methods=["GET"]))
        if route.take is not None or route.upload is not None:
            added.append(_Route(path, take, methods=["POST"]))

    async def _show(self, request: Request, route: PageRoute, language: Language, suffix: str) -> Response:
        words, session = Words(language), self.sessions.read(request)
        if session is None:
            onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(address(language, "/sign-in", {"next": onward}), 303)
        ask = self._ask(request, words, session, suffix)
        self._allowed(route.roles, session, words)
        page = await route.make(ask)
        return self._answer(request, ask, page, suffix)

    async def hand_on(self, request: Request, route: FileRoute) -> Response:
        """A file of the API's, to who may have it."""
        words, session = Words(_tongue(request)), self.sessions.read(request)
        if session is None:
            return RedirectResponse(address(words.language, "/sign-in", {"next": request.url.path}), 303)
        self._allowed(route.roles, session, words)
        body, media, name = await route.fetch(self._ask(request, words, session, "html"))
        stem, _, suffix = name.rpartition(".")
        saved_as = f'attachment; filename="{_plain_name(stem)}.{_plain_name(suffix)}"'
        headers = {"Cache-Control": "private, no-store", "Content-Disposition": saved_as}
        return Response(body, 200, headers, media)

    async def _take(self, request: Request, route: PageRoute, language: Language) -> Response:
        words, session = Words(language), self.sessions.read(request)
        if session is None:
            raise Problem(
                401,
                "session-ended",
                words("problem.session.title"),
                words("problem.session.detail"),
                remedy=words("problem.session.remedy"),
            )
        file = File("", b"")
        if route.upload is not None:
            form, file = await read_upload(request, words)
        else:
            form = await read_form(request, words)
        if not same_word(form.pop("form_word", ""), session.form_word):
            raise _forged(words)
        self._allowed(route.roles, session, words)
        ask = self._ask(request, words, session, "html")
        if route.upload is not None:
            made = await route.upload(ask, form, file)
        else:
            assert route.take is not None  # noqa: S101
            made = await route.take(ask, form)
        if isinstance(made, str):
            return RedirectResponse(made, 303)  # a reload then repeats nothing
        return self._answer(request, ask, made, "html")

    def _ask(self, request: Request, words: Words, session: Session, suffix: str) -> Ask:
        path = request.url.path.removeprefix(f"/{words.language}")
        if suffix != "html":
            path = path.removesuffix(f".{suffix}")
        params = {name: str(value) for name, value in request.path_params.items() if name != "tongue"}
        return Ask(
            self.settings,
            session,
            words,
            self.gateway(session.token, words.language),
            path,
            dict(request.query_params),
            params,
        )

    def _allowed(self, roles: tuple[str, ...], session: Session, words: Words) -> None:
        if session.role not in roles:
            raise Problem(
                403,
                "forbidden",
                words("problem.forbidden.title"),
                words("problem.forbidden.detail", role=words.code("role", session.role)),
                remedy=words("problem.forbidden.remedy"),
            )

    def _answer(self, request: Request, ask: Ask, page: Page, suffix: str) -> Response:
        words = ask.words
        if suffix == "html":
            return rendering.page_html(
                page,
                words,
                downloads={
                    words("page.csv"): self._download(ask, "csv"),
                    words("page.xlsx"): self._download(ask, "xlsx"),
                    words("page.json"): self._download(ask, "json"),
                },
                path=ask.path,
                query=ask.query,
                session=ask.session,
                menu=self.menu(ask, page.menu),
            )
        match suffix:
            case "csv":
                body = exports.as_csv(page, words)
            case "xlsx":
                body = exports.as_xlsx(page, words, str(request.url))
            case _:
                body = exports.as_json(page, words.language)
        name = ask.path.strip("/").replace("/", "-")
        headers = {"Cache-Control": "private, no-store"}
        if suffix != "json":
            headers["Content-Disposition"] = f'attachment; filename="{_plain_name(name)}.{suffix}"'
        return Response(body, page.status, headers, exports.MEDIA[suffix])

    def _download(self, ask: Ask, suffix: str) -> str:
        return address(ask.language, f"{ask.path}.{suffix}", ask.query)

    def menu(self, ask: Ask, chosen: str) -> list[Choice]:
        """The pages of the reader's role that stand in the menu."""
        return [
            Choice(ask.words(f"menu.{route.menu}"), ask.href(route.path), route.menu == chosen)
            for route in self.pages
            if route.menu is not None and ask.session.role in route.roles
        ]

    def _handlers(self, app: FastAPI) -> None:
        async def problem(request: Request, error: Problem) -> Response:
            words = _words_of(request)
            if error.status == 401 and error.code != "session-ended" and request.method == "GET":
                onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                response = RedirectResponse(address(words.language, "/sign-in", {"next": onward}), 303)
                self.sessions.end(request, response)
                return response
            return self._told(request, words, error)

        async def http(request: Request, error: HTTPException) -> Response:
            words = _words_of(request)
            kind = "absent" if error.status_code == 404 else "refused"
            told = Problem(
                error.status_code,
                str(error.detail).lower().replace(" ", "-"),
                words(f"problem.{kind}.title"),
                words(f"problem.{kind}.detail", path=request.url.path[:200]),
                remedy=words(f"problem.{kind}.remedy"),
            )
            return self._told(request, words, told)

        async def unexpected(request: Request, error: Exception) -> Response:
            _log.error("page failed", method=request.method, path=request.url.path, exc_info=error)
            words = _words_of(request)
            told = Problem(
                500,
                "internal",
                words("problem.internal.title"),
                words("problem.internal.detail"),
                remedy=words("problem.internal.remedy"),
            )
            return self._told(request, words, told)

        async def unread(request: Request, _: Exception) -> Response:
            return await http(request, HTTPException(404))

        app.add_exception_handler(Problem, problem)  # type: ignore[arg-type]
        app.add_exception_handler(HTTPException, http)  # type: ignore[arg-type]
        app.add_exception_handler(RequestValidationError, unread)
        app.add_exception_handler(Exception, unexpected)

    def _told(self, request: Request, words: Words, problem: Problem) -> Response:
        """A problem as a page; never a stack, and never a blank."""
        session = self.sessions.read(request)
        path = request.url.path.removeprefix(f"/{words.language}")
        menu: list[Choice] = []
        if session is not None:
            menu = self.menu(self._ask(request, words, session, "html"), "")
        response = rendering.html(
            "problem.html",
            words,
            path=path if request.method == "GET" else "/province",
            query=dict(request.query_params),
            session=session,
            menu=menu,
            status=problem.status,
            problem=problem,
        )
        if problem.retry_after is not None:
            response.headers["Retry-After"] = str(problem.retry_after)
        return response


class _Route(Route):
    """A page's route. Hundreds of FastAPI's own take seconds to make; this one is named in metrics just the same."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        await super().handle(scope, receive, send)


def _tongue(request: Request) -> Language:
    """The address's language. Raises HTTPException 404 for none of ours: else /favicon.ico would be one."""
    given = request.path_params["tongue"]
    if given not in ("zh", "en"):
        raise HTTPException(404)
    return "zh" if given == "zh" else "en"


def _fixed(show: Any, route: PageRoute, suffix: str) -> Any:
    async def endpoint(request: Request) -> Response:
        response: Response = await show(request, route, _tongue(request), suffix)
        return response

    return endpoint


def _handing_on(portal: Portal, route: FileRoute) -> Any:
    async def endpoint(request: Request) -> Response:
        return await portal.hand_on(request, route)

    return endpoint


def _words_of(request: Request) -> Words:
    """In the language of the address; of an address without one, the browser's."""
    first = request.url.path.split("/")[1] if "/" in request.url.path else ""
    if first in ("zh", "en"):
        return Words("zh" if first == "zh" else "en")
    return Words(preferred(request.headers.get("accept-language")))


def _forged(words: Words) -> Problem:
    return Problem(
        403,
        "form-word",
        words("problem.form.title"),
        words("problem.form.detail"),
        remedy=words("problem.form.remedy"),
    )


def _plain_name(name: str) -> str:
    """For a header: ASCII letters, digits and dashes."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name) or "page"
