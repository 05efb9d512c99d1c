"""Every page in a real browser: nothing is wider than a small telephone's screen, and axe finds no violation.

All pages lie in frames of one document, so that the browser starts once.
"""

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from services.portal import rendering
from tests.component.portal.test_pages import PAGES, address, reader_of
from tests.kit.played_gateway import PlayedGateway, browser, portal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDTHS = (1440, 390, 320)
_MEASURE = """
addEventListener("load", () => {
  const wide = [];
  for (const frame of document.querySelectorAll("iframe")) {
    const root = frame.contentDocument.documentElement;
    if (root.scrollWidth > root.clientWidth) wide.push([frame.title, root.scrollWidth, root.clientWidth]);
  }
  document.body.replaceChildren();
  document.body.textContent = JSON.stringify({ frames: COUNT, wide });
});
"""
AXE = os.environ.get("SHENGJI_AXE", "")
"""axe-core's file (axe.min.js, MPL-2.0, 0.5 MB): too large to stand here, and nothing that runs needs it."""
_AUDIT = """
<script>
addEventListener("load", async () => {
  const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
  const told = found.violations.map((each) => [each.id, each.nodes[0].target.join(" "), each.nodes.length]);
  parent.postMessage([window.name, told], "*");
});
</script>
"""
_GATHER = """
const told = {};
addEventListener("message", (event) => {
  told[event.data[0]] = event.data[1];
  if (Object.keys(told).length === COUNT) document.body.textContent = JSON.stringify(told);
});
"""


def _dumped(file: Path, profile: Path) -> str:
    """What stands in the page's body when its scripts have run."""
    command = [str(CHROMIUM), "--headless=new", "--disable-gpu", "--dump-dom", "--virtual-time-budget=60000"]
    command += [f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    done = subprocess.run([*command, file.as_uri()], capture_output=True, text=True, timeout=300, check=True)
    found = re.search(r"<body>(.*)</body>", done.stdout, re.DOTALL)
    assert found is not None, done.stderr[-800:]
    return html.unescape(found[1])


async def _pages(language: str) -> dict[str, str]:
    """Every page as a file has it: its style inside, its scripts away."""
    css = (rendering.FOLDER / "static" / "portal.css").read_text("utf-8")
    pages = {}
    for path in [*PAGES, "/sign-in"]:
        role = reader_of(path) if path in PAGES else "province"
        async with browser(portal(PlayedGateway()), role) as reader:
            page = (await reader.get(address(path, language))).text
        page = re.sub(r"<script.*?</script>", "", page)
        pages[path] = page.replace(
            '<link rel="stylesheet" href="/static/portal.css">', f"<style>{css}</style>"
        )
    return pages


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; apt-get install chromium")
async def test_no_page_scrolls_sideways(tmp_path: Path):
    frames = [
        f'<iframe title="{language}{path} {width}" width="{width}" height="900" '
        f'srcdoc="{html.escape(page)}"></iframe>'
        for language in ("zh", "en")
        for path, page in (await _pages(language)).items()
        for width in WIDTHS
    ]
    file = tmp_path / "pages.html"
    measure = _MEASURE.replace("COUNT", str(len(frames)))
    file.write_text(
        f"<!doctype html><meta charset=utf-8><body>{''.join(frames)}<script>{measure}</script>", "utf-8"
    )
    told = json.loads(_dumped(file, tmp_path / "profile"))
    assert told["frames"] == len(frames)
    assert told["wide"] == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; apt-get install chromium")
@pytest.mark.skipif(not AXE, reason="SHENGJI_AXE names no axe.min.js; npm pack axe-core has it")
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_axe_finds_nothing(language: str, tmp_path: Path):
    axe = tmp_path / "axe.js"
    axe.write_text(Path(AXE).read_text("utf-8"), "utf-8")
    pages = list((await _pages(language)).items())
    faults: dict[str, list[str]] = {}
    for start in range(0, len(pages), 12):  # a dozen frames at a time: each has axe of its own
        some = pages[start : start + 12]
        frames = []
        for path, page in some:
            audited = page.replace("</head>", f'<script src="{axe.as_uri()}"></script>{_AUDIT}</head>')
            frames.append(
                f'<iframe name="{path}" width="1440" height="900" srcdoc="{html.escape(audited)}"></iframe>'
            )
        file = tmp_path / "pages.html"
        gather = _GATHER.replace("COUNT", str(len(some)))
        file.write_text(
            f"<!doctype html><meta charset=utf-8><body><script>{gather}</script>{''.join(frames)}", "utf-8"
        )
        told = json.loads(_dumped(file, tmp_path / "profile"))
        assert told.keys() == {path for path, _ in some}
        faults |= {path: found for path, found in told.items() if found}
    assert faults == {}
