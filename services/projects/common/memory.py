"""Caches reference data for the length of a batch: ten thousand rows read the regions once."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

P = ParamSpec("P")
R = TypeVar("R")
_known: ContextVar[dict[Any, Any] | None] = ContextVar("known", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Inside this context, functions decorated with `remembers` read once per arguments."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def remembers(
    read: Callable[Concatenate[AsyncConnection, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[AsyncConnection, P], Coroutine[Any, Any, R]]:
    """Decorates a function that reads reference data; outside `remembered` it always reads."""

    async def once(conn: AsyncConnection, /, *args: P.args, **kwargs: P.kwargs) -> R:
        known = _known.get()
        if known is None:
            return await read(conn, *args, **kwargs)
        key = (read.__qualname__, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = await read(conn, *args, **kwargs)
        found: R = known[key]
        return found

    once.__doc__ = read.__doc__
    return once
