"""What the README prints to be typed: sent as `curl` would send it, it is taken."""

import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from cli.env import shell_lines
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
    known = {
        "API": portal.gateway + "/api/v1",
        "TOKEN": portal.token("province"),
        "METERS": portal.system.urls.intake,
    }
    assert (await curl(registered, **known))["enterprise"] == enterprise
    await curl(metered, **known)
    secret = (await curl(credential, **known))["token"]
    assert (await curl(pushed, SECRET=secret, **known))["receipt"]


def test_the_shell_is_told_where_the_running_system_is(portal: Portal):
    lines = shell_lines(portal.system.settings.data, role="province")
    told = dict(shlex.split(line)[1].split("=", 1) for line in lines.splitlines())
    assert told["API"] == portal.gateway + "/api/v1"
    assert told["METERS"] == portal.system.urls.intake
    board = httpx.get(f"{told['API']}/progress/board", headers={"Authorization": f"Bearer {told['TOKEN']}"})
    assert board.status_code == 200


async def test_progress_is_read_as_the_readme_says(portal: Portal):
    known = {"API": portal.gateway + "/api/v1", "TOKEN": portal.token("province")}
    board, figure, _, evidence, _ = curls("Read a city's progress")
    for words in (board, figure, evidence):
        assert await curl(words, **known)
