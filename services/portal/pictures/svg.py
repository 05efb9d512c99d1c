"""Elements of SVG, escaped; the patterns that tell lights apart without colour."""

from markupsafe import Markup, escape

INK, MUTED, LINE, PAPER = "#0b1f3a", "#44546a", "#d5dde8", "#ffffff"
BLUE, TRACK = "#0b4a94", "#e3e9f1"
LIGHTS = {"green": "#1d7a48", "yellow": "#f2b705", "red": "#b3261e", "grey": "#8a97a8"}
FONT = "system-ui, 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', 'Microsoft YaHei', sans-serif"

Value = str | int | float | None


def el(tag: str, *inside: str | Markup, **attributes: Value) -> Markup:
    """One element. `stroke_width` becomes stroke-width, `class_` class; an attribute of None is left out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    content = Markup("").join(escape(part) for part in inside)
    # Names of tags and attributes are this folder's own; values and content are escaped above.
    return Markup(f"<{tag}{given}>{content}</{tag}>" if content else f"<{tag}{given}/>")  # noqa: S704


def _written(value: Value) -> str:
    """Coordinates with at most one digit behind the point: deterministic, and enough for a screen."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def picture(name: str, label: str, width: int, height: int, *inside: Markup) -> Markup:
    """A whole picture, as wide as its place. `label` says in a sentence what it shows."""
    return el(
        "svg",
        patterns(name),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="group",
        aria_label=label,
        class_="picture",
        font_family=FONT,
    )


def text(x: float, y: float, words: str, *, size: int = 14, fill: str = INK, **more: Value) -> Markup:
    """A text; see `over` for one that stands on a picture."""
    return el("text", words, **{"x": x, "y": y, "font_size": size, "fill": fill, **more})


def over(x: float, y: float, words: str, *, size: int = 14, **more: Value) -> Markup:
    """A text that is read on any ground: its white edge first, then itself (not every reader knows paint-order)."""
    placed: dict[str, Value] = {"x": x, "y": y, "font_size": size, **more}
    white: dict[str, Value] = {"fill": PAPER, "stroke": PAPER, "stroke_width": 4, "stroke_linejoin": "round"}
    return el("text", words, aria_hidden="true", **placed, **white) + el("text", words, fill=INK, **placed)


def patterns(name: str) -> Markup:
    """The fills of this picture's lights; `name` keeps them apart from another picture's on the page."""
    dot = el("circle", cx=4, cy=4, r=1.3, fill=INK)
    hatch = el("path", d="M-2 2l4 -4M0 10l10 -10M8 12l4 -4", stroke=PAPER, stroke_width=1.6)
    cross = el("path", d="M0 10l10 -10M-2 2l4 -4M8 12l4 -4", stroke=MUTED, stroke_width=1.2)
    return el(
        "defs",
        _pattern(name, "yellow", 8, el("rect", width=8, height=8, fill=LIGHTS["yellow"]), dot),
        _pattern(name, "red", 10, el("rect", width=10, height=10, fill=LIGHTS["red"]), hatch),
        _pattern(name, "grey", 10, el("rect", width=10, height=10, fill="#eef1f5"), cross),
    )


def _pattern(name: str, light: str, size: int, *inside: Markup) -> Markup:
    return el(
        "pattern", *inside, id=f"{name}-{light}", width=size, height=size, patternUnits="userSpaceOnUse"
    )


def fill(name: str, light: str) -> str:
    """The fill of a light in this picture: green is plain, the others have a pattern each."""
    return LIGHTS["green"] if light == "green" else f"url(#{name}-{light if light in LIGHTS else 'grey'})"
