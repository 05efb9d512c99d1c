"""Operations on problems of projects (困难和问题, PM-9, PM-10)."""

from services.projects.api.base import Serving, ops
from services.projects.app import problems
from services.projects.models import problems as models
from services.projects.queries import problems as queries
from shared.rpc import Call, Reply


@ops.command(
    "raise-problem",
    request=models.RaiseProblem,
    response=models.ProblemSummary,
    summary="Raise a problem at a project",
)
async def raise_problem(call: Call, body: models.RaiseProblem) -> Reply:
    """With its kind, whose it is, and by when it is to be answered; a 重大问题 goes to the province at once."""
    return await problems.raise_problem(Serving.app, call, body)


@ops.command(
    "assign-problem",
    request=models.AssignProblem,
    response=models.ProblemSummary,
    summary="Name who is to answer a problem",
)
async def assign_problem(call: Call, body: models.AssignProblem) -> Reply:
    """The owner department (责任单位) and its day; an answered problem waits again."""
    return await problems.assign_problem(Serving.app, call, body)


@ops.command(
    "answer-problem", request=models.AnswerProblem, response=models.ProblemSummary, summary="Answer a problem"
)
async def answer_problem(call: Call, body: models.AnswerProblem) -> Reply:
    """What was done or can be, with its evidence. An answered problem is not escalated."""
    return await problems.answer_problem(Serving.app, call, body)


@ops.command(
    "declare-major",
    request=models.DeclareMajor,
    response=models.ProblemSummary,
    summary="Declare a problem a major one",
)
async def declare_major(call: Call, body: models.DeclareMajor) -> Reply:
    """A 重大问题 becomes the province's, for its next dispatch meeting (PM-10)."""
    return await problems.declare_major(Serving.app, call, body)


@ops.command(
    "decide-problem",
    request=models.DecideProblem,
    response=models.ProblemSummary,
    summary="Enter a meeting's decision on a problem",
)
async def decide_problem(call: Call, body: models.DecideProblem) -> Reply:
    """Who does what by when; the problem must be on the agenda of a meeting that is held and not concluded."""
    return await problems.decide_problem(Serving.app, call, body)


@ops.command(
    "close-problem", request=models.CloseProblem, response=models.ProblemSummary, summary="Close a problem"
)
async def close_problem(call: Call, body: models.CloseProblem) -> Reply:
    """What became of it, with its evidence."""
    return await problems.close_problem(Serving.app, call, body)


@ops.command(
    "reopen-problem",
    request=models.ReopenProblem,
    response=models.ProblemSummary,
    summary="Open a closed problem again",
)
async def reopen_problem(call: Call, body: models.ReopenProblem) -> Reply:
    """It isn't solved after all: the level that had it last has it again."""
    return await problems.reopen_problem(Serving.app, call, body)


@ops.query(
    "get-problem",
    request=models.GetProblem,
    response=models.ProblemView,
    summary="One problem with its history",
)
async def get_problem(call: Call, body: models.GetProblem) -> models.ProblemView:
    """How it stands, and every fact of it."""
    return await queries.get_problem(Serving.app, call, body)


@ops.query(
    "list-problems", request=models.ListProblems, response=models.ProblemPage, summary="Problems, filtered"
)
async def list_problems(call: Call, body: models.ListProblems) -> models.ProblemPage:
    """In order of the day they are due; the first page counts all that the filters match."""
    return await queries.list_problems(Serving.app, call, body)
