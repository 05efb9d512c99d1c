"""The gateway, as the portal asks it: its public API, in the name of who is signed in, in the reader's language."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from shared.language import Language
from shared.problems import Problem

PREFIX = "/api/v1"
_MOST_PAGES = 40
_UPLOAD_S = 120.0
"""Seconds that a spreadsheet may take to be read over there."""
_TEXTS = {
    "zh": (
        "暂时无法取得数据",
        "网关没有回答：{why}。",
        "请稍后刷新本页；您填写的内容没有丢失。仍不行时请告知运维人员。",
    ),
    "en": (
        "The data can't be had now",
        "The gateway gave no answer: {why}.",
        "Load this page again in a moment; nothing that you typed is lost. If it stays so, tell the operators.",
    ),
}


class Gateway:
    """One reader's view of the API. Every refusal is raised as Problem, with its words in the reader's language."""

    def __init__(self, client: httpx.AsyncClient, token: str, language: Language) -> None:
        self._client = client
        self._language = language
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        """One answer. A query of None is left out."""
        asked = {name: value for name, value in query.items() if value is not None and value != ""}
        return await self._send("GET", path, params=asked)

    async def post(self, path: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """One command, under the form's key: sent twice (a double click) it is done once."""
        return await self._send("POST", path, json=dict(body), headers={"Idempotency-Key": key})

    async def upload(self, path: str, body: bytes, media: str, file_name: str, key: str) -> dict[str, Any]:
        """A file's bytes, as they are, under the form's key."""
        headers = {"Content-Type": media, "File-Name": quote(file_name), "Idempotency-Key": key}
        return await self._send("POST", path, headers, content=body, timeout=_UPLOAD_S)

    async def file(self, path: str) -> tuple[bytes, str]:
        """An answer that is a file: its bytes and their kind. Raises Problem as for any other."""
        try:
            answer = await self._client.get(PREFIX + path, headers=self._headers)
        except httpx.HTTPError as error:
            raise self._away(type(error).__name__) from error
        if not answer.is_success:
            self._read(answer)
        return answer.content, answer.headers.get("content-type", "application/octet-stream")

    async def items(self, path: str, most_pages: int = _MOST_PAGES, **query: Any) -> list[dict[str, Any]]:
        """All items of a list, page after page."""
        found: list[dict[str, Any]] = []
        async for page in self._pages(path, most_pages, query):
            found += page["items"]
        return found

    async def _pages(
        self, path: str, most_pages: int, query: Mapping[str, Any]
    ) -> AsyncIterator[dict[str, Any]]:
        cursor = None
        for _ in range(most_pages):
            page = await self.get(path, **{**query, "cursor": cursor})
            yield page
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        try:
            answer = await self._client.request(
                method, PREFIX + path, headers={**self._headers, **(headers or {})}, **more
            )
        except httpx.HTTPError as error:
            raise self._away(type(error).__name__) from error
        return self._read(answer)

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        """The answer's object; a refusal is raised."""
        try:
            body = answer.json()
        except ValueError:
            raise self._away(f"HTTP {answer.status_code}") from None
        if not isinstance(body, dict):
            raise self._away("no object")
        if answer.is_success:
            return body
        body = {"title": str(answer.status_code), "detail": "", "code": "refused", **body}
        raise Problem.from_dict({**body, "status": answer.status_code})

    def _away(self, why: str) -> Problem:
        title, detail, remedy = _TEXTS[self._language]
        return Problem(503, "gateway-away", title, detail.format(why=why), remedy=remedy, retry_after=5)
