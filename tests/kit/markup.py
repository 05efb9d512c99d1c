"""An HTML page as a test looks at it: elements with their attributes and text, and what every page must have."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """One element: its own attributes, all the text inside it, and the elements inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    def all(self, tag: str | None = None) -> list["Element"]:
        """Every element inside, in order, of that tag."""
        found = []
        for each in self.inside:
            found += [each] if tag is None or each.tag == tag else []
            found += each.all(tag)
        return found

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each.text += data


def read(page: str) -> Element:
    """The page's root. AssertionError where tags don't close in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert [each.tag for each in reader._open] == [""], "tags are left open"
    return reader.root


def check(page: str, language: str) -> Element:
    """What every page must be, whatever it shows."""
    root = read(page)
    [html] = root.all("html")
    assert html["lang"] == {"zh": "zh-CN", "en": "en"}[language]
    assert len(root.all("h1")) == 1
    assert len(root.all("main")) == 1
    ids = [each["id"] for each in root.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids)), sorted(each for each in ids if ids.count(each) > 1)
    levels = [int(each.tag[1]) for each in root.all() if each.tag in ("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    labelled = {each["for"] for each in root.all("label")}
    for each in [*root.all("input"), *root.all("select"), *root.all("textarea")]:
        if each.attributes.get("type") not in ("hidden",):
            assert each["id"] in labelled, each
    for each in root.all():
        assert "style" not in each.attributes, "a strict policy lets no inline style in"
        assert not any(name.startswith("on") for name in each.attributes), each
        for name in ("aria-labelledby", "aria-describedby"):
            for reference in each.attributes.get(name, "").split():
                assert reference in ids, f"{name}={reference}"
        for name in ("href", "src", "action"):
            value = each.attributes.get(name, "")
            assert not value or value.startswith(("/", "#")), f"{each.tag} {name}={value} leaves the host"
    for each in [*root.all("a"), *root.all("button")]:
        assert each.text.strip() or each.attributes.get("aria-label"), "a link without words"
    for each in root.all("script"):
        assert each["src"], "no script in the page itself"
        assert not each.text.strip()
    return root
