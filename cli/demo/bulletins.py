"""The province's monthly bulletins (月通报) and quarterly dispatches (季调度) of the demo's year.

One colleague drafts, another reviews; what is issued is frozen. June's bulletin is corrected by a new issue.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from typing import Any

from cli.demo.world import FIRST_DAY, SYNTHETIC
from cli.door import Door

Act = tuple[date, str, Callable[[], Awaitable[Any]]]
"""A day, what is told on the screen, and what is done."""
_YEAR = FIRST_DAY.year
_CORRECTED = 6
"""Of the month that a city reports only with the next one's (see reports.py)."""


def acts(author: Door, reviewer: Door) -> Iterator[Act]:
    """What is done, in order of time: a bulletin on the 15th, ten days after the cities' reports."""
    for month in range(1, 13):
        day = date(_YEAR + month // 12, month % 12 + 1, 15)
        period = f"{_YEAR}-{month:02d}"
        bulletin = _Document(author, reviewer, f"demo-bulletin-{period}", "monthly_bulletin", period)
        yield day, f"the province issues its bulletin of {period}", bulletin.goes_out
        if month % 3 == 0:
            quarter = f"{_YEAR}-Q{month // 3}"
            dispatch = _Document(author, reviewer, f"demo-dispatch-{quarter}", "quarterly_dispatch", quarter)
            yield day, f"the province issues its dispatch of {quarter}", dispatch.goes_out
        if month == _CORRECTED + 1:
            before = f"{_YEAR}-{_CORRECTED:02d}"
            correction = _Document(
                author,
                reviewer,
                f"demo-bulletin-{before}-2",
                "monthly_bulletin",
                before,
                {"corrects": f"demo-bulletin-{before}", "reason": "示例：南平市补报"},
            )
            yield day + timedelta(days=1), f"the bulletin of {before} is corrected", correction.goes_out


class _Document:
    """One document on its way out. Each step has a key of its own: a second run repeats it without effect."""

    def __init__(
        self,
        author: Door,
        reviewer: Door,
        document: str,
        kind: str,
        period: str,
        more: dict[str, Any] | None = None,
    ) -> None:
        self._author, self._reviewer, self._document = author, reviewer, document
        self._draft = {"document": document, "kind": kind, "period": period, **(more or {})}

    async def goes_out(self) -> None:
        """Drafted, reviewed by the colleague, issued."""
        at, draft = f"/api/v1/documents/{self._document}", {**self._draft, "remarks": [SYNTHETIC]}
        await self._author.post("/api/v1/documents", draft, key=f"{self._document}-draft")
        await self._reviewer.post(f"{at}/reviews", {"outcome": "passed"}, key=f"{self._document}-review")
        await self._author.post(f"{at}/issue", {}, key=f"{self._document}-issue")
