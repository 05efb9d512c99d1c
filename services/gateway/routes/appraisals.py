"""Performance appraisal of the cities' technology renovation (技改绩效考核), TR-24 to TR-26: assessment's part."""

from services.gateway.auth import CITY, PROVINCE
from services.gateway.routes import GOVERNMENT, Attached, Route

_S = "assessment"
_ONE = "/plans/{plan}/appraisals/{year}"
_SUMMONS = f"{_ONE}/summonses/{{region}}"
# Nobody types a target's completion: it comes from progress, with the log positions it was computed from.
_FIGURES = Attached(
    "progress", "figures", ("plan", "region"), {"measure": "tech_renovation_investment", "limit": 200}
)
_ALL_FIGURES = Attached(
    "progress", "figures", ("plan",), {"measure": "tech_renovation_investment", "limit": 200}
)

ROUTES = [
    Route("GET", "/appraisals", _S, "list-appraisals", GOVERNMENT, "appraisals"),
    Route("POST", "/plans/{plan}/appraisals", _S, "open-appraisal", (PROVINCE,), "appraisals", status=201),
    Route("GET", _ONE, _S, "get-appraisal", GOVERNMENT, "appraisals", attached=_ALL_FIGURES),
    Route(
        "POST",
        f"{_ONE}/self-assessments",
        _S,
        "assess-own",
        (CITY,),
        "appraisals",
        area="region",
        status=201,
        attached=_FIGURES,
    ),
    Route(
        "POST",
        f"{_ONE}/scores",
        _S,
        "verify-score",
        (PROVINCE,),
        "appraisals",
        area="region",
        status=201,
        attached=_FIGURES,
    ),
    Route("POST", f"{_ONE}/rankings", _S, "publish-ranking", (PROVINCE,), "appraisals", status=201),
    Route("POST", f"{_ONE}/awards", _S, "grant-awards", (PROVINCE,), "appraisals", status=201),
    Route(
        "POST", f"{_ONE}/summonses", _S, "summon-city", (PROVINCE,), "appraisals", area="region", status=201
    ),
    Route("POST", f"{_SUMMONS}/minutes", _S, "hold-summons", (PROVINCE,), "appraisals", area="region"),
    Route("POST", f"{_SUMMONS}/lifting", _S, "lift-summons", (PROVINCE,), "appraisals", area="region"),
    Route("POST", f"{_SUMMONS}/reports", _S, "report-improvement", (CITY,), "appraisals", area="region"),
]
