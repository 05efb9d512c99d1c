"""Operations and routes of the signing lists of ceremonies (上台签约项目)."""

from services.projects.access import GOVERNMENT, KEEPERS, PROVINCE
from services.projects.projects import views
from services.projects.projects.history import HISTORY
from services.projects.projects.signings import commands, queries
from services.projects.projects.signings.decisions import AuditSigning, RecommendSigning
from shared.feature import Command, Feature, Query
from shared.rpc import Route

_LIST = "/ceremonies/{ceremony}/signings"
_ONE = f"{_LIST}/{{project}}"

FEATURE = Feature(
    "signings",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="recommend-signing",
            command=RecommendSigning,
            check=commands.recommend,
            summary="Recommend a project for a ceremony's signing list",
            route=Route("POST", _ONE, KEEPERS, "matching", status=201),
        ),
        Command(
            name="audit-signing",
            command=AuditSigning,
            check=commands.audit,
            summary="Audit a project on a ceremony's signing list",
            route=Route("POST", f"{_ONE}/audit", PROVINCE, "matching"),
        ),
        Query(
            name="list-signings",
            ask=queries.list_signings,
            summary="The signing list of a ceremony",
            route=Route("GET", _LIST, GOVERNMENT, "matching", area="region"),
        ),
    ),
)
