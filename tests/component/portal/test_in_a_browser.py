"""Every page in a real browser: nothing is wider than a small telephone's screen, and no element hides another's place.

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
from tests.component.portal.test_pages import PAGES, address
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


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; apt-get install chromium")
async def test_no_page_scrolls_sideways(tmp_path: Path):
    css = (rendering.FOLDER / "static" / "portal.css").read_text("utf-8")
    frames = []
    async with browser(portal(PlayedGateway()), "province") as reader:
        for language in ("zh", "en"):
            for path in [*PAGES, "/sign-in"]:
                page = (await reader.get(address(path, language))).text
                page = re.sub(r"<script.*?</script>", "", page)
                page = page.replace(
                    '<link rel="stylesheet" href="/static/portal.css">', f"<style>{css}</style>"
                )
                frames += [
                    f'<iframe title="{language}{path} {width}" width="{width}" height="900" '
                    f'srcdoc="{html.escape(page)}"></iframe>'
                    for width in WIDTHS
                ]
    file = tmp_path / "pages.html"
    measure = _MEASURE.replace("COUNT", str(len(frames)))
    file.write_text(
        f"<!doctype html><meta charset=utf-8><body>{''.join(frames)}<script>{measure}</script>", "utf-8"
    )
    command = [str(CHROMIUM), "--headless=new", "--disable-gpu", "--dump-dom", "--virtual-time-budget=20000"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    done = subprocess.run([*command, file.as_uri()], capture_output=True, text=True, timeout=200, check=True)
    found = re.search(r"<body>(.*)</body>", done.stdout, re.DOTALL)
    assert found is not None, done.stderr[-800:]
    told = json.loads(html.unescape(found[1]))
    assert told["frames"] == len(frames)
    assert told["wide"] == []
