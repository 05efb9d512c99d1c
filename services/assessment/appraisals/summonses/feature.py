"""Operations and routes of summonses. The answer to each is the appraisal."""

from services.assessment.access import OF_CITY, OF_PROVINCE
from services.assessment.appraisals import views
from services.assessment.appraisals.history import HISTORY
from services.assessment.appraisals.summonses import commands
from services.assessment.appraisals.summonses.decisions import (
    HoldSummons,
    LiftSummons,
    ReportImprovement,
    SummonCity,
)
from shared.feature import Command, Feature
from shared.rpc import Route

_ALL = "/plans/{plan}/appraisals/{year}/summonses"
_ONE = f"{_ALL}/{{region}}"
_TAG = "appraisals"

FEATURE = Feature(
    "summonses",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="summon-city",
            command=SummonCity,
            check=commands.summon,
            summary="Summon a city",
            route=Route("POST", _ALL, OF_PROVINCE, _TAG, area="region", status=201),
        ),
        Command(
            name="hold-summons",
            command=HoldSummons,
            check=commands.hold,
            summary="Record a summons as held",
            route=Route("POST", f"{_ONE}/minutes", OF_PROVINCE, _TAG, area="region"),
        ),
        Command(
            name="lift-summons",
            command=LiftSummons,
            check=commands.lift,
            summary="Lift a summons",
            route=Route("POST", f"{_ONE}/lifting", OF_PROVINCE, _TAG, area="region"),
        ),
        Command(
            name="report-improvement",
            command=ReportImprovement,
            check=commands.report,
            summary="Hand in the report on the improvement",
            route=Route("POST", f"{_ONE}/reports", OF_CITY, _TAG, area="region"),
        ),
    ),
)
