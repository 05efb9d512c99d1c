"""Enterprises, meters, key users, coverage and energy sums: energy's part of the API."""

from services.gateway.auth import CITY, COUNTY, ENTERPRISE, OPS, PROVINCE
from services.gateway.routes import EVERYONE, Route

_S = "energy"
_KEEPERS = (PROVINCE, CITY, COUNTY)
_DECIDERS = (PROVINCE, CITY, COUNTY, OPS)
_HOLDERS = (PROVINCE, CITY, COUNTY, ENTERPRISE)
_ENTERPRISE = "/enterprises/{enterprise}"
_METER = "/meters/{meter}"


def _read(path: str, operation: str, tag: str, *, area: str | None = None, of: str | None = None) -> Route:
    return Route("GET", path, _S, operation, EVERYONE, tag, area=area, organisation=of)


ROUTES = [
    Route(
        "POST",
        f"{_ENTERPRISE}/credentials",
        _S,
        "issue-credential",
        _HOLDERS,
        "credentials",
        organisation="enterprise",
        status=201,
    ),
    Route(
        "POST",
        f"{_ENTERPRISE}/credentials/rotations",
        _S,
        "rotate-credential",
        _HOLDERS,
        "credentials",
        organisation="enterprise",
        status=201,
    ),
    Route(
        "POST",
        f"{_ENTERPRISE}/credentials/revocations",
        _S,
        "revoke-credential",
        _HOLDERS,
        "credentials",
        organisation="enterprise",
    ),
    _read(f"{_ENTERPRISE}/energy", "enterprise-energy", "energy", of="enterprise"),
    _read(f"{_ENTERPRISE}/live", "enterprise-live", "energy", of="enterprise"),
    _read(f"{_ENTERPRISE}/receipts/{{receipt}}", "receipt", "receipts", of="enterprise"),
    _read("/receipts", "receipt-totals", "receipts", area="region", of="enterprise"),
    _read("/meters", "list-meters", "meters", of="enterprise"),
    Route("POST", "/meters", _S, "register-meter", _KEEPERS, "meters", status=201),
    _read(_METER, "get-meter", "meters"),
    _read(f"{_METER}/energy", "meter-energy", "energy"),
    Route("POST", f"{_METER}/replacements", _S, "replace-meter", _KEEPERS, "meters"),
    Route("POST", f"{_METER}/ratios", _S, "change-meter-ratio", _KEEPERS, "meters"),
    Route("POST", f"{_METER}/rollovers", _S, "confirm-rollover", _KEEPERS, "review"),
    Route("POST", f"{_METER}/suspects", _S, "resolve-suspect", _KEEPERS, "review"),
    Route("POST", f"{_METER}/suspects/many", _S, "resolve-suspects", _KEEPERS, "review"),
    Route("POST", f"{_METER}/withdrawals", _S, "withdraw-verdict", _KEEPERS, "review"),
    Route("POST", f"{_METER}/aliases", _S, "assign-meter-alias", _KEEPERS, "meters"),
    Route("POST", f"{_METER}/aliases/withdrawn", _S, "withdraw-meter-alias", _KEEPERS, "meters"),
    Route("POST", f"{_METER}/interval", _S, "change-meter-interval", _KEEPERS, "meters"),
    Route("POST", f"{_METER}/direction", _S, "change-meter-direction", _KEEPERS, "meters"),
    Route("POST", f"{_METER}/corrections", _S, "correct-meter-change", _KEEPERS, "meters"),
    Route("POST", f"{_METER}/undone", _S, "undo-meter-change", _KEEPERS, "meters"),
    Route("POST", f"{_METER}/retirement", _S, "retire-meter", _KEEPERS, "meters"),
    _read("/suspects", "list-suspects", "review", of="enterprise"),
    _read("/quarantine", "list-quarantine", "review", of="enterprise"),
    _read("/quarantine/{reading}", "get-quarantined", "review"),
    Route("POST", "/quarantine/releases", _S, "release-quarantined", _DECIDERS, "review"),
    Route("POST", "/quarantine/drops", _S, "drop-quarantined", _DECIDERS, "review"),
    _read("/coverage", "coverage", "key users", area="region"),
]
