"""Refused: the exception with which every decision rejects a command."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """A command that must not happen, with what to do instead. It changes nothing and is not stored.

    `status`: 422 for invalid content, 404 for something that doesn't exist, 409 for a conflict with what exists.
    `faults` lists all faults at once, each with `where` and `why`.
    """

    def __init__(
        self,
        detail: str,
        *,
        code: str,
        where: str | None = None,
        remedy: str = "",
        status: int = 422,
        faults: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.where = where
        self.remedy = remedy
        self.status = status
        self.faults = tuple(faults)

    @property
    def extra(self) -> dict[str, Any]:
        """Extension members of the problem+json answer."""
        return {"errors": [dict(fault) for fault in self.faults]} if self.faults else {}
