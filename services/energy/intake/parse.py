"""From JSON to columns: shape and limits by msgspec, values exact to 1e-6 of their unit without going through floats.

A value is rounded half to even at the sixth decimal, here and nowhere else; a time to whole seconds (half up). A
value that no meter can show, and a time that no calendar has, are passed on as extreme ones with the text that was
sent, and quarantined by the worker, so that they block nothing. What isn't written as a number is refused.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta, Struct

from services.energy.common.scale import EXTREME, VALUE_DECIMALS, VOID, value_of
from services.energy.readings import ranks
from services.energy.readings.wire import Ints, Post, column, index_column
from shared import numerals
from shared.problems import Problem

MOST = 5_000
EXTREME_TIME = 2**40
_SHOWN = 64
"""Characters that are kept of a value or time that no column can hold."""
_MILLISECONDS = (946_684_800_000, 4_102_444_800_000)
"""2000 to 2099 in milliseconds since the epoch. As seconds they would lie 28,000 years ahead and more."""
_SCALE = float(10**VALUE_DECIMALS)
_CERTAIN_BELOW = 2.0**50
_NEAR = 0.25
_TOO_LARGE = Decimal(EXTREME).scaleb(-VALUE_DECIMALS)

# No `pattern` here: two decoders that share one crash the interpreter at its end (msgspec 0.22.0).
Text = Annotated[str, Meta(min_length=1, max_length=64)]
Time = int | float | Annotated[datetime, Meta(tz=True)]
Quality = Literal["N", "S", "F", "D", "T", "B", "M", "C"]


class _Options(Struct, kw_only=True, forbid_unknown_fields=True):
    """What holds for the whole batch."""

    unit: Annotated[str, Meta(max_length=16)] = ""
    kind: Literal["", "register", "interval"] = ""
    label: Literal["end", "start"] = "end"
    interval_seconds: Annotated[int, Meta(ge=0, le=31_622_400)] = 0
    statistic_type: Annotated[int, Meta(ge=0, le=3)] = 0
    correction: bool = False
    reported_at: Annotated[datetime, Meta(tz=True)] | None = None


class _Row(Struct, kw_only=True, forbid_unknown_fields=True):
    meter: Text
    time: Time
    value: float | str | None
    quality: Quality = "N"


class _ExactRow(_Row, kw_only=True, forbid_unknown_fields=True):
    value: msgspec.Raw  # type: ignore[assignment]


class _Columns(Struct, kw_only=True, forbid_unknown_fields=True):
    meter: Annotated[list[Text], Meta(min_length=1, max_length=MOST)] | Text
    time: Annotated[list[Time], Meta(min_length=1, max_length=MOST)]
    value: Annotated[list[float | str | None], Meta(min_length=1, max_length=MOST)]
    quality: Annotated[list[Quality], Meta(max_length=MOST)] = []


class _ExactColumns(_Columns, kw_only=True, forbid_unknown_fields=True):
    value: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST)]  # type: ignore[assignment]


class _Body(_Options, kw_only=True, forbid_unknown_fields=True):
    readings: Annotated[list[_Row], Meta(min_length=1, max_length=MOST)] | None = None
    columns: _Columns | None = None


class _ExactBody(_Body, kw_only=True, forbid_unknown_fields=True):
    readings: list[_ExactRow] | None = None  # type: ignore[assignment]
    columns: _ExactColumns | None = None


_decoder = msgspec.json.Decoder(_Body)
_exact_decoder = msgspec.json.Decoder(_ExactBody)
_METER = re.compile(r"[^\s\x00-\x1f\x7f]+")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sent it, when it came, and under which receipt."""

    enterprise: str
    receipt: bytes
    received_at: int
    traceparent: str


def parse(body: bytes, origin: Origin) -> Post:
    """The POST in columns. Raises Problem 400 (not JSON) or 422 (names the reading and the reason)."""
    found = _decode(body)
    _check_options(found)
    columns = _columns(found)
    meters, which = _meters(columns.meter, len(columns.time))
    count = len(columns.time)
    for name in ("meter", "value", "quality"):
        values = getattr(columns, name)
        if isinstance(values, list) and values and len(values) != count:
            raise _invalid(f"columns.{name}", f"has {len(values)} entries, and columns.time has {count}")
    as_sent: dict[int, tuple[str, str]] = {}
    times = _times(columns.time, as_sent)
    if found.label == "start":
        times += found.interval_seconds
    values = _values(columns.value, found.correction, body, as_sent)
    quality = "".join(columns.quality)
    return Post(
        receipt=origin.receipt,
        enterprise=origin.enterprise,
        received_at=origin.received_at,
        meters=meters,
        which=index_column(which),
        t=column(times),
        v=column(values),
        statistic_type=found.statistic_type,
        rank=0 if found.reported_at is None else _rank(found.reported_at, origin.received_at),
        unit=found.unit,
        kind=found.kind,
        interval_seconds=found.interval_seconds,
        quality="" if set(quality) <= {"N"} else quality,
        traceparent=origin.traceparent,
        as_sent=as_sent,
    )


def _decode(
    body: bytes, decoder: "msgspec.json.Decoder[_Body] | msgspec.json.Decoder[_ExactBody]" = _decoder
) -> _Body:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        text = str(error)
        if decoder is _decoder and text.startswith("Number out of range"):
            return _decode(body, _exact_decoder)
        place = _PLACE.search(text)
        raise _invalid(place.group(1) if place else "body", _PLACE.sub("", text)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(
            400,
            "not-json",
            "Not JSON",
            f"The body is not JSON: {error}",
            where="body",
            remedy='Send {"readings": [{"meter": …, "time": …, "value": …}]} as UTF-8.',
        ) from error


def _check_options(found: _Body) -> None:
    if (found.readings is None) == (found.columns is None):
        raise _invalid("body", "needs either `readings` or `columns`")
    if found.label == "start" and not (found.kind == "interval" and found.interval_seconds):
        raise _invalid(
            "label",
            "`start` needs kind `interval` and interval_seconds: a register is read at a moment, and an "
            "interval's end can't be known without its length",
        )
    if found.correction != (found.reported_at is not None):
        raise _invalid(
            "reported_at",
            "a correction, and nothing else, says when it was reported: so that it can be sent again and "
            "stays the same correction",
        )


def _columns(found: _Body) -> _Columns:
    if found.columns is not None:
        return found.columns
    rows = found.readings or []
    return _Columns(
        meter=[row.meter for row in rows],
        time=[row.time for row in rows],
        value=[row.value for row in rows],
        quality=[row.quality for row in rows],
    )


def _meters(column: list[str] | str, count: int) -> tuple[list[str], Ints]:
    named = [column] if isinstance(column, str) else column
    numbers: dict[str, int] = {}
    which = [numbers.setdefault(meter, len(numbers)) for meter in named]
    for meter in numbers:
        if not _METER.fullmatch(meter):
            raise _invalid(
                f"readings[{named.index(meter)}].meter", f"{meter!r} holds white space or control characters"
            )
    return list(numbers), np.zeros(count, np.int64) if isinstance(column, str) else np.array(which, np.int64)


def _times(column: list[Any], as_sent: dict[int, tuple[str, str]]) -> Ints:
    """Whole epoch seconds, half up; whole numbers of the size of milliseconds are taken as such.

    What no calendar reaches is passed on as an extreme with its text, and quarantined.
    """
    seconds = [each.timestamp() if isinstance(each, datetime) else each for each in column]
    try:
        found = np.array(seconds, np.float64)
    except OverflowError:  # JSON's integers may be longer than any float
        found = np.array([max(-EXTREME, min(EXTREME, each)) for each in seconds], np.float64)
    millis = (found >= _MILLISECONDS[0]) & (found < _MILLISECONDS[1])
    found = np.where(millis, found / 1000, found)
    for n in np.flatnonzero(np.abs(found) >= EXTREME_TIME).tolist():
        as_sent[n] = (_shown(str(column[n])), "")
    return np.floor(np.clip(found, -EXTREME_TIME, EXTREME_TIME) + 0.5).astype(np.int64)


def _values(column: list[Any], correction: bool, body: bytes, as_sent: dict[int, tuple[str, str]]) -> Ints:
    """Values in 1e-6, exact. Numbers take the fast way where a float leaves no doubt about the rounding."""
    if all(type(value) is float for value in column):
        scaled = np.array(column, np.float64) * _SCALE
        nearest = np.rint(scaled)
        # Below 2^50 the error of a float times 1e6 is under a quarter: within another quarter of a whole number the
        # rounding is certain.
        if bool(((np.abs(scaled) < _CERTAIN_BELOW) & (np.abs(scaled - nearest) < _NEAR)).all()):
            # −1 stands for a void: a negative value is impossible in any case.
            return np.where(nearest < 0, -EXTREME, nearest).astype(np.int64)
    if not isinstance(column[0], msgspec.Raw):
        column = _columns(_decode(body, _exact_decoder)).value
    found = np.zeros(len(column), np.int64)
    for n, raw in enumerate(column):
        text = _text(raw, f"readings[{n}].value")
        if text is None:
            if not correction:
                raise _invalid(
                    f"readings[{n}].value", "is null, which only a correction may say (to void a reading)"
                )
            found[n] = VOID
            continue
        found[n] = _exactly(_number(text, f"readings[{n}].value"))
        if abs(found[n]) == EXTREME:
            as_sent[n] = (as_sent.get(n, ("",))[0], _shown(text))
    return found


def _text(raw: Any, where: str) -> str | None:
    """A value as it is written in the body; None for null."""
    written = bytes(raw)
    if written == b"null":
        return None
    if written[:1] == b'"':
        text: str = msgspec.json.decode(written, type=str)
        return text
    if written[:1] in b"-0123456789":
        return written.decode()
    raise _invalid(where, "is neither a number nor the text of one")


def _number(text: str, where: str) -> Decimal:
    """What the text says; NaN, infinity and what Decimal can't hold are no quantity, and become NaN."""
    if numerals.is_no_number(text):
        return Decimal("NaN")
    if not numerals.is_number(text):
        raise _invalid(where, f"{text[:40]!r} is not a number: digits 0 to 9, a point, an exponent")
    try:
        return numerals.decimal(text)
    except ValueError:
        return Decimal("NaN")


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _exactly(value: Decimal) -> int:
    # Compared as it is: arithmetic on a value of any exponent could overflow.
    if not value.is_finite() or not -_TOO_LARGE < value < _TOO_LARGE:
        return -EXTREME if value.is_signed() else EXTREME
    found = value_of(value)
    return -EXTREME if found < 0 else found


def _rank(reported_at: datetime, received_at: int) -> int:
    rank = int(reported_at.timestamp()) * 1_000_000 + reported_at.microsecond
    if rank <= 0 or rank > received_at + 300_000_000:
        raise _invalid("reported_at", "lies ahead of the clock")
    return ranks.correction(rank)


def _invalid(where: str, why: str) -> Problem:
    return Problem(
        422,
        "invalid-readings",
        "Invalid readings",
        f"{where}: {why}",
        where=where,
        remedy="Correct the batch and send it again; none of it was taken.",
        errors=[{"where": where, "why": why}],
    )
