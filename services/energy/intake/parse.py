"""From JSON to columns: shape and limits by msgspec, values exact to 1/1000 without going through floats.

A value is rounded half to even at the third decimal, here and nowhere else; a time to whole seconds (half up). A
value that no meter can show is passed on as an extreme one and quarantined by the worker, so that it blocks nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import numpy as np
from msgspec import Meta, Struct

from services.energy.readings.wire import VOID, Ints, Post, column, index_column
from shared.problems import Problem

MOST = 5_000
EXTREME = 2**62
_EXACT_BELOW = 2.0**33
_TIE = 0.49

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
    value: Decimal | None  # type: ignore[assignment]


class _Columns(Struct, kw_only=True, forbid_unknown_fields=True):
    meter: Annotated[list[Text], Meta(min_length=1, max_length=MOST)] | Text
    time: Annotated[list[Time], Meta(min_length=1, max_length=MOST)]
    value: Annotated[list[float | str | None], Meta(min_length=1, max_length=MOST)]
    quality: Annotated[list[Quality], Meta(max_length=MOST)] = []


class _ExactColumns(_Columns, kw_only=True, forbid_unknown_fields=True):
    value: Annotated[list[Decimal | None], Meta(max_length=MOST)]  # type: ignore[assignment]


class _Body(_Options, kw_only=True, forbid_unknown_fields=True):
    readings: Annotated[list[_Row], Meta(min_length=1, max_length=MOST)] | None = None
    columns: _Columns | None = None


class _ExactBody(_Body, kw_only=True, forbid_unknown_fields=True):
    readings: list[_ExactRow] | None = None  # type: ignore[assignment]
    columns: _ExactColumns | None = None


_B = TypeVar("_B", bound=_Body)

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
    found = _decode(_decoder, body)
    _check_options(found)
    columns = _columns(found)
    meters, which = _meters(columns.meter, len(columns.time))
    count = len(columns.time)
    for name in ("meter", "value", "quality"):
        values = getattr(columns, name)
        if isinstance(values, list) and values and len(values) != count:
            raise _invalid(f"columns.{name}", f"has {len(values)} entries, and columns.time has {count}")
    times = _times(columns.time)
    if found.label == "start":
        times += found.interval_seconds
    values = _thousandths(columns.value, found.correction, body)
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
    )


def _decode(decoder: "msgspec.json.Decoder[_B]", body: bytes) -> _B:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        text = str(error)
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


def _times(column: list[Any]) -> Ints:
    """Whole epoch seconds, half up. What no calendar reaches is passed on as an extreme and quarantined."""
    seconds = [each.timestamp() if isinstance(each, datetime) else each for each in column]
    limit = float(2**40)
    return np.floor(np.clip(np.array(seconds, np.float64), -limit, limit) + 0.5).astype(np.int64)


def _thousandths(column: list[Any], correction: bool, body: bytes) -> Ints:
    """Values in 1/1000, exact. Numbers take the fast way where a float leaves no doubt about the rounding."""
    if any(value is None for value in column) and not correction:
        where = next(n for n, value in enumerate(column) if value is None)
        raise _invalid(
            f"readings[{where}].value", "is null, which only a correction may say (to void a reading)"
        )
    if all(type(value) is float for value in column):
        scaled = np.array(column, np.float64) * 1000
        nearest = np.rint(scaled)
        # The error of a float below 2^33 × 1000 is under 2^-9: away from a tie the rounding is certain.
        if bool(((np.abs(scaled) < _EXACT_BELOW * 1000) & (np.abs(scaled - nearest) < _TIE)).all()):
            # −1 stands for a void: a negative value is impossible in any case.
            return np.where(nearest < 0, -EXTREME, nearest).astype(np.int64)
    exact = _columns(_decode_exact(body, column)).value
    return np.array([VOID if value is None else _exactly(value) for value in exact], np.int64)


def _decode_exact(body: bytes, column: list[Any]) -> _Body:
    """The same body with its numbers as they are written."""
    for n, value in enumerate(column):
        if isinstance(value, str):
            try:
                Decimal(value)
            except InvalidOperation:
                raise _invalid(f"readings[{n}].value", f"{value[:40]!r} is not a number") from None
    return _decode(_exact_decoder, body)


def _exactly(value: Any) -> int:
    if not value.is_finite() or abs(value) >= 10**15:
        return -EXTREME if value.is_signed() else EXTREME
    thousandths = int((value * 1000).to_integral_value(rounding="ROUND_HALF_EVEN"))
    return -EXTREME if thousandths < 0 else thousandths


def _rank(reported_at: datetime, received_at: int) -> int:
    rank = int(reported_at.timestamp()) * 1_000_000 + reported_at.microsecond
    if rank <= 0 or rank > received_at + 300_000_000:
        raise _invalid("reported_at", "lies ahead of the clock")
    return rank


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
