"""Refused: the one way in which a decision says no."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """A command that must not happen, with what to do instead. It changes nothing and is not stored.

    `status` 422 for a request that can't be so, 404 for something that isn't there, 409 for something that is
    there already. `faults` lists every place at once, each with `where` and `why`.
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
        """Further members of the answer."""
        return {"errors": [dict(fault) for fault in self.faults]} if self.faults else {}
