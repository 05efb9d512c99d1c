"""What was typed into a form, as the API takes it: each value by its kind, in its place of the body, or its fault."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from services.portal import numbers
from services.portal.words import Words
from shared.clock import CHINA

Kind = Literal[
    "text", "textarea", "lines", "money", "money_1e4", "number", "integer", "date", "moment", "select", "yes_no",
    "checkbox", "hidden",
]  # fmt: skip
YES, NO = "yes", "no"
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Input:
    """One value of a command.

    `name` is its place in the body: `items.0.points` is the first item's points. A `money` is typed in 亿元,
    a `money_1e4` in 万元, both are sent in yuan; `lines` is a list, one entry a line; a `moment` is in China;
    `hidden` is the number of a version seen. A checkbox sends true when it is ticked, or with `into` adds `value` to
    the list of that name. A `yes_no` has to be chosen. `in_path`: it stands in the command's path, as {name}, and
    not in its body.
    """

    name: str
    label: str
    kind: Kind = "text"
    typed: str = ""
    hint: str = ""
    required: bool = False
    options: Sequence[tuple[str, str]] = ()
    into: str = ""
    value: str = ""
    in_path: bool = False


def body_of(
    w: Words, inputs: Sequence[Input], fixed: Mapping[str, Any], form: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The command's body, and what is wrong with what was typed, by field."""
    found: dict[str, Any] = dict(fixed)
    faults: dict[str, str] = {}
    for each in inputs:
        typed = form.get(each.name, "")
        given = " ".join(typed.split())  # the API takes texts of one line
        if each.into:
            if given == "yes":
                found.setdefault(each.into, []).append(each.value)
        elif not given:
            if each.required:
                faults[each.name] = w("command.missing", what=each.label)
        else:
            found[each.name], fault = _read(w, each, given, typed)
            if fault:
                faults[each.name] = fault
    return nested(found), faults


def nested(found: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as objects and lists: {"a.0.b": 1} is {"a": [{"b": 1}]}."""
    made: dict[str, Any] = {}
    for name, value in found.items():
        *above, last = name.split(".")
        place = made
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    plain: dict[str, Any] = _listed(made)
    return plain


def _listed(made: Any) -> Any:
    if not isinstance(made, dict):
        return made
    inside = {name: _listed(value) for name, value in made.items()}
    if inside and all(name.isdecimal() for name in inside):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside


def _read(w: Words, each: Input, given: str, typed: str) -> tuple[Any, str]:
    """A value as the API takes it, or why it is none."""
    shown = given[:_LONGEST_SHOWN]
    match each.kind:
        case "money" | "money_1e4":
            scale = numbers.TYPED_1E8 if each.kind == "money" else numbers.TYPED_1E4
            amount = numbers.yuan(given, scale)
            word = "command.amount_wrong" if each.kind == "money" else "command.amount_1e4_wrong"
            return (None, w(word, given=shown)) if amount is None else (f"{amount:f}", "")
        case "number":
            number = numbers.typed_number(given)
            return (None, w("command.number_wrong", given=shown)) if number is None else (f"{number:f}", "")
        case "integer":
            number = numbers.typed_number(given)
            if number is None or number != number.to_integral_value() or abs(number) > Decimal(10**9):
                return None, w("command.integer_wrong", given=shown)
            return int(number), ""
        case "date":
            try:
                return date.fromisoformat(given).isoformat(), ""
            except ValueError:
                return None, w("command.day_wrong", given=shown)
        case "moment":
            return _moment(w, given, shown)
        case "select":
            known = given in {value for value, _ in each.options}
            return (given, "") if known else (None, w("command.choice_wrong", given=shown))
        case "hidden":
            return (int(given), "") if given.isdecimal() and given.isascii() else (None, w("command.gone"))
        case "lines":
            return [line for line in (" ".join(each.split()) for each in typed.splitlines()) if line], ""
        case "yes_no":
            known = given in (YES, NO)
            return (given == YES, "") if known else (None, w("command.choice_wrong", given=shown))
        case "checkbox":
            return given == YES, ""
        case _:
            return given, ""


def _moment(w: Words, given: str, shown: str) -> tuple[Any, str]:
    """2013-09-30 08:15 in China, or with an offset of its own; to the second."""
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        return None, w("command.moment_wrong", given=shown)
    if found.tzinfo is None:
        found = found.replace(tzinfo=CHINA)
    return found.isoformat(timespec="seconds"), ""


def options_of(w: Words, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices of a select from which one has to be made: none is made beforehand, unless there is only one."""
    found = list(pairs)
    return found if len(found) == 1 else [("", w("command.choose")), *found]
