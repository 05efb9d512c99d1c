"""Moments in answers are told in China's time, +08:00: what was done at 2013-10-01T16:30Z was done on 2 October.

Services answer in UTC, as their logs have it. Here, where every public answer passes, the fields that the operation's
contract calls date-times are written anew: the same instant with another offset. Other texts stay as they are, also
those that look like a moment, such as what a device sent.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from services.gateway.contracts import OperationContract, contract
from shared.clock import CHINA

_UTC = rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|\+00:00)"


def local_times(service: str, operation: str, answer: bytes) -> bytes:
    """The answer of an operation, as JSON, with its moments in China's time."""
    written = _moments(service, operation)
    return answer if written is None else written.sub(_local, answer)


@cache
def _moments(service: str, operation: str) -> re.Pattern[bytes] | None:
    """Where an answer has moments. A quoted name with a quoted value behind it is never inside a text, where both
    quotes would be escaped."""
    names = sorted(set(moment_fields(contract(service, operation))))
    if not names:
        return None
    fields = "|".join(map(re.escape, names)).encode()
    return re.compile(rb'("(?:' + fields + rb')": ?")' + _UTC + rb'(?=")')


def _local(found: re.Match[bytes]) -> bytes:
    name, moment, fraction = found.groups()
    try:
        here = datetime.fromisoformat(f"{moment.decode()}+00:00").astimezone(CHINA)
    except (ValueError, OverflowError):  # beyond what a calendar has: as it came
        return found.group()
    return b"%b%b%b+08:00" % (name, here.isoformat()[:19].encode(), fraction or b"")


def moment_fields(operation: OperationContract) -> Iterator[str]:
    """The names of the fields that hold a moment, at any depth of the answer."""
    return (name for name, schema in fields_of(operation) if is_moment(schema))


def is_moment(schema: dict[str, Any]) -> bool:
    return schema.get("format") == "date-time" or any(map(is_moment, schema.get("anyOf", ())))


def fields_of(operation: OperationContract) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of the answer with its schema, at any depth; each model once."""
    seen: set[str] = set()

    def within(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        if reference := schema.get("$ref"):
            if reference not in seen:
                seen.add(reference)
                yield from within(operation.resolve(schema))
            return
        for name, each in schema.get("properties", {}).items():
            yield name, each
            yield from within(each)
        inner = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
        for each in (*inner, schema.get("items"), schema.get("additionalProperties")):
            if isinstance(each, dict):
                yield from within(each)

    return within(operation.response)
