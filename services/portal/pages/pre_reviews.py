"""The joint pre-review (联合预审): which departments owe an opinion, and what each said."""

from collections.abc import Mapping

from services.portal.ask import Ask
from services.portal.commands import Command, Input, Returned, carried_out, forbidden, forms, said
from services.portal.figures import Link, Page, Tile
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import (
    PAGE,
    choice_of,
    city_of,
    coded,
    facts,
    filled,
    listed,
    narrow,
    onward,
    plain,
    project,
    region,
)
from services.portal.roles import GOVERNMENT, KEEPERS, PROVINCE
from services.portal.typed import options_of

STANDINGS = ("open", "overdue", "passed", "returned")
VIEWS = ("agrees", "agrees_with_conditions", "objects")


async def pre_reviews(ask: Ask) -> Page:
    """Every round with the departments that still owe an opinion."""
    w, query = ask.words, ask.query
    answer = await ask.api.get(
        "/pre-reviews",
        region=query.get("region"),
        standing=ask.one_of("standing", ("", *STANDINGS), ""),
        cursor=query.get("cursor"),
        limit=PAGE,
    )
    late = any(each["standing"] == "overdue" for each in answer["items"])
    return Page(
        title=w("pre_review.title"),
        menu="projects",
        forms=[
            narrow(
                ask,
                choice_of(ask, "standing", w("column.standing"), STANDINGS, "pre_review_standing"),
                city_of(ask),
            )
        ],
        figures=[
            listed(
                ask,
                "pre_review",
                answer["items"],
                filled("project", w("project.name"), lambda each: _link(ask, each)),
                region(ask),
                plain("round", w("pre_review.round"), "number", digits=0),
                coded(ask, "standing", w("column.standing"), "pre_review_standing"),
                plain("due_on", w("column.due"), "day"),
                plain("days_overdue", w("column.days_late"), "number", digits=0),
                filled("missing", w("pre_review.missing"), lambda each: _departments(ask, each["missing"])),
                none=w("pre_review.none"),
                state="late" if late else "ok",
            )
        ],
        more=onward(ask, answer),
    )


def _link(ask: Ask, each: Json) -> Link:
    return Link(each.get("project_name") or each["project"], ask.href(f"/pre-reviews/{each['project']}"))


def _departments(ask: Ask, codes: list[str]) -> str:
    return ", ".join(ask.words.code("department", code) for code in codes)


async def pre_review(ask: Ask) -> Page:
    """One project's newest round."""
    return _page(ask, await _found(ask), Returned())


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Give an opinion, conclude, bring it again."""
    if ask.session.role not in KEEPERS:
        raise forbidden(ask.words)
    found = await _found(ask)
    back = await carried_out(ask, _commands(ask, found), form)
    return back if isinstance(back, str) else _page(ask, found, back)


async def _found(ask: Ask) -> Json:
    return await ask.api.get(f"/projects/{ask.params['project']}/pre-review")


def _page(ask: Ask, found: Json, back: Returned) -> Page:
    w = ask.words
    return Page(
        title=w("pre_review.of", project=found.get("project_name") or found["project"]),
        menu="projects",
        tiles=[
            Tile(w("pre_review.round"), ask.number(found["round"])),
            Tile(w("column.due"), ask.day(found["due_on"])),
            Tile(w("pre_review.missing"), ask.number(len(found["missing"]))),
            Tile(w("pre_review.result"), w.code("pre_review_standing", found["result"] or "open")),
        ],
        said=said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found), back),
        figures=[
            listed(
                ask,
                "pre_review.opinions",
                found["opinions"],
                coded(ask, "department", w("pre_review.department"), "department"),
                coded(ask, "view", w("pre_review.view"), "pre_review_view"),
                plain("on", w("column.day"), "day"),
                filled("late", w("standing.late"), lambda each: w.yes(each["late"])),
                plain("reason", w("command.reason")),
                plain("evidence", w("project.evidence")),
                title=w("pre_review.opinions"),
                none=w("pre_review.no_opinions"),
            ),
            facts(
                ask,
                (w("project.name"), project(ask)[1](found)),
                (w("column.region"), ask.region(found["region"], found.get("region_name"))),
                (w("pre_review.lead"), w.code("department", found["lead"])),
                (w("pre_review.missing"), _departments(ask, found["missing"])),
                (w("pre_review.overdue"), _departments(ask, found["overdue"])),
                (w("command.reason"), found["reason"]),
            ),
        ],
    )


def _commands(ask: Ask, found: Json) -> list[Command]:
    w, path = ask.words, f"/projects/{found['project']}/pre-review"
    on = Input("on", w("column.day"), "date", hint=w("command.day_hint"))
    if found["result"] == "returned" and ask.session.role in KEEPERS:
        title = w("pre_review.again")
        return [Command("pre_review_again", title, path, [on], title)]
    if ask.session.role != PROVINCE or found["result"] is not None:
        return []
    evidence = Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True)
    departments = options_of(w, ((code, w.code("department", code)) for code in found["departments"]))
    views = options_of(w, ((code, w(f"pre_review_view.{code}")) for code in VIEWS))
    results = options_of(w, ((code, w(f"pre_review_standing.{code}")) for code in ("passed", "returned")))
    opinion = [
        Input("department", w("pre_review.department"), "select", required=True, options=departments),
        Input("view", w("pre_review.view"), "select", required=True, options=views),
        Input("reason", w("pre_review.condition"), "textarea", hint=w("pre_review.condition_hint")),
        evidence,
        on,
    ]
    conclusion = [
        Input("result", w("pre_review.result"), "select", required=True, options=results),
        Input("reason", w("command.reason"), "textarea", hint=w("pre_review.reason_hint")),
        evidence,
        on,
    ]
    return [
        Command("opinion", w("pre_review.opine"), f"{path}/opinions", opinion, w("pre_review.opine")),
        Command(
            "pre_review_conclude",
            w("pre_review.conclude"),
            f"{path}/conclusion",
            conclusion,
            w("pre_review.conclude"),
        ),
    ]


PAGES = [
    PageRoute("/pre-reviews", pre_reviews, GOVERNMENT),
    PageRoute("/pre-reviews/{project}", pre_review, GOVERNMENT, take=take),
]
