"""Operations and routes of projects (项目), and the features that share their history."""

from services.projects.access import EVERYONE, KEEPERS
from services.projects.projects import commands, queries, views
from services.projects.projects.acceptance.feature import FEATURE as ACCEPTANCE
from services.projects.projects.counts.feature import FEATURE as COUNTS
from services.projects.projects.decisions.commands import ChangeProject, RegisterProject
from services.projects.projects.energy_savings.feature import FEATURE as ENERGY_SAVINGS
from services.projects.projects.facts import ProjectChanged, ProjectRegistered
from services.projects.projects.history import HISTORY
from services.projects.projects.pre_reviews.feature import FEATURE as PRE_REVIEWS
from services.projects.projects.registers.feature import FEATURE as REGISTERS
from services.projects.projects.reserve.feature import FEATURE as RESERVE
from services.projects.projects.signings.feature import FEATURE as SIGNINGS
from services.projects.projects.stages.feature import FEATURE as STAGES
from shared.decider import Edit
from shared.feature import Command, Feature, Query
from shared.rpc import Route

_ONE = "/projects/{project}"


def _edit(command: ChangeProject) -> Edit:
    """The edit check of the content: its version counts the registration and the changes."""
    return Edit(command.version, lambda event: isinstance(event, ProjectRegistered | ProjectChanged))


FEATURE = Feature(
    "projects",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="register-project",
            command=RegisterProject,
            named=commands.named,
            check=commands.register,
            summary="Register a project",
            route=Route("POST", "/projects", KEEPERS, "projects", area="region", status=201),
        ),
        Command(
            name="change-project",
            command=ChangeProject,
            check=commands.change,
            summary="Change what is known of a project",
            edit=_edit,
            route=Route("POST", f"{_ONE}/changes", KEEPERS, "projects"),
        ),
        Query(
            name="get-project",
            ask=queries.get_project,
            summary="One project with its stages",
            route=Route("GET", _ONE, EVERYONE, "projects"),
        ),
        Query(
            name="list-projects",
            ask=queries.list_projects,
            summary="Projects, filtered",
            route=Route("GET", "/projects", EVERYONE, "projects", area="region", organisation="enterprise"),
        ),
    ),
    parts=(STAGES, REGISTERS, RESERVE, PRE_REVIEWS, SIGNINGS, ENERGY_SAVINGS, ACCEPTANCE, COUNTS),
)
