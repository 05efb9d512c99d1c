"""The province's monthly bulletins (月通报) and quarterly dispatches (季调度) of the demo's year.

One colleague drafts, another reviews; what is issued is frozen. June's bulletin is corrected by a new issue.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from demo.story import COLLEAGUE, PROVINCE, Story
from demo.world import FIRST_DAY, SYNTHETIC

_YEAR = FIRST_DAY.year
_CORRECTED = 6
"""Of the month that a city reports only with the next one's (see reports.py)."""


def stories() -> Iterator[Story]:
    """What is done: a bulletin on the 15th, ten days after the cities' reports."""
    for month in range(1, 13):
        day = date(_YEAR + month // 12, month % 12 + 1, 15)
        period = f"{_YEAR}-{month:02d}"
        yield from _document(day, f"demo-bulletin-{period}", "monthly_bulletin", period)
        if month % 3 == 0:
            quarter = f"{_YEAR}-Q{month // 3}"
            yield from _document(day, f"demo-dispatch-{quarter}", "quarterly_dispatch", quarter)
        if month == _CORRECTED + 1:
            before = f"{_YEAR}-{_CORRECTED:02d}"
            corrects = {"corrects": f"demo-bulletin-{before}", "reason": f"{SYNTHETIC}：南平市补报"}
            the_day_after = day + timedelta(days=1)
            yield from _document(
                the_day_after, f"demo-bulletin-{before}-2", "monthly_bulletin", before, **corrects
            )


def _document(day: date, document: str, kind: str, period: str, **more: str) -> Iterator[Story]:
    """Drafted, reviewed by the colleague, issued."""
    at = f"/api/v1/documents/{document}"
    draft = {"document": document, "kind": kind, "period": period, "remarks": [SYNTHETIC], **more}
    yield Story(day, PROVINCE, "/api/v1/documents", f"the province drafts {document}", draft)
    yield Story(day, COLLEAGUE, f"{at}/reviews", f"a colleague reviews {document}", {"outcome": "passed"})
    yield Story(day, PROVINCE, f"{at}/issue", f"{document} is issued")
