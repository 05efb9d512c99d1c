"""Frozen documents: the monthly bulletin (月通报) and the quarterly dispatch (季调度)."""

from services.gateway.auth import PROVINCE
from services.gateway.routes import GOVERNMENT, Route

_S, _TAG = "projects", "documents"
_PATH = "/documents/{document}"
_EDITORS = (PROVINCE,)

ROUTES = [
    Route("GET", "/documents", _S, "list-documents", GOVERNMENT, _TAG),
    Route("POST", "/documents", _S, "draft-document", _EDITORS, _TAG, status=201),
    Route("GET", _PATH, _S, "get-document", GOVERNMENT, _TAG),
    Route("GET", f"{_PATH}/page", _S, "get-document-page", GOVERNMENT, _TAG, media="text/html"),
    Route("POST", f"{_PATH}/drafts", _S, "redraft-document", _EDITORS, _TAG),
    Route("POST", f"{_PATH}/reviews", _S, "review-document", _EDITORS, _TAG, status=201),
    Route("POST", f"{_PATH}/issue", _S, "issue-document", _EDITORS, _TAG),
    Route("POST", f"{_PATH}/discard", _S, "discard-document", _EDITORS, _TAG),
]
