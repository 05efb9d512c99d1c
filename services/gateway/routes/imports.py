"""Imports of spreadsheets (表格导入; the file itself comes in by uploads.py), and saved views of lists (常用视图)."""

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
    Route("GET", "/views", _S, "list-views", EVERYONE, "views"),
    Route("POST", "/views", _S, "save-view", EVERYONE, "views", status=201),
    Route("POST", "/views/copies", _S, "copy-view", EVERYONE, "views", status=201),
    Route("POST", "/views/removal", _S, "remove-view", EVERYONE, "views"),
    Route("POST", "/imports/{import}/run", _S, "run-import", _KEEPERS, "imports"),
]
