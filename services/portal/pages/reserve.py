"""The reserve library (储备库): which county lacks how many projects (TR-16)."""

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.figures import Column, Figure, Page, Table, Tile
from services.portal.pages import PageRoute
from services.portal.roles import GOVERNMENT


async def reserve(ask: Ask) -> Page:
    """Counties by what they lack, the shortest first."""
    w = ask.words
    on = ask.as_of.isoformat() if ask.as_of is not None else None
    found = await ask.api.get("/reserve/summary", region=ask.session.area, on=on)
    columns = (
        Column("region", w("column.region")),
        Column("short_by", w("reserve.short_by"), "number", digits=0),
        Column("projects", w("project.count"), "number", digits=0),
        Column("investment", w("project.investment"), "number", "CNY_1e8"),
    )
    rows = [
        (
            ask.region(each["region"], each["name"]),
            each["short_by"],
            each["projects"],
            numbers.in_1e8(each["total_investment"]),
        )
        for each in sorted(found["counties"], key=lambda each: (-each["short_by"], each["region"]))
    ]
    return Page(
        title=w("reserve.title"),
        menu="projects",
        lead=[w("desk.as_of", day=ask.day(found["on"]))],
        tiles=[
            Tile(w("project.count"), str(found["projects"])),
            Tile(w("reserve.counties_short"), str(found["counties_short"])),
            Tile(w("reserve.owed"), str(found["owed"])),
        ],
        figures=[
            Figure(
                "counties",
                w("reserve.counties"),
                sentence=w("reserve.sentence", short=found["counties_short"], n=found["per_county"]),
                table=Table(columns, rows),
                state="ok" if rows else "empty",
                wide=True,
            )
        ],
    )


PAGES = [PageRoute("/reserve", reserve, GOVERNMENT)]
