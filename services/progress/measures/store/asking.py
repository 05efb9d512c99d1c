"""How every query begins: with the snapshot that it is about, and the actor's scope, what the actor may see of it."""

from typing import Protocol

from services.progress.access import Scope, scope_of
from services.progress.common.views import Question
from services.progress.measures.figure import Figure
from services.progress.measures.store.read_model import ReadModel, Snapshot
from shared.identity import Actor
from shared.problems import not_found
from shared.unknown_region import check_region


class Answers(Protocol):
    """Whatever holds the read-model that a question is put to."""

    @property
    def model(self) -> ReadModel: ...


async def ask(service: Answers, actor: Actor, question: Question) -> tuple[Snapshot, Scope]:
    """The state the question is about, and what the actor may see of it."""
    model = service.model
    if question.at_least:
        await model.wait(question.at_least)
    snapshot = await model.snapshot(question.as_of, question.plan)
    if question.plan is not None and snapshot.facts.plan is None:
        raise not_found("plan", question.plan, "The plan may not have been published at that time.")
    if len(snapshot.facts.areas):  # else nothing is known of regions: before a plan
        check_region(snapshot.facts.areas, getattr(question, "region", None))
    home = None
    if actor.role == "enterprise" and actor.organisation is not None:
        home = await model.enterprise_region(actor.organisation)
    return snapshot, scope_of(actor, snapshot.facts.areas, home)


def visible(snapshot: Snapshot, scope: Scope) -> list[Figure]:
    return [figure for figure in snapshot.figures if scope.sees_figure(figure.region, figure.level)]


def one(snapshot: Snapshot, scope: Scope, target: str, region: str | None) -> Figure:
    """The figure, or Problem 404 whether it isn't there or isn't the actor's to see."""
    figure = snapshot.figure(target, region)
    if figure is None or not scope.sees_figure(figure.region, figure.level):
        raise not_found("figure", target + (f"@{region}" if region else ""))
    return figure
