"""Operations and routes of a project's steps (项目进度)."""

from services.projects.access import KEEPERS
from services.projects.projects import views
from services.projects.projects.history import HISTORY
from services.projects.projects.stages import commands
from services.projects.projects.stages.decisions.commands import CorrectStage, ReachStage, StageCommand
from services.projects.projects.stages.facts import ProjectStageCorrected, ProjectStageReached
from shared.decider import Edit
from shared.feature import Command, Feature
from shared.rpc import Route

_ALL = "/projects/{project}/stages"


def _edit(command: StageCommand) -> Edit:
    """The edit check of the steps: only events about steps conflict with a reported step, not other facts."""
    return Edit(
        command.steps_version,
        lambda event: isinstance(event, ProjectStageReached | ProjectStageCorrected),
        field="steps_version",
    )


FEATURE = Feature(
    "stages",
    history=HISTORY,
    answer=views.answer,
    edit=_edit,
    operations=(
        Command(
            name="reach-stage",
            command=ReachStage,
            check=commands.reach,
            summary="Report a stage that a project has reached",
            route=Route("POST", _ALL, KEEPERS, "projects", status=201),
        ),
        Command(
            name="correct-stage",
            command=CorrectStage,
            check=commands.correct,
            summary="Correct a stage that was reported wrongly",
            route=Route("POST", f"{_ALL}/corrections", KEEPERS, "projects"),
        ),
    ),
)
