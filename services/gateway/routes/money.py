"""Special funds (专项资金), subsidies (贴息、补助; TR-19 to TR-22), awards (奖励; TR-26): projects' part of the API."""

from services.gateway.auth import CITY, COUNTY, PROVINCE
from services.gateway.routes import EVERYONE, GOVERNMENT, Attached, Route

_S = "projects"
_KEEPERS = (PROVINCE, CITY, COUNTY)
_FUND = "/funds/{fund}"
_ONE = f"{_FUND}/applications/{{application}}"
_AWARD = f"{_FUND}/awards/{{award}}"
# An award rests on verified completions, which assessment has, and which progress may know otherwise by now.
_OUTDATED = Attached(
    "assessment",
    "list-outdated-scores",
    (),
    {},
    attached=Attached("progress", "figures", (), {"measure": "tech_renovation_investment", "limit": 200}),
)

ROUTES = [
    # What governments set aside is public: a fund's region is a filter here, not a scope.
    Route("GET", "/funds", _S, "list-funds", EVERYONE, "money"),
    Route("POST", "/funds", _S, "open-fund", _KEEPERS, "money", area="region", status=201),
    Route("GET", _FUND, _S, "get-fund", EVERYONE, "money"),
    Route("GET", f"{_FUND}/ledger", _S, "get-ledger", GOVERNMENT, "money"),
    Route("POST", f"{_FUND}/appropriations", _S, "change-appropriation", _KEEPERS, "money", status=201),
    Route("POST", f"{_FUND}/terms", _S, "change-fund-terms", _KEEPERS, "money"),
    Route("POST", f"{_FUND}/applications", _S, "request-subsidy", _KEEPERS, "money", status=201),
    Route("GET", _ONE, _S, "get-subsidy", EVERYONE, "money"),
    Route("POST", f"{_ONE}/assessments", _S, "assess-subsidy", _KEEPERS, "money"),
    Route("POST", f"{_ONE}/reservations", _S, "reserve-subsidy", _KEEPERS, "money"),
    Route("POST", f"{_ONE}/commitments", _S, "commit-subsidy", _KEEPERS, "money"),
    Route("POST", f"{_ONE}/payments", _S, "pay-subsidy", _KEEPERS, "money"),
    Route("POST", f"{_ONE}/releases", _S, "release-subsidy", _KEEPERS, "money"),
    Route("POST", f"{_ONE}/recoveries", _S, "recover-subsidy", _KEEPERS, "money"),
    Route("POST", f"{_ONE}/closing", _S, "close-subsidy", _KEEPERS, "money"),
    Route(
        "GET",
        "/subsidies",
        _S,
        "list-subsidies",
        EVERYONE,
        "money",
        area="region",
        organisation="enterprise",
    ),
    Route("GET", "/awards", _S, "list-awards", GOVERNMENT, "money", area="region", attached=_OUTDATED),
    Route("GET", "/awards/{award}", _S, "get-award", GOVERNMENT, "money", attached=_OUTDATED),
    Route("POST", f"{_AWARD}/reservations", _S, "reserve-award", _KEEPERS, "money"),
    Route("POST", f"{_AWARD}/commitments", _S, "commit-award", _KEEPERS, "money"),
    Route("POST", f"{_AWARD}/payments", _S, "pay-award", _KEEPERS, "money"),
    Route("POST", f"{_AWARD}/releases", _S, "release-award", _KEEPERS, "money"),
    Route("POST", f"{_AWARD}/recoveries", _S, "recover-award", _KEEPERS, "money"),
]
