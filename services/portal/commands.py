"""A command of the API as a form: its inputs, what is wrong with what was typed, and a refusal at the field it names.

A page lists the commands that fit its reader and its state; `forms` shows them, `send` carries one out. What comes back
(`Returned`) goes into the page again, with everything that was typed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from services.portal.ask import Ask
from services.portal.figures import Field, Form
from services.portal.forms import unreadable
from services.portal.typed import NO, YES, body_of
from services.portal.typed import Input as Input
from services.portal.words import Words
from shared.problems import Problem

CONFIRMED = "confirmed"
"""The API's word for "right, although it looks odd": every question that it asks back takes it."""
SAME_PERSON = "same-person"
"""The API's code for a step with money that needs another person than an earlier one."""
_SHOWN_AS = {
    "money": "decimal",
    "money_1e4": "decimal",
    "number": "decimal",
    "integer": "decimal",
    "lines": "textarea",
    "moment": "text",
    "yes_no": "select",
}


@dataclass(frozen=True, slots=True)
class Command:
    """`name`: of its form, and of the word `done.NAME` that says that it is done; `path`: where it goes in the API.

    `fixed`: what the page knows and nobody types.
    """

    name: str
    title: str
    path: str
    inputs: Sequence[Input]
    submit: str
    note: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """A form that came back: its name, what was typed, and the faults by field; under "" those of no field."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return 422 if self.form else 200

    @property
    def said(self) -> list[str]:
        """What stands above the forms."""
        return [self.faults[""]] if self.faults.get("") else []


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was carried out, and what the API answered."""

    command: str
    answer: Mapping[str, Any]


def version(number: Any, name: str = "version") -> Input:
    """The version that the reader saw: a change made since is then a conflict and not lost."""
    return Input(name, "", "hidden", "" if number is None else str(number))


def forms(ask: Ask, commands: Sequence[Command], back: Returned) -> list[Form]:
    """The commands as forms; the one that came back has what was typed in it, and its faults."""
    return [_form(ask.words, each, back if back.form == each.name else Returned()) for each in commands]


def said(ask: Ask, back: Returned) -> list[str]:
    """What a page reads out first: what has just been done (`?done=`), or why it was not."""
    if back.form:
        return back.said
    done = f"done.{ask.query.get('done', '')}"
    return [ask.words(done)] if ask.words.has(done) else []


async def carried_out(
    ask: Ask,
    commands: Sequence[Command],
    form: Mapping[str, str],
    onward: Callable[[Done], str] | None = None,
) -> str | Returned:
    """Send the form; where to go on when it is done (this page again, if nothing else is said), or what came back.

    Raises Problem as `send` does.
    """
    match await send(ask, commands, form):
        case Done(name) as done:
            return ask.href(ask.path, done=name) if onward is None else onward(done)
        case back:
            return back


async def send(ask: Ask, commands: Sequence[Command], form: Mapping[str, str]) -> Done | Returned:
    """Carry out the form's command. Raises Problem for a reader who has none, for no form of ours, and for what no
    other input could mend (a session that has ended, a gateway that is away)."""
    w, name = ask.words, form.get("form", "")
    if not name:
        raise unreadable(w, 422, "invalid")
    command = next((each for each in commands if each.name == name), None)
    if command is None:  # the page has moved on since the form was opened
        return Returned(name, form, {"": w("command.gone")})
    body, faults = body_of(w, command.inputs, command.fixed, form)
    if form.get(CONFIRMED) == "yes":
        body[CONFIRMED] = True
    if faults:
        return Returned(name, form, faults)
    path = command.path
    for each in command.inputs:
        if each.in_path:
            path = path.replace(f"{{{each.name}}}", quote(str(body.pop(each.name)), safe=""))
    try:
        answer = await ask.api.post(path, body, form.get("form_key", ""))
    except Problem as refused:
        if refused.status in (401, 403) or refused.status >= 500:
            raise
        if refused.code == SAME_PERSON:
            return Returned(name, form, {"": _two_persons(w, refused)})
        return Returned(name, form, refusal(refused, {each.name for each in command.inputs}))
    return Done(name, answer)


def forbidden(words: Words, why: str = "") -> Problem:
    """For a form that the reader's role has not."""
    return Problem(
        403,
        "forbidden",
        words("problem.forbidden.title"),
        why or words("command.not_yours"),
        remedy=words("problem.forbidden.remedy"),
    )


def _two_persons(w: Words, refused: Problem) -> str:
    """Which two steps of the same money need two persons, and how to go on."""
    earlier, step = (w.code("step", refused.extra.get(name, "")) for name in ("earlier", "step"))
    return w("command.same_person", earlier=earlier, step=step)


def refusal(refused: Problem, known: set[str]) -> dict[str, str]:
    """The gateway's refusal, by field; what is about none of the known ones stands under the empty name."""
    told = " ".join(part for part in (refused.detail, refused.remedy) if part)
    if refused.extra.get("confirm") == CONFIRMED or refused.code == "confirm-amount":
        return {CONFIRMED: refused.detail, "": refused.detail}
    faults: dict[str, str] = {}
    for each in refused.errors or [{"where": refused.where or "", "why": told}]:
        named = str(each.get("where", "")).removeprefix("body.")
        place = next((one for one in (named, named.partition(".")[0]) if one in known), "")
        faults[place] = " ".join(filter(None, (faults.get(place), str(each.get("why", told)))))
    return faults


def _form(w: Words, command: Command, back: Returned) -> Form:
    fields = [_field(w, each, back) for each in command.inputs]
    if CONFIRMED in back.faults:
        fields.append(Field(CONFIRMED, w("command.confirm"), "", "checkbox", hint=back.faults[CONFIRMED]))
    return Form(command.name, command.title, fields, command.submit, note=command.note, danger=command.danger)


def _field(w: Words, each: Input, back: Returned) -> Field:
    typed = back.typed.get(each.name, "") if back.form else each.typed
    return Field(
        each.name,
        each.label,
        typed,
        _SHOWN_AS.get(each.kind, each.kind),  # type: ignore[arg-type]
        hint=each.hint,
        fault=back.faults.get(each.name, ""),
        required=each.required,
        options=each.options or (_yes_no(w) if each.kind == "yes_no" else ()),
    )


def _yes_no(w: Words) -> list[tuple[str, str]]:
    return [("", w("command.choose")), (YES, w("word.yes")), (NO, w("word.no"))]
