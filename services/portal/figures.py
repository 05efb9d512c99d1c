"""What a page is made of: figures, each with its sentence, table and source, whatever it is then written as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from markupsafe import Markup

Kind = Literal["text", "number", "points", "day", "moment", "month"]
State = Literal["ok", "empty", "late", "provisional", "missing", "not_applicable"]
Raw = str | int | Decimal | date | bool | None


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads somewhere, within the portal."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Light:
    """A traffic light: `colour` is green, yellow, red or grey; `letter` and `text` say it without colour."""

    colour: str
    letter: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A percentage drawn as a bar with a tick where the schedule has it, the number beside it."""

    percent: Decimal | None
    schedule: Decimal | None
    light: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a column of several units: it is shown with its own unit's digits."""

    value: Decimal | str | int | None
    unit: str


Cell = Raw | Link | Light | Bar | Amount


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` for JSON, `title` for people, `unit` as the API names it, `digits` if not the unit's own."""

    key: str
    title: str
    kind: Kind = "text"
    unit: str = ""
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values: whoever writes them rounds and formats by the column."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    row_heading: int = 0
    """Which column names the row, for who hears the table read."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `name` is its place in the page (`#name`) and its sheet; `sentence` says it in words.

    `folded`: its table stands behind a line that unfolds it, because the picture shows the same.
    `sources`: (what, where) to its evidence or origin; `rule`: by which rule of which edition it was made.
    """

    name: str
    title: str
    sentence: str = ""
    table: Table | None = None
    picture: Markup | None = None
    state: State = "ok"
    note: str = ""
    unit: str = ""
    period: str = ""
    rule: str = ""
    sources: Sequence[Link] = ()
    folded: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """One large number."""

    label: str
    value: str
    unit: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to look at the page."""

    text: str
    href: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: `typed` is what stands in it, `fault` what is wrong with it, in words."""

    name: str
    label: str
    typed: str = ""
    kind: Literal[
        "text", "decimal", "textarea", "date", "month", "select", "checkbox", "hidden", "search", "file"
    ] = "text"
    hint: str = ""
    fault: str = ""
    required: bool = False
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A form. `method` get narrows the page, post does something and carries the session's word."""

    name: str
    title: str
    fields: Sequence[Field]
    submit: str
    action: str = ""
    method: Literal["get", "post"] = "post"
    note: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page. `lead`: lines under the title; `tiles`, `forms` and `figures` in that order."""

    title: str
    menu: str
    lead: Sequence[str] = ()
    tiles: Sequence[Tile] = ()
    choices: Mapping[str, Sequence[Choice]] = field(default_factory=dict)
    forms: Sequence[Form] = ()
    figures: Sequence[Figure] = ()
    simulated: bool = False
    said: Sequence[str] = ()
    """What has just been done, or what is asked back: read out first."""
    more: Link | None = None
    """The next page of a list."""
    status: int = 200
    live: bool = False
    """It renews itself where scripts run."""
