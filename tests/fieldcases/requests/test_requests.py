"""Requests that went wrong in use, each with the answer that is right. README.md says what a case file holds."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from cli.tokens import token_for
from tests.kit.portal import API, Portal, assert_problem

CASES = sorted(Path(__file__).parent.glob("*.json"))


def test_every_case_stands_in_the_readme() -> None:
    listed = (Path(__file__).parent / "README.md").read_text()
    assert [case.stem for case in CASES if f"| {case.stem} |" not in listed] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
async def test_the_answer_is_right(portal: Portal, case: Path) -> None:
    known = {"unique": f"u{uuid4().hex[:12]}"}
    tokens: dict[str, str] = {}
    for step in json.loads(case.read_text())["steps"]:
        at_once = step.get("at_once", [step])
        await asyncio.gather(
            *(
                send(portal, _filled(each, known), known, tokens)
                for each in at_once
                for _ in range(each.get("repeat", 1))
            )
        )


async def send(portal: Portal, step: dict[str, Any], known: dict[str, str], tokens: dict[str, str]) -> None:
    """One request; AssertionError when what comes back isn't what should. `tokens`: those of the case, by person."""
    method, _, path = step["request"].partition(" ")
    headers = dict(step.get("headers", {}))
    if person := step.get("as"):
        if (who := json.dumps(person)) not in tokens:
            tokens[who] = _token(portal, **person)
        headers["Authorization"] = f"Bearer {tokens[who]}"
    content = step["raw"].encode() if "raw" in step else None
    if content is not None:
        headers.setdefault("Content-Type", "application/json")
    url = portal.gateway + (path[1:] if path.startswith("//") else API + path)
    right = step["answer"]
    statuses = right["status"] if isinstance(right["status"], list) else [right["status"]]
    until = time.monotonic() + step.get("again_for_s", 0)
    async with httpx.AsyncClient(timeout=30) as client:
        while True:
            began = time.monotonic()
            answer = await client.request(
                method, url, headers=headers, content=content, json=step.get("body")
            )
            took = time.monotonic() - began
            if answer.status_code in statuses or began >= until:
                break
    told = f"{step['request']}: {answer.status_code} {answer.text[:800]}"
    assert answer.status_code in statuses, told
    if answer.is_error and method != "HEAD":
        assert_problem(answer)
    assert took <= right.get("within_s", 30), f"{took:.1f} s for {told}"
    if "body" in right:
        assert_within(answer.json(), right["body"], told)
    for name, value in right.get("headers", {}).items():
        assert answer.headers.get(name) == value, f"{name}: {answer.headers.get(name)} in {told}"
    for part in right.get("says", []):
        assert part in answer.text, f"{part!r} is not in {told}"
    for part in right.get("says_not", []):
        assert part not in answer.text, f"{part!r} is in {told}"
    for name, field in step.get("remember", {}).items():
        known[name] = str(answer.json()[field])


def assert_within(found: Any, wanted: Any, told: str) -> None:
    """What is wanted is there; other members may be there too. `null`: must not be there, or be null."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            assert_within(found.get(name), value, f"{name} of {told}")
    elif isinstance(wanted, list) and isinstance(found, list):
        assert len(found) == len(wanted), told
        for one, other in zip(found, wanted, strict=True):
            assert_within(one, other, told)
    else:
        assert found == wanted, f"{found!r} is not {wanted!r} in {told}"


def _filled(step: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    text = json.dumps(step, ensure_ascii=False)
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    filled: dict[str, Any] = json.loads(text)
    return filled


def _token(
    portal: Portal,
    role: str,
    area: str | None = None,
    organisation: str | None = None,
    subject: str = "field case",
) -> str:
    return token_for(
        portal.system.settings.data, role=role, area=area, organisation=organisation, subject=subject
    )
