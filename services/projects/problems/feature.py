"""Operations and routes of problems of projects (困难和问题): PM-9, PM-10."""

from services.projects.access import CALLERS, EVERYONE, KEEPERS
from services.projects.problems import commands, queries, views
from services.projects.problems.decisions.commands import (
    AnswerProblem,
    AssignProblem,
    CloseProblem,
    DecideProblem,
    DeclareMajor,
    RaiseProblem,
    ReopenProblem,
)
from services.projects.problems.decisions.decide import PROBLEM
from services.projects.problems.facts import ProblemEvent, stream
from shared.decider import Edit
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/problems/{problem}"

HISTORY = History(ProblemEvent, PROBLEM, lambda command: stream(command.problem), (views.KEPT,))
FEATURE = Feature(
    "problems",
    history=HISTORY,
    answer=views.answer,
    edit=lambda command: Edit(getattr(command, "version", None)),
    operations=(
        Command(
            name="raise-problem",
            command=RaiseProblem,
            named=commands.named,
            check=commands.raise_problem,
            summary="Raise a problem at a project",
            route=Route("POST", "/problems", (*KEEPERS, "enterprise"), "problems", status=201),
        ),
        Command(
            name="assign-problem",
            command=AssignProblem,
            check=commands.change,
            summary="Name who is to answer a problem",
            description="The owner department (责任单位) and its day; an answered problem waits again.",
            route=Route("POST", f"{_ONE}/assignments", KEEPERS, "problems"),
        ),
        Command(
            name="answer-problem",
            command=AnswerProblem,
            check=commands.change,
            summary="Answer a problem",
            description="What was done or can be, with its evidence. An answered problem is not escalated.",
            route=Route("POST", f"{_ONE}/answers", KEEPERS, "problems"),
        ),
        Command(
            name="declare-major",
            command=DeclareMajor,
            check=commands.change,
            summary="Declare a problem a major one",
            description="A 重大问题 becomes the province's, for its next dispatch meeting (PM-10).",
            route=Route("POST", f"{_ONE}/major", KEEPERS, "problems"),
        ),
        Command(
            name="decide-problem",
            command=DecideProblem,
            check=commands.decide,
            summary="Enter a meeting's decision on a problem",
            route=Route("POST", f"{_ONE}/decisions", CALLERS, "problems"),
        ),
        Command(
            name="close-problem",
            command=CloseProblem,
            check=commands.change,
            summary="Close a problem",
            description="What became of it, with its evidence.",
            route=Route("POST", f"{_ONE}/closing", KEEPERS, "problems"),
        ),
        Command(
            name="reopen-problem",
            command=ReopenProblem,
            check=commands.change,
            summary="Open a closed problem again",
            description="It isn't solved after all: the level that had it last has it again.",
            route=Route("POST", f"{_ONE}/reopening", KEEPERS, "problems"),
        ),
        Query(
            name="get-problem",
            ask=queries.get_problem,
            summary="One problem with its history",
            route=Route("GET", _ONE, EVERYONE, "problems"),
        ),
        Query(
            name="list-problems",
            ask=queries.list_problems,
            summary="Problems, filtered",
            route=Route("GET", "/problems", EVERYONE, "problems", area="region", organisation="enterprise"),
        ),
    ),
)
