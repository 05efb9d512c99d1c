"""What the documents show of the code, and the places that they name, are as the code is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LISTING = re.compile(
    r"(?:^From `(?P<file>[^`\n]+)`:\n\n)?^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
PLACE = re.compile(r"`((?:cli|clients|demo|deploy|plans|services|shared)/[^`<>\s]*)`")


@pytest.mark.parametrize("document", ["adding-a-feature.md"])
def test_every_listing_stands_in_the_file_that_it_names(document: str) -> None:
    listings = list(LISTING.finditer((DOCS / document).read_text(encoding="utf-8")))
    assert listings
    for listing in listings:
        assert listing["file"], f"{document} doesn't say where this is from:\n{listing['code']}"
        assert listing["code"] in (ROOT / listing["file"]).read_text(encoding="utf-8"), listing["file"]


@pytest.mark.parametrize("document", ["architecture.md"])
def test_every_place_that_a_document_names_is_there(document: str) -> None:
    places = set(PLACE.findall((DOCS / document).read_text(encoding="utf-8")))
    assert places
    assert sorted(place for place in places if not (ROOT / place).exists()) == []
