"""Imports of spreadsheets (表格导入; the file itself comes in by uploads.py)."""

from services.gateway.auth import CITY, COUNTY, PROVINCE
from services.gateway.routes import EVERYONE, Route

_S = "projects"
_KEEPERS = (PROVINCE, CITY, COUNTY)

ROUTES = [
    Route("GET", "/import-kinds", _S, "list-import-kinds", EVERYONE, "imports"),
    Route("GET", "/imports", _S, "list-imports", _KEEPERS, "imports"),
    Route("GET", "/imports/{import}", _S, "get-import", _KEEPERS, "imports"),
    Route("GET", "/imports/{import}/faults", _S, "list-import-faults", _KEEPERS, "imports"),
    Route("GET", "/imports/{import}/changes", _S, "list-import-changes", _KEEPERS, "imports"),
    Route("POST", "/imports/{import}/run", _S, "run-import", _KEEPERS, "imports"),
]
