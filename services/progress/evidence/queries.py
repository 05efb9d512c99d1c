"""The query for the events behind a figure."""

from pydantic import ConfigDict, Field

from services.progress.common.views import REGION, Question, answered
from services.progress.evidence.events import evidence
from services.progress.evidence.views import EvidencePage
from services.progress.measures.store.asking import Answers, ask, one
from services.progress.measures.views import figure_view
from shared.rpc import Call, Encoded


class EvidenceQuestion(Question):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"target": "TR-6a", "limit": 20}]}
    )

    target: str = Field(max_length=40, description="Target of the plan.", examples=["TR-6a"])
    region: str | None = REGION
    cursor: str | None = Field(None, max_length=200, description="next_cursor of the page before.")
    limit: int = Field(50, ge=1, le=200, description="Events per page.")


async def list_evidence(service: Answers, call: Call, body: EvidenceQuestion) -> Encoded:
    """What made the figure, event by event, with superseded ones marked; only events of the actor's own area."""
    snapshot, scope = await ask(service, call.actor, body)
    figure = one(snapshot, scope, body.target, body.region)
    async with service.model.engine.connect() as conn:
        items, following = await evidence(
            conn, snapshot, service.model.rules, figure, scope, cursor=body.cursor, limit=body.limit
        )
    return answered(EvidencePage(figure=figure_view(figure), items=items, next_cursor=following))
