"""Refused: the exception with which every decision rejects a command."""

from collections.abc import Mapping
from typing import Any

from services.projects.common.remedies import REMEDIES


class Refused(Exception):
    """A command that can't be carried out on this state. Nothing changes.

    `code` is stable and for machines, `detail` and `remedy` are for the person, `where` names the field. Without a
    `remedy`, the default one of its code is used.
    """

    def __init__(
        self,
        detail: str,
        *,
        code: str = "refused",
        remedy: str = "",
        where: str | None = None,
        status: int = 422,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.remedy = remedy or REMEDIES.get(code, "")
        self.where = where
        self.status = status
        self.extra = dict(extra) if extra else None
