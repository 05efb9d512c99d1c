"""Operations on the performance appraisal of cities (技改绩效考核): TR-24 to TR-26."""

from typing import Any

from services.assessment import models_appraisals as models
from services.assessment import queries_appraisals as queries
from services.assessment.api.base import Serving, ops
from services.assessment.app import appraisals
from shared.rpc import Call, Reply

_VIEW = models.AppraisalView


@ops.command(
    "open-appraisal",
    request=models.OpenAppraisal,
    response=_VIEW,
    summary="Open a year's appraisal of cities",
)
async def open_appraisal(call: Call, body: models.OpenAppraisal) -> Reply:
    """With the scheme in force for the year and the cities that have a target in it; neither changes any more.

    A year without targets can be opened too (X-13): its cities assess themselves, and nobody is scored.
    """
    return await appraisals.open_appraisal(Serving.app, call, body)


@ops.command("assess-own", request=models.AssessOwn, response=_VIEW, summary="A city assesses itself")
async def assess_own(call: Call, body: models.AssessOwn) -> Reply:
    """Its points for the measures (自评, TR-25a); how much of its target is completed is read from progress.

    A later one takes the place of the one before, until the province has verified it.
    """
    return await appraisals.assess_own(Serving.app, call, body)


@ops.command("verify-score", request=models.VerifyScore, response=_VIEW, summary="Verify a city's score")
async def verify_score(call: Call, body: models.VerifyScore) -> Reply:
    """The province's points (核查评估, TR-25b), beside the city's own; with a reason the correction of them.

    The completion of the target is frozen with the positions of the logs that it was read at.
    """
    return await appraisals.verify_score(Serving.app, call, body)


@ops.command("publish-ranking", request=models.PublishRanking, response=_VIEW, summary="Publish the ranking")
async def publish_ranking(call: Call, body: models.PublishRanking) -> Reply:
    """Places by the verified totals, ties by the scheme's rule (X-18). After a correction: another edition.

    It says what is otherwise, and why.
    """
    return await appraisals.publish_ranking(Serving.app, call, body)


@ops.command("grant-awards", request=models.GrantAwards, response=_VIEW, summary="Award the first places")
async def grant_awards(call: Call, body: models.GrantAwards) -> Reply:
    """What the places of the newest edition bring (TR-26); of awards given before only the differences."""
    return await appraisals.grant_awards(Serving.app, call, body)


@ops.query("get-appraisal", request=models.GetAppraisal, response=_VIEW, summary="Read a year's appraisal")
async def get_appraisal(call: Call, body: models.GetAppraisal) -> models.AppraisalView:
    """The scheme, the scores that are yours to see, every edition, and what is known otherwise by now."""
    return await queries.get_appraisal(Serving.app, call, body)


@ops.query(
    "list-outdated-scores",
    request=models.ListOutdatedScores,
    response=models.OutdatedScores,
    summary="Verified completions that are known otherwise by now",
)
async def list_outdated_scores(call: Call, body: models.ListOutdatedScores) -> models.OutdatedScores:
    """Of all appraisals: the door asks it along with questions about awards."""
    return await queries.list_outdated_scores(Serving.app, call)


@ops.query(
    "list-appraisals",
    request=models.ListAppraisals,
    response=models.AppraisalPage,
    summary="List appraisals",
)
async def list_appraisals(call: Call, body: models.ListAppraisals) -> dict[str, Any]:
    """How far each is: who assessed itself, who is verified, what is published and awarded."""
    return await queries.list_appraisals(Serving.app, body)
