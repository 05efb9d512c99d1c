"""What the documents show of the code, and the places that they name, are as the code is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("*.md"), *DOCS.glob("*.md"), ROOT / "shared" / "contracts" / "README.md"]
)
"""Those that say how things are. Decisions (docs/adr) are of their day and may name what has moved since."""
LISTING = re.compile(
    r"(?:^From `(?P<file>[^`\n]+)`:\n\n)?^```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
PLACE = re.compile(
    r"`((?:bench|cli|clients|demo|deploy|docs|plans|services|shared|tests)/[^`\s]*?)(?:::[^`]*)?`"
)
"""A file or folder; what is in it (`file::function`) has tests of its own."""
PLACEHOLDER = re.compile(r"[<>…{}]")
MADE = {"bench/results/"}
"""What a run writes, and the repository doesn't hold."""
LINK = re.compile(r"\]\((?!https?:)(?P<file>[^)#]*)(?:#(?P<heading>[^)]*))?\)")


@pytest.mark.parametrize("document", ["adding-a-feature.md"])
def test_every_listing_stands_in_the_file_that_it_names(document: str) -> None:
    listings = list(LISTING.finditer((DOCS / document).read_text(encoding="utf-8")))
    assert listings
    for listing in listings:
        assert listing["file"], f"{document} doesn't say where this is from:\n{listing['code']}"
        assert listing["code"] in (ROOT / listing["file"]).read_text(encoding="utf-8"), listing["file"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_place_that_a_document_names_is_there(document: str) -> None:
    named = set(PLACE.findall((ROOT / document).read_text(encoding="utf-8"))) - MADE
    places = {place for place in named if not PLACEHOLDER.search(place)}
    assert sorted(place for place in places if not any(ROOT.glob(place.rstrip("/")))) == []


def test_places_are_found_where_documents_name_them() -> None:
    assert PLACE.findall("`services/x.py::rule` and `tests/y/`, not `x.py` or `GET /z`") == [
        "services/x.py",
        "tests/y/",
    ]
    named = [set(PLACE.findall((ROOT / each).read_text(encoding="utf-8"))) for each in DOCUMENTS]
    assert sum(map(len, named)) > 200


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_of_a_document_leads_to_a_file_and_a_heading(document: str) -> None:
    path = ROOT / document
    for link in LINK.finditer(path.read_text(encoding="utf-8")):
        target = path.parent / link["file"] if link["file"] else path
        assert target.exists(), link[0]
        if link["heading"]:
            assert link["heading"] in _headings(target), link[0]


def _headings(path: Path) -> set[str]:
    """The headings of a document as links name them."""
    lines = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line).strip().lower().replace(" ", "-") for line in lines}
