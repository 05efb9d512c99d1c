"""The query behind the live stream: what has changed after an id, waiting a little if nothing has."""

from datetime import datetime

from pydantic import ConfigDict, Field

from services.progress.access import Scope
from services.progress.board import feed
from services.progress.board.app import App
from services.progress.board.board import Board, board, regions
from services.progress.common.views import REGION, Question, View
from services.progress.measures.store.asking import ask
from services.progress.measures.store.read_model import Snapshot
from services.progress.measures.views import FigureView, figure_view
from shared.problems import invalid
from shared.rpc import Call


class ChangesQuestion(Question):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"after": "v1:42", "region": "350100", "wait": 2}]}
    )

    after: str | None = Field(
        None,
        max_length=40,
        description="Id of the last change seen; without it, unknown or over 2,000 changes ago: a snapshot.",
    )
    region: str | None = REGION
    wait: float = Field(0.0, ge=0, le=2.5, description="Seconds to wait for a change, if there is none.")
    limit: int = Field(50, ge=1, le=100, description="Changes per answer.")


class ChangeView(View):
    """One change, with the figures that it moved as they are now (given with the last change that moved them)."""

    id: str = Field(examples=["v1:43"])
    measure: str | None
    target: str | None
    region: str
    region_name: str
    period: str | None
    enterprise: str | None
    event_type: str
    event_id: str
    source: str
    position: int
    recorded_at: datetime
    figures: list[FigureView]


class Changes(View):
    reset: bool = Field(
        description="The id was absent, unknown or too long ago: forget what you had, take the snapshot."
    )
    snapshot: Board | None
    items: list[ChangeView]
    last: str = Field(description="Go on from here.", examples=["v1:43"])
    more: bool = Field(description="There are more already: ask again at once.")


async def list_changes(service: App, call: Call, body: ChangesQuestion) -> Changes:
    """Numbered changes after an id, filtered by region and scope; the source of the server-sent events."""
    if body.as_of is not None:
        raise invalid("Changes are asked for by id, not by moment.", where="as_of", remedy="Leave as_of out.")
    snapshot, scope = await ask(service, call.actor, body)
    after = feed.parse_id(body.after, snapshot)
    if after is None or snapshot.seq - after > feed.HISTORY:
        return Changes(
            reset=True,
            snapshot=board(snapshot, service.live, regions(snapshot, scope)),
            items=[],
            last=f"v{snapshot.version}:{snapshot.seq}",
            more=False,
        )
    if (
        after == snapshot.seq
        and body.wait > 0
        and await service.watch.beyond(snapshot.version, snapshot.seq, body.wait)
    ):
        again: Changes = await list_changes(service, call, body.model_copy(update={"wait": 0.0}))
        return again
    async with service.model.engine.connect() as conn:
        found, reached = await feed.changes_after(conn, snapshot, after, scope, body.region, body.limit)
    return Changes(
        reset=False,
        snapshot=None,
        items=_change_views(found, snapshot, scope),
        last=f"v{snapshot.version}:{reached}",
        more=reached < snapshot.seq,
    )


def _change_views(found: list[feed.Change], snapshot: Snapshot, scope: Scope) -> list[ChangeView]:
    shown: set[str] = set()
    views: list[ChangeView] = []
    for change in reversed(found):
        figures = [
            figure
            for figure in feed.moved(change, snapshot)
            if figure.id not in shown and scope.sees_figure(figure.region, figure.level)
        ]
        shown.update(figure.id for figure in figures)
        views.append(
            ChangeView(
                id=f"v{snapshot.version}:{change.seq}",
                measure=change.measure,
                target=change.target,
                region=change.region,
                region_name=snapshot.facts.region_name(change.region),
                period=change.period,
                enterprise=change.subject,
                event_type=change.event_type,
                event_id=change.event_id,
                source=change.source,
                position=change.position,
                recorded_at=change.recorded_at,
                figures=[figure_view(figure) for figure in figures],
            )
        )
    return views[::-1]
