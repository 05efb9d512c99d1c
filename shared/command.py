"""What a decision is made of, with the standard library alone: a command, what only the server knows, a state, events.

A command is one frozen record: the public request is checked against its fields and documented from them
(`shared.values` limits them), and the same record is decided on. What a caller can't say stands beside it in `Given`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, Generic, Literal, TypeVar, dataclass_transform

T = TypeVar("T")
S = TypeVar("S")
C = TypeVar("C")
G = TypeVar("G")
E = TypeVar("E")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def command(
    *,
    example: Mapping[str, Any] | None = None,
    called: Mapping[str, str] | None = None,
    extra: Literal["forbid", "ignore"] = "forbid",
) -> Callable[[type[T]], type[T]]:
    """Makes a class a command: frozen, its fields given by name. `example`: a request as the documentation shows it.

    `called`: what the request calls a field whose name Python or the class has taken (`from`, `date`).

    The class's docstring and its fields in their order are the public request's. A field that isn't one of them is
    refused before the command is decided on, so that a misspelt one can't pass for one that was left out; `extra`
    ignore: it is for somebody else who is sent the same.
    """

    def made(cls: type[T]) -> type[T]:
        config: dict[str, Any] = {"extra": extra}
        if example is not None:
            config["json_schema_extra"] = {"examples": [dict(example)]}
        if called is not None:
            config["alias_generator"] = lambda name: called.get(name, name)
        cls.__pydantic_config__ = config  # type: ignore[attr-defined]
        return dataclass(frozen=True, slots=True, kw_only=True)(cls)

    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What only the server knows of a command. A feature that needs more of the world adds fields to it.

    `today`: the Clock's day in China. `by`: the subject of the caller's token.
    """

    today: date
    by: str


Held = TypeVar("Held", covariant=True)
Beside = TypeVar("Beside", covariant=True)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Held, Beside]):
    """A command with what is given beside it."""

    command: Held
    given: Beside


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, E]):
    """An aggregate as three values: where it starts, what it decides, how facts change it."""

    initial: S
    decide: Callable[[C, S], Sequence[E]]
    evolve: Callable[[S, E], S]

    def fold(self, events: Sequence[E], state: S | None = None) -> S:
        return reduce(self.evolve, events, self.initial if state is None else state)


def decider(
    initial: S, decide: Callable[[C, S, G], Sequence[E]], evolve: Callable[[S, E], S]
) -> Decider[S, Asked[C, G], E]:
    """The decider of a feature, whose `decide` takes a command, the state, and what is given."""
    return Decider(initial, lambda asked, state: decide(asked.command, state, asked.given), evolve)
