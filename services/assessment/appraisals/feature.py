"""Operations and routes of the appraisal of cities, with its summonses."""

from services.assessment.access import GOVERNMENT, OF_CITY, OF_PROVINCE
from services.assessment.appraisals import commands, queries, views
from services.assessment.appraisals.decisions.commands import (
    AssessOwn,
    GrantAwards,
    OpenAppraisal,
    PublishRanking,
    VerifyScore,
)
from services.assessment.appraisals.history import HISTORY
from services.assessment.appraisals.summonses.feature import FEATURE as SUMMONSES
from shared.feature import Command, Feature, Query
from shared.rpc import Attached, Route

_ALL = "/plans/{plan}/appraisals"
_ONE = f"{_ALL}/{{year}}"
_TAG = "appraisals"
# Nobody types a target's completion: it comes from progress, with the log positions it was computed from.
_MEASURE: dict[str, str | int] = {"measure": "tech_renovation_investment", "limit": 200}
_FIGURES = Attached("progress", "figures", ("plan", "region"), _MEASURE)
_ALL_FIGURES = Attached("progress", "figures", ("plan",), _MEASURE)

FEATURE = Feature(
    "appraisals",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="open-appraisal",
            command=OpenAppraisal,
            check=commands.open_appraisal,
            summary="Open a year's appraisal of cities",
            route=Route("POST", _ALL, OF_PROVINCE, _TAG, status=201),
        ),
        Command(
            name="assess-own",
            command=AssessOwn,
            check=commands.assess_own,
            summary="A city assesses itself",
            route=Route(
                "POST",
                f"{_ONE}/self-assessments",
                OF_CITY,
                _TAG,
                area="region",
                status=201,
                attached=_FIGURES,
            ),
        ),
        Command(
            name="verify-score",
            command=VerifyScore,
            check=commands.verify_score,
            summary="Verify a city's score",
            route=Route(
                "POST", f"{_ONE}/scores", OF_PROVINCE, _TAG, area="region", status=201, attached=_FIGURES
            ),
        ),
        Command(
            name="publish-ranking",
            command=PublishRanking,
            check=commands.publish_ranking,
            summary="Publish the ranking",
            route=Route("POST", f"{_ONE}/rankings", OF_PROVINCE, _TAG, status=201),
        ),
        Command(
            name="grant-awards",
            command=GrantAwards,
            check=commands.grant_awards,
            summary="Award the first places",
            route=Route("POST", f"{_ONE}/awards", OF_PROVINCE, _TAG, status=201),
        ),
        Query(
            name="get-appraisal",
            ask=queries.get_appraisal,
            summary="Read a year's appraisal",
            route=Route("GET", _ONE, GOVERNMENT, _TAG, attached=_ALL_FIGURES),
        ),
        Query(
            name="list-outdated-scores",
            ask=queries.list_outdated_scores,
            summary="Verified completions that are known otherwise by now",
        ),
        Query(
            name="list-appraisals",
            ask=queries.list_appraisals,
            summary="List appraisals",
            route=Route("GET", "/appraisals", GOVERNMENT, _TAG),
        ),
    ),
    parts=(SUMMONSES,),
)
