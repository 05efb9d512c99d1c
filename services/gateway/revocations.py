"""Revoked access: whose tokens hold no longer, whoever issued them, as assessment's log says.

A token can't be taken back by whoever verifies it alone, so its end is told: the event AccessRevoked goes through the
log, so it is kept for ever, and reaches every gateway over the broker in the moment in which it is committed. Until the
list is read to its end once, nobody is let in.
"""

from collections.abc import Callable, Sequence

import msgspec
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import DeliverPolicy

from shared.envelope import Envelope, EnvelopeError
from shared.health import OK, Check
from shared.problems import Problem, unavailable
from shared.pull import ConsumerGone, Followed, follow

STREAM, SUBJECT = "ASSESSMENT", "assessment.AccessRevoked"
_LOG = Followed(STREAM, SUBJECT, DeliverPolicy.ALL, "gateway-revoked")
_RETRY_S = 0.5
log = structlog.get_logger("gateway")


class AccessRevoked(msgspec.Struct, frozen=True):
    """What is read of the event. `issued_until`: epoch seconds of system time."""

    person: str
    issued_until: int


class Revocations:
    """Until when each person's tokens were revoked. `changed` is called after each that comes in."""

    def __init__(self, changed: Callable[[], None] = lambda: None, *, complete: bool = False) -> None:
        """`complete`: the list is empty and nothing will come, where the gateway runs without a broker."""
        self._until: dict[str, int] = {}
        self._changed = changed
        self._complete = complete
        self._followed = complete

    def check(self, person: str, issued_at: int) -> None:
        """Raises Problem 401 for a token that was revoked, 503 while the list isn't known."""
        if not self._complete:
            raise unavailable("Whose access was revoked isn't known yet.")
        if issued_at <= self._until.get(person, -1):
            raise Problem(
                401,
                "revoked",
                "Access was revoked",
                "This token was revoked.",
                where="Authorization",
                remedy="Get a new token from the issuer; if it gives you none, ask the operators.",
            )

    def take(self, raw: bytes) -> None:
        """Remember one event. One that can't be read is an error in the log and changes nothing."""
        try:
            event = msgspec.convert(Envelope.decode(raw).data, AccessRevoked)
        except (EnvelopeError, msgspec.ValidationError) as error:
            log.error("a revocation could not be read", error=str(error))
            return
        if event.issued_until > self._until.get(event.person, -1):
            self._until[event.person] = event.issued_until
            self._changed()

    def health(self) -> Check:
        """Failing until the list is known: degraded while it isn't followed."""
        if not self._complete:
            return Check("failing", "whose access was revoked isn't known yet")
        return OK if self._followed else Check("degraded", "revocations of access arrive late")

    async def run(self, js: JetStreamContext) -> None:
        """Follow the log until cancelled; whatever fails is tried again."""
        await follow(js, _LOG, self._take_all, self._lost, _RETRY_S)

    def _take_all(self, messages: Sequence[Msg], left: int) -> None:
        for message in messages:
            self.take(message.data)
        if left <= 0:
            self._complete = self._followed = True

    def _lost(self, error: Exception) -> None:
        if isinstance(error, ConsumerGone):
            log.info("the reader of revocations is opened again", reason=str(error))
        elif self._followed or not self._complete:
            log.warning("revocations of access can't be read", error=repr(error))
        self._followed = False
