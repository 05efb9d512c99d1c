"""Assessment's events as this service reads them: with the fields that it uses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from shared.consumer import NewerSchema
from shared.envelope import Envelope

Read = TypeVar("Read", bound=msgspec.Struct)


def read(envelopes: Sequence[Envelope], readers: Mapping[str, type[Read]]) -> Iterator[tuple[Read, int]]:
    """The events of the types in `readers`, each with its place in the stream; others are passed over.

    Raises NewerSchema for a version that this service doesn't know yet.
    """
    for envelope in envelopes:
        reader = readers.get(envelope.type)
        if reader is None:
            continue
        if envelope.schemaversion > 1:
            raise NewerSchema(f"{envelope.type} v{envelope.schemaversion}: this reader knows v1")
        yield msgspec.convert(envelope.data, reader, strict=False), envelope.sequence
