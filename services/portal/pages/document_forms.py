"""What the province does with bulletins and packs: draft, draw up again, review, return, issue, discard, correct."""

from collections.abc import Mapping

from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, version
from services.portal.figures import Page
from services.portal.pages import PageRoute
from services.portal.pages.common import Json, form_page
from services.portal.roles import PROVINCE

KINDS = ("monthly_bulletin", "quarterly_dispatch")
_OFFERED = {
    "draft": ("review", "return", "redraft", "discard"),
    "reviewed": ("issue", "return", "discard"),
    "issued": ("correct",),
}
"""What may be done next, by how a document stands."""


def commands(ask: Ask, found: Json) -> list[Command]:
    """The province's clerks take the next step; a second person reviews."""
    if ask.session.role != PROVINCE:
        return []
    steps = _OFFERED.get(found["standing"], ())
    return [_step(ask, name, found) for name in steps if not (name == "correct" and found["corrected_by"])]


def _step(ask: Ask, name: str, found: Json) -> Command:
    w, path = ask.words, f"/documents/{found['document']}"
    reason = Input("reason", w("command.reason"), required=True)
    note = Input("note", w("column.note"), required=name == "return")
    remarks = _remarks(ask, found["remarks"])
    seen = version(found.get("version"))
    kind = {"kind": found["kind"], "period": found["period"], "corrects": found["document"]}
    made = {
        "review": (f"{path}/reviews", [note, seen], {"outcome": "passed"}),
        "return": (f"{path}/reviews", [note, seen], {"outcome": "returned"}),
        "redraft": (f"{path}/drafts", [remarks, seen], {}),
        "discard": (f"{path}/discard", [reason, seen], {}),
        "issue": (f"{path}/issue", [seen], {}),
        "correct": ("/documents", [reason, remarks], kind),
    }
    to, inputs, fixed = made[name]
    title = w(f"document.step.{name}")
    return Command(
        name,
        title,
        to,
        inputs,
        title,
        note=w(f"document.step_note.{name}"),
        fixed=fixed,
        danger=name == "discard",
    )


def _remarks(ask: Ask, typed: list[str] | None = None) -> Input:
    w = ask.words
    return Input(
        "remarks", w("document.remarks"), "lines", "\n".join(typed or ()), hint=w("document.remarks_hint")
    )


async def new(ask: Ask) -> Page:
    """The form of a bulletin or pack that isn't drafted yet."""
    return _new_page(ask, Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Draft it, and go on to its page."""
    back = await carried_out(
        ask,
        [_draft(ask)],
        form,
        lambda done: ask.href(f"/documents/{done.answer['document']}", done="draft"),
    )
    return back if isinstance(back, str) else _new_page(ask, back)


def _new_page(ask: Ask, back: Returned) -> Page:
    return form_page(ask, "document", "documents", _draft(ask), back)


def _draft(ask: Ask) -> Command:
    w = ask.words
    kinds = [(code, w(f"document.{code}")) for code in KINDS]
    inputs = [
        Input("kind", w("document.kind"), "select", KINDS[0], required=True, options=kinds),
        Input(
            "period",
            w("evidence.period"),
            typed=ask.query.get("period", ""),
            hint=w("document.period_hint"),
            required=True,
        ),
        _remarks(ask),
        Input("document", w("command.optional_id"), hint=w("command.optional_id_hint")),
    ]
    return Command("draft", w("document.new"), "/documents", inputs, w("document.draft"))


PAGES = [PageRoute("/new-document", new, (PROVINCE,), take=take)]
