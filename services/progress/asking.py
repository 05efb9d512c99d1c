"""What all queries have in common: what they work on, the state they ask about, the actor's view of it."""

from dataclasses import dataclass, field

from services.progress.board import Boards
from services.progress.feed import Watch
from services.progress.figure import Figure
from services.progress.live import LiveEnergy
from services.progress.model import ReadModel, Snapshot
from services.progress.scope import Scope, scope_of
from services.progress.views import Question
from shared.identity import Actor
from shared.problems import not_found
from shared.rpc import Operations

ops = Operations("progress")


@dataclass(slots=True)
class App:
    """What the handlers need; `use` sets it once per process."""

    model: ReadModel
    live: LiveEnergy
    watch: Watch
    boards: Boards = field(default_factory=Boards)


_app: App | None = None


def use(app: App | None) -> None:
    """Give the handlers what they work on."""
    global _app
    _app = app


def current() -> App:
    if _app is None:
        raise RuntimeError("progress is not set up: call api.use first")
    return _app


async def ask(actor: Actor, question: Question) -> tuple[Snapshot, Scope]:
    """The state the question is about, and what the actor may see of it."""
    model = current().model
    if question.at_least:
        await model.wait(question.at_least)
    snapshot = await model.snapshot(question.as_of, question.plan)
    if question.plan is not None and snapshot.facts.plan is None:
        raise not_found("plan", question.plan, "The plan may not have been published at that time.")
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
