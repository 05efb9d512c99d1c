"""What several pages say alike: lights, names of targets, the way to a figure's evidence, since when it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.portal import numbers
from services.portal.ask import Ask, bilingual
from services.portal.commands import Command, Returned, forms, said
from services.portal.figures import Amount, Column, Light, Link, Page, State

Json = Mapping[str, Any]


def form_page(ask: Ask, thing: str, menu: str, command: Command, back: Returned) -> Page:
    """A page that is one command's form. Its title is the word THING.new; THING.new_lead stands under it if there is
    one."""
    lead = f"{thing}.new_lead"
    return Page(
        title=ask.words(f"{thing}.new"),
        menu=menu,
        lead=[ask.words(lead)] if ask.words.has(lead) else [],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, [command], back),
    )


def light(ask: Ask, colour: str | None) -> Light:
    """A light with its letter and its word."""
    known = colour if colour in ("green", "yellow", "red") else "grey"
    return Light(known, ask.words(f"light.{known}.letter"), ask.words(f"light.{known}"))


def target_name(ask: Ask, figure: Json) -> str:
    return bilingual(str(figure["name"]), ask.language)


def evidence(ask: Ask, figure: Json) -> str:
    """Where a figure's evidence is."""
    return ask.href(f"/evidence/{figure['target']}", region=str(figure["region"]))


def evidence_link(ask: Ask, figure: Json) -> Link:
    return Link(ask.words("figure.evidence"), evidence(ask, figure))


def rules(figure: Json) -> str:
    """By which rules of which edition it was made."""
    return ", ".join(f"{rule['row']} {rule['rule']} ({rule['edition']})" for rule in figure.get("rules", ()))


def state_of(figure: Json) -> State:
    """How sure a figure is."""
    if figure["status"] == "no_measure_yet":
        return "not_applicable"
    if figure["value"] is None:
        return "missing"
    return "provisional" if figure.get("lower_bound") else "ok"


def standing(ask: Ask, as_of: Any, simulated: bool) -> list[str]:
    """The lines under a title: as of when, and that it looks back."""
    told = ask.words("page.as_of", moment=ask.moment(as_of))
    return [f"{told} {ask.words('page.past')}" if ask.as_of is not None else told]


def lead_words(ask: Ask, gap: Any) -> str:
    """Ahead or behind, in a word and a number."""
    text = ask.number(gap, 1, sign=True)
    if text.startswith("+"):
        return ask.words("gap.ahead", points=text[1:])
    if text.startswith("−"):
        return ask.words("gap.behind", points=text[1:])
    return ask.words("gap.level") if text[:1].isdigit() else text


def figure_columns(ask: Ask) -> Sequence[Column]:
    """The columns of a list of figures against their targets."""
    w = ask.words
    return (
        Column("target", w("column.target")),
        Column("unit", w("column.unit")),
        Column("value", w("column.done"), "number"),
        Column("target_value", w("column.goal"), "number"),
        Column("completion", w("column.completion"), "number", "percent"),
        Column("gap", w("column.gap"), "points", "points"),
        Column("light", w("column.light")),
        Column("note", w("column.note")),
    )


def figure_row(ask: Ask, figure: Json) -> tuple[Any, ...]:
    """One figure of such a list, its name leading to its evidence."""
    note = figure["reason"] or ""
    if figure["status"] == "no_measure_yet":
        note = ask.words("state.not_applicable")
    elif not note and figure["value"] is None:
        note = ask.words("state.missing")
    return (
        Link(target_name(ask, figure), evidence(ask, figure)),
        numbers.unit(figure["unit"]).to(ask.language),
        Amount(figure["value"], figure["unit"]),
        Amount(figure["target_value"], figure["unit"]),
        figure["completion"],
        figure["gap_points"],
        light(ask, figure["light"]),
        note,
    )
