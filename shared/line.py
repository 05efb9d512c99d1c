"""What a consumer is delivered, checked against the checkpoint: sequence by sequence, hash by hash."""

from collections.abc import Sequence

from nats.aio.msg import Msg

from shared.checkpoint import Checkpoint
from shared.envelope import Envelope, EnvelopeError


class LineStopped(Exception):
    """Why the line stands; retried, because what is wrong may be mended."""


class Reopen(Exception):
    """The consumer's place and the checkpoint's differ: open another at the checkpoint."""


class Line:
    """Checks what a consumer delivers against the checkpoint: sequence by sequence, hash by hash."""

    def __init__(self, source: str, stream: str, checkpoint: Checkpoint) -> None:
        self._source = source
        self._stream = stream
        self._position = checkpoint.position
        self._hash = checkpoint.hash.hex()
        self._delivered = 0
        self._fault: Exception | None = None

    def take(self, messages: Sequence[Msg]) -> list[Envelope]:
        """The envelopes that continue the line, up to the first fault; see `raise_fault`."""
        taken: list[Envelope] = []
        for message in messages:
            try:
                envelope = self._next(message)
            except (LineStopped, Reopen) as fault:
                self._fault = fault
                break
            if envelope is not None:
                taken.append(envelope)
        return taken

    def raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _next(self, message: Msg) -> Envelope | None:
        place = message.metadata.sequence
        sequence = place.stream
        lost_on_the_way = place.consumer != self._delivered + 1
        self._delivered = place.consumer
        if sequence < self._position:
            return None
        if sequence > self._position + 1:
            if lost_on_the_way:
                raise Reopen(f"{self._position + 1} expected, {sequence} delivered")
            # The server counts what it delivers: it went from one message to the other without a step.
            raise LineStopped(
                f"{self._stream} has no message {self._position + 1}: the next one is {sequence}. "
                "See the runbook, 'hole in a domain stream'"
            )
        try:
            envelope = Envelope.decode(message.data)
        except EnvelopeError as error:
            raise LineStopped(f"{self._stream} at {sequence}: {error}") from error
        if envelope.sequence != sequence or envelope.source != self._source:
            raise LineStopped(
                f"{self._stream} at {sequence} holds event {envelope.sequence} of {envelope.source!r}"
            )
        if sequence == self._position:
            if envelope.hash != self._hash:
                raise LineStopped(two_histories(self._stream, sequence, self._hash, envelope.hash))
            return None
        if envelope.previoushash != self._hash:
            raise LineStopped(two_histories(self._stream, self._position, self._hash, envelope.previoushash))
        self._position, self._hash = sequence, envelope.hash
        return envelope


def two_histories(where: str, position: int, ours: str, theirs: str) -> str:
    """The message about diverging histories: the hash that a projection has seen differs from its stream's."""
    return (
        f"at {position} the projection has seen hash {ours[:16] or 'none'}, {where} has {theirs[:16] or 'none'}: "
        "the source's log was restored or exchanged. See the runbook, 'two histories'"
    )
