"""Operations and routes of a project's registers (项目名录)."""

from services.projects.access import KEEPERS
from services.projects.projects import views
from services.projects.projects.history import HISTORY
from services.projects.projects.registers import commands
from services.projects.projects.registers.decisions import JoinRegister, LeaveRegister
from shared.feature import Command, Feature
from shared.rpc import Route

_ALL = "/projects/{project}/registers"

FEATURE = Feature(
    "registers",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="join-register",
            command=JoinRegister,
            check=commands.join,
            summary="Put a project into a register",
            route=Route("POST", _ALL, KEEPERS, "projects", status=201),
        ),
        Command(
            name="leave-register",
            command=LeaveRegister,
            check=commands.leave,
            summary="Take a project out of a register",
            route=Route("POST", f"{_ALL}/leave", KEEPERS, "projects"),
        ),
    ),
)
