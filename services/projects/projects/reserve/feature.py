"""Operations and routes of the reserve library (技改项目储备库): TR-13, TR-15, TR-16, TR-18."""

from services.projects.access import GOVERNMENT, KEEPERS
from services.projects.projects import views
from services.projects.projects.history import HISTORY
from services.projects.projects.reserve import commands, drops, queries
from services.projects.projects.reserve.decisions import ScreenProject, UpdateReserve
from services.projects.projects.reserve.facts import ReserveUpdated
from shared.decider import Edit
from shared.feature import Command, Feature, Query
from shared.rpc import Route


def _edit(command: UpdateReserve) -> Edit:
    """The version of a stay counts the looks at it in its tier; the answer is of the project, and has none."""

    def looks(event: object) -> bool:
        return isinstance(event, ReserveUpdated) and event.register == command.register

    return Edit(command.version, looks, field=None)


FEATURE = Feature(
    "reserve",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="update-reserve",
            command=UpdateReserve,
            check=commands.update,
            summary="Update a project's stay in the reserve library",
            edit=_edit,
            route=Route("POST", "/projects/{project}/reserve-updates", KEEPERS, "reserve", status=201),
        ),
        Command(
            name="screen-project",
            command=ScreenProject,
            check=commands.screen,
            summary="Screen a reserve project for a special fund",
            route=Route("POST", "/projects/{project}/screenings", KEEPERS, "reserve", status=201),
        ),
        Query(
            name="reserve-summary",
            ask=queries.summarise,
            summary="How the reserve library stands",
            route=Route("GET", "/reserve/summary", GOVERNMENT, "reserve", area="region"),
        ),
        Query(
            name="list-reserve",
            ask=queries.list_reserve,
            summary="Projects of the reserve library, filtered",
            route=Route("GET", "/reserve", GOVERNMENT, "reserve", area="region"),
        ),
        Query(
            name="list-reserve-drops",
            ask=drops.list_drops,
            summary="What was taken out of the reserve library, and why",
            route=Route("GET", "/reserve/drops", GOVERNMENT, "reserve", area="region"),
        ),
    ),
)
