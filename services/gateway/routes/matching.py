"""Matching (对接): needs and offers of the four meeting points, suggestions, and what comes of a pair."""

from services.gateway.auth import CITY, COUNTY, ENTERPRISE, PROVINCE
from services.gateway.routes import EVERYONE, GOVERNMENT, Attached, Route

_S = "projects"
_TAG = "matching"
_KEEPERS = (PROVINCE, CITY, COUNTY)
_LISTERS = (*_KEEPERS, ENTERPRISE)
_LISTINGS = "/matching/listings"
_MATCHES = "/matching/matches"
# An enterprise's own need or offer must bear the name and region that the registry has of it.
_REGISTERED = Attached("energy", "get-enterprise", ("enterprise",), {}, roles=(ENTERPRISE,))

ROUTES = [
    Route("GET", "/matching/figures", _S, "matching-figures", GOVERNMENT, _TAG, area="region"),
    Route("GET", _LISTINGS, _S, "list-listings", EVERYONE, _TAG, area="region", organisation="enterprise"),
    Route(
        "POST",
        _LISTINGS,
        _S,
        "register-listing",
        _LISTERS,
        _TAG,
        area="region",
        organisation="enterprise",
        status=201,
        attached=_REGISTERED,
    ),
    Route("GET", f"{_LISTINGS}/{{listing}}", _S, "get-listing", EVERYONE, _TAG),
    Route("POST", f"{_LISTINGS}/{{listing}}/revisions", _S, "revise-listing", _LISTERS, _TAG),
    Route("POST", f"{_LISTINGS}/{{listing}}/withdrawal", _S, "withdraw-listing", _LISTERS, _TAG),
    Route("GET", f"{_LISTINGS}/{{listing}}/suggestions", _S, "suggest", EVERYONE, _TAG),
    Route("GET", _MATCHES, _S, "list-matches", GOVERNMENT, _TAG, area="region"),
    Route("POST", _MATCHES, _S, "introduce-match", _KEEPERS, _TAG, status=201),
    Route("GET", f"{_MATCHES}/{{need}}/{{offer}}", _S, "get-match", GOVERNMENT, _TAG),
    Route("POST", f"{_MATCHES}/{{need}}/{{offer}}/steps", _S, "move-match", _KEEPERS, _TAG, status=201),
]
