"""Pages of the lists that haven't moved into a feature yet. Features use `shared.lists`, which this file hands on.

`read(cursor, 2)` is `lists.read(cursor, str, str)`; a list of one SELECT needs neither, but an `Order`.
"""

from shared import lists
from shared.lists import write as cursor

__all__ = ["cursor", "read", "read_number"]


def read(cursor: str, length: int) -> list[str]:
    """The key of `length` texts in a cursor. Raises Problem for anything made up."""
    return lists.read(cursor, *[str] * length)


def read_number(cursor: str) -> int:
    """The one number in a cursor. Raises Problem for anything made up."""
    return int(lists.read(cursor, int)[0])
