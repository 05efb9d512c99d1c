"""What the README prints to be typed: sent as `curl` would send it, it is taken."""

import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from tests.kit.portal import Portal, ok, unique

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def curls(heading: str) -> list[list[str]]:
    """The words of each `curl` below a heading, without what only the shell sees."""
    block = README.partition(f"## {heading}\n")[2].partition("```bash\n")[2].partition("```")[0]
    joined = re.sub(r"\\\n\s*", " ", block)
    found = [line for line in re.split(r"\n(?=\S)", joined) if "curl " in line]
    return [shlex.split(line.partition("curl ")[2].partition("\n  |")[0], comments=True) for line in found]


async def curl(words: list[str], **variables: str) -> Any:
    """The answer's JSON; `-H` and `-d` as curl understands them, `$NAME` as the shell."""
    for name, value in variables.items():
        words = [word.replace(f"${name}", value) for word in words]
    headers = dict(word.split(": ", 1) for option, word in pairwise(words) if option == "-H")
    body = next((word for option, word in pairwise(words) if option == "-d"), None)
    if body is not None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    url = next(word for word in words if word.startswith("http"))
    async with httpx.AsyncClient() as http:
        return ok(await http.request("GET" if body is None else "POST", url, headers=headers, content=body))


async def test_a_reading_is_pushed_as_the_readme_says(portal: Portal):
    enterprise = unique("E-README")
    printed = [[word.replace("E-1", enterprise) for word in words] for words in curls("Push a reading")]
    registered, metered, credential, pushed = printed
    known = {"API": portal.gateway + "/api/v1", "TOKEN": portal.token("province")}
    assert (await curl(registered, **known))["enterprise"] == enterprise
    await curl(metered, **known)
    secret = (await curl(credential, **known))["token"]
    doors = [word.replace("http://127.0.0.1:8081", portal.system.urls.intake) for word in pushed]
    assert (await curl(doors, SECRET=secret))["receipt"]


async def test_progress_is_read_as_the_readme_says(portal: Portal):
    known = {"API": portal.gateway + "/api/v1", "TOKEN": portal.token("province")}
    board, figure, _, evidence, _ = curls("Read a city's progress")
    for words in (board, figure, evidence):
        assert await curl(words, **known)
