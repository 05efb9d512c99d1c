"""Revoked access: which persons' tokens no longer hold, according to the log of assessment.

The signature of a revoked token stays valid, so gateways must be told: the event AccessRevoked is kept in the log for
ever and reaches every gateway over the broker as soon as it is committed. Until a gateway has read the stream to its
end once, it lets nobody in.
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
    """The fields that the gateway reads of the event. `issued_until`: epoch seconds of system time."""

    person: str
    issued_until: int


class Revocations:
    """Per person, the issue time up to which tokens are revoked. `changed` is called after every revocation."""

    def __init__(self, changed: Callable[[], None] = lambda: None, *, complete: bool = False) -> None:
        """`complete`: the empty list is final, because the gateway runs without a broker."""
        self._until: dict[str, int] = {}
        self._changed = changed
        self._complete = complete
        self._followed = complete

    def check(self, person: str, issued_at: int) -> None:
        """Raises Problem 401 for a revoked token, 503 until the stream has been read once."""
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
        """Applies one event. An unreadable event is logged as an error and otherwise ignored."""
        try:
            event = msgspec.convert(Envelope.decode(raw).data, AccessRevoked)
        except (EnvelopeError, msgspec.ValidationError) as error:
            log.error("a revocation could not be read", error=str(error))
            return
        if event.issued_until > self._until.get(event.person, -1):
            self._until[event.person] = event.issued_until
            self._changed()

    def health(self) -> Check:
        """Health: failing until the stream has been read once, degraded while it isn't being followed."""
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
