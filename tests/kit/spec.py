"""The three words in which a decider is tested.

    given(DECIDER, Registered(...)).when(Start(...)).then(Started(...))
    given(DECIDER).when(Start(...)).rejects("no such project")
    given(DECIDER, Registered(...)).when(Register(...)).changes_nothing()
    given(FEATURES, Held(...)).when(Settle(...), KNOWN).then(Settled(...))

`when` decides at once; the third word says what must have come of it. Whatever is decided is also evolved,
so that no decider can make a fact that it doesn't understand. Beside a feature's command stands what is given with it.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pprint import pformat
from typing import Any, Generic, TypeVar

from shared.command import Asked, Decider

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Given(Generic[S, C, E]):
    """A history, waiting for a command."""

    decider: Decider[S, C, E]
    history: tuple[E, ...]

    def when(self, command: Any, known: Any = None) -> "Outcome[S, E]":
        """Decide `command` on the history. A refusal is kept for `rejects`; any other error is raised."""
        state = self.decider.fold(self.history)
        asked: Any = command if known is None else Asked(command, known)
        try:
            events = tuple(self.decider.decide(asked, state))
        except Exception as error:
            if not isinstance(getattr(error, "detail", None), str):
                raise
            return Outcome(command, (), error, state)
        return Outcome(command, events, None, self.decider.fold(events, state))

    @property
    def state(self) -> S:
        """The history folded."""
        return self.decider.fold(self.history)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[S, E]):
    """What a command led to: events, or a refusal. `state` is what holds afterwards."""

    command: object
    events: tuple[E, ...]
    refusal: Exception | None
    state: S

    def then(self, *expected: E) -> S:
        """Exactly these events, in this order. Answers the state after them."""
        __tracebackhide__ = True
        if not expected:
            raise AssertionError("then() names the expected events; for none, say changes_nothing()")
        self._not_refused()
        if self.events != expected:
            raise AssertionError(
                f"{self.command!r}\nled to other events (- expected, + actual):\n"
                + _difference(expected, self.events)
            )
        return self.state

    def changes_nothing(self) -> S:
        """Accepted, without any event."""
        __tracebackhide__ = True
        self._not_refused()
        if self.events:
            raise AssertionError(f"{self.command!r}\nshould change nothing, but:\n{pformat(self.events)}")
        return self.state

    def rejects(self, why: str, *, code: str | None = None) -> Exception:
        """Refused, and the refusal's detail contains `why`. Answers the refusal."""
        __tracebackhide__ = True
        if not why:
            raise AssertionError("rejects() needs a part of the reason")
        if self.refusal is None:
            outcome = pformat(self.events) if self.events else "accepted, nothing changed"
            raise AssertionError(f"{self.command!r}\nshould be refused with {why!r}, but:\n{outcome}")
        detail = str(getattr(self.refusal, "detail", ""))
        if why not in detail:
            raise AssertionError(f"refused with {detail!r},\nwhich doesn't say {why!r}")
        actual = getattr(self.refusal, "code", None)
        if code is not None and actual != code:
            raise AssertionError(f"refused with code {actual!r}, not {code!r} ({detail!r})")
        return self.refusal

    def _not_refused(self) -> None:
        __tracebackhide__ = True
        if self.refusal is not None:
            raise AssertionError(
                f"{self.command!r}\nwas refused: {getattr(self.refusal, 'detail', self.refusal)}"
            )


def given(decider: Decider[S, C, E], *history: E) -> Given[S, C, E]:
    """The facts so far; none means: as things start."""
    return Given(decider, history)


def _difference(expected: Sequence[object], actual: Sequence[object]) -> str:
    return "\n".join(
        difflib.ndiff(pformat(expected, width=100).splitlines(), pformat(actual, width=100).splitlines())
    )
