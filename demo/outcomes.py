"""What came of the year's acts, a line each, by the system's own answers: for the summary."""

from decimal import Decimal
from typing import Any

from clients.door import Door, DoorError
from demo import policies, recognition, subsidy
from demo.projects import CEREMONY

Line = tuple[str, str]
"""What it is about, and what came of it."""


async def outcomes(door: Door) -> list[Line]:
    """The lines of what has happened by now; what hasn't yet is left out."""
    found: list[Line] = []
    for ask in (_measure, _diagnosis, _ceremony, _month, _subsidy, _awards, _summonses):
        try:
            line = await ask(door)
        except DoorError as refused:
            if refused.status != 404:
                raise
            continue
        found += [] if line is None else [line]
    return found


async def _measure(door: Door) -> Line | None:
    view = await door.get(f"/api/v1/measures/{policies.MEASURE}")
    done = f"{view['items_done']} of {view['item_count']} parts done, {view['standing']}"
    return None if not view["items_done"] else (f"measure {policies.MEASURE} 措施", done)


async def _diagnosis(door: Door) -> Line:
    view = await door.get(f"/api/v1/diagnoses/{policies.DIAGNOSIS}")
    (led, *_) = [each["reference"] for each in view["items"] if each["reference"]] or ["nowhere yet"]
    return "diagnosis 技术诊断", f"{view['findings']} findings; one led to {led}"


async def _ceremony(door: Door) -> Line | None:
    guests = await door.get(f"/api/v1/ceremonies/{CEREMONY}/guests")
    signed = await door.pages(f"/api/v1/ceremonies/{CEREMONY}/signings")
    stands = [each["project"] for each in signed if each["standing"] == "signed"]
    told = (
        f"{guests['firms']} firms invited, {guests['attending']} came; signed on stage: {', '.join(stands)}"
    )
    return None if not stands else (f"ceremony {CEREMONY} 签约仪式", told)


async def _month(door: Door) -> Line | None:
    page = await door.get("/api/v1/reports/months", first_month=policies.CLOSED, last_month=policies.CLOSED)
    (month,) = page["items"]
    return _unless(
        month["closed_since"] is None, "books 关账", f"{month['month']} closed on {month['closed_since']}"
    )


async def _subsidy(door: Door) -> Line | None:
    fund = await door.get("/api/v1/funds/TR-19")
    paid = f"{_yuan(fund['balance']['paid'])} paid of {_yuan(fund['balance']['appropriated'])}"
    return _unless(not Decimal(fund["balance"]["paid"]), f"subsidies 补助 ({subsidy.PROJECT})", paid)


async def _awards(door: Door) -> Line | None:
    page = await door.get("/api/v1/awards", year=recognition.YEAR)
    each = ", ".join(f"{item['region']} {_yuan(item['paid'])}" for item in page["items"])
    told = f"{_yuan(page['paid'])} of {_yuan(page['granted'])} paid out of fund {recognition.POT}: {each}"
    return _unless(not page["items"], "awards 绩效考核奖励", told)


async def _summonses(door: Door) -> Line | None:
    view = await door.get(recognition.ONE)
    told = [_summons(city["region"], city["summons"]) for city in view["cities"] if city["summons"]]
    return _unless(not told, "summoned 约谈", "; ".join(told))


def _summons(region: str, view: dict[str, Any]) -> str:
    held = f", held on {view['held_on']}, report due {view['report_due_on']}" if view["held_on"] else ""
    return f"{region} with {view['total']} of 100 points{held}"


def _unless(nothing: bool, about: str, told: str) -> Line | None:
    return None if nothing else (about, told)


def _yuan(amount: str) -> str:
    return f"{Decimal(amount):,.0f} yuan"
