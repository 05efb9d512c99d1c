"""What governments owe by when (报送义务), and how it stands."""

from services.gateway.auth import CITY, COUNTY, OPS, PROVINCE
from services.gateway.routes import GOVERNMENT, Route

_S, _TAG = "projects", "duties"
_OWING = (PROVINCE, CITY, COUNTY)

ROUTES = [
    Route("GET", "/duties", _S, "list-duties", GOVERNMENT, _TAG),
    Route("GET", "/duties/calendar", _S, "duty-calendar", GOVERNMENT, _TAG, area="region"),
    Route("GET", "/duties/{duty}/{region}", _S, "get-duty-account", GOVERNMENT, _TAG, area="region"),
    Route("POST", "/duties/{duty}/receipts", _S, "hand-in-duty", _OWING, _TAG, area="region", status=201),
    Route("POST", "/duties/{duty}/waivers", _S, "waive-duty", (PROVINCE,), _TAG, area="region", status=201),
    Route("POST", "/duties/{duty}/withdrawals", _S, "withdraw-duty-entry", _OWING, _TAG, area="region"),
    Route("POST", "/duties/{duty}/days", _S, "set-duty-day", (PROVINCE, OPS), _TAG, status=201),
]
