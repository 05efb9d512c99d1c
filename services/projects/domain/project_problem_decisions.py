"""Decisions on a ProjectProblem (困难和问题): commands in, events or a refusal out."""

from collections.abc import Sequence
from datetime import date

from services.projects.domain.escalation import Level, Rules, above, answer_by, escalates_on
from services.projects.domain.project_problem import (
    Answered,
    Cause,
    Closed,
    Decided,
    Known,
    NotRaised,
    ProblemAnswered,
    ProblemAssigned,
    ProblemClosed,
    ProblemDecided,
    ProblemEscalated,
    ProblemEvent,
    ProblemRaised,
    ProblemReopened,
    ProblemState,
    Subject,
    Waiting,
    standing,
)
from services.projects.domain.project_problem_commands import (
    AnswerProblem,
    AssignProblem,
    CloseProblem,
    DecideProblem,
    DeclareMajor,
    EscalateOverdue,
    ProblemCommand,
    RaiseProblem,
    ReopenProblem,
)
from services.projects.domain.refusal import Refused


def decide(command: ProblemCommand, state: ProblemState) -> Sequence[ProblemEvent]:
    """The events of a command, or Refused."""
    match (command, state):
        case (RaiseProblem(), NotRaised()):
            return _raised(command)
        case (RaiseProblem(), Waiting() | Answered() | Decided() | Closed()):
            return _raised_again(command, state)
        case (AssignProblem(), Waiting() | Answered()):
            return _assigned(command, state)
        case (AnswerProblem(), Waiting() | Answered() | Decided()):
            return _answered(command, state)
        case (DeclareMajor(), Waiting() | Answered() | Decided()):
            return _declared_major(command, state)
        case (EscalateOverdue(), Waiting()):
            return _overdue(command, state.subject)
        case (EscalateOverdue(), Answered() | Decided() | Closed()):
            return []
        case (DecideProblem(), Waiting() | Answered() | Decided()):
            return _decided(command, state)
        case (CloseProblem(), Waiting() | Answered() | Decided()):
            return _closed(command, state.subject)
        case (CloseProblem(), Closed()) if state.subject.resolution == command.resolution:
            return []
        case (ReopenProblem(), Closed()):
            return _reopened(command, state.subject)
        case (_, NotRaised()):
            raise Refused(
                f"There is no problem {command.problem!r}.",
                code="not-found",
                status=404,
                where="problem",
                remedy="Raise it first, or check its id.",
            )
        case (_, Waiting() | Answered() | Decided() | Closed()):
            raise Refused(
                f"{type(command).__name__} doesn't fit: the problem is {standing(state)}.",
                code="wrong-state",
                status=409,
                where="problem",
                remedy="Reopen it first." if isinstance(state, Closed) else "Read it again.",
            )
        case _:
            raise TypeError(f"{type(command).__name__} on {type(state).__name__}")


def _raised(command: RaiseProblem) -> list[ProblemEvent]:
    at = command.at
    _in_order(command.on, at.planned_on, command.today, "the project's planning")
    due = command.due_on or answer_by(command.rules, command.level, command.on)
    _not_before(due, command.on)
    raised = ProblemRaised(
        problem=command.problem,
        project=at.project,
        region=at.region,
        programmes=at.programmes,
        stage=at.stage,
        kind=command.kind,
        text=command.text,
        level=command.level,
        due_on=due,
        raised_on=command.on,
        raised_by=command.raised_by,
        owner=command.owner,
        enterprise=at.enterprise,
    )
    if command.major is None:
        return [raised]
    subject = Subject(raised, raised.level, raised.owner, raised.due_on, raised.raised_on)
    return [raised, _escalated(subject, Level.PROVINCE, "major", command.major, command.on, command.rules)]


def _raised_again(command: RaiseProblem, state: Known) -> list[ProblemEvent]:
    """Raising the same content again changes nothing, whoever does so and whatever the project's stage by now."""
    known = state.subject.raised
    again = (command.at.project, command.kind, command.text, command.level, command.on)
    if again == (known.project, known.kind, known.text, known.level, known.raised_on):
        return []
    raise Refused(
        f"A problem {command.problem!r} is raised already, with other content.",
        code="exists",
        status=409,
        where="problem",
        remedy="A further problem needs an id of its own.",
    )


def _assigned(command: AssignProblem, state: Waiting | Answered) -> list[ProblemEvent]:
    subject = state.subject
    _not_before(command.due_on, command.today)
    same = (subject.owner, subject.due_on) == (command.owner, command.due_on)
    if same and isinstance(state, Waiting):
        return []
    known = subject.raised
    return [
        ProblemAssigned(
            command.problem,
            known.project,
            known.region,
            subject.level,
            command.owner,
            command.due_on,
            command.today,
            command.assigned_by,
        )
    ]


def _answered(command: AnswerProblem, state: Known) -> list[ProblemEvent]:
    subject = state.subject
    if isinstance(state, Answered) and subject.answer == command.answer:
        return []
    _in_order(command.on, subject.last_on, command.today, "what is known last of the problem")
    known = subject.raised
    return [
        ProblemAnswered(
            command.problem,
            known.project,
            known.region,
            subject.level,
            command.answer,
            command.evidence,
            command.on,
            command.answered_by,
        )
    ]


def _declared_major(command: DeclareMajor, state: Known) -> list[ProblemEvent]:
    subject = state.subject
    if subject.major:
        return []
    return [_escalated(subject, Level.PROVINCE, "major", command.reason, command.today, command.rules)]


def _overdue(command: EscalateOverdue, subject: Subject) -> list[ProblemEvent]:
    target = above(subject.level)
    day = escalates_on(command.rules, subject.level, subject.due_on)
    if target is None or day is None or command.today < day:
        return []
    reason = f"No answer by {subject.due_on}."
    return [_escalated(subject, target, "overdue", reason, command.today, command.rules)]


def _escalated(
    subject: Subject, to: Level, cause: Cause, reason: str, on: date, rules: Rules
) -> ProblemEscalated:
    known = subject.raised
    return ProblemEscalated(
        problem=known.problem,
        project=known.project,
        region=known.region,
        from_level=subject.level,
        to_level=to,
        cause=cause,
        reason=reason,
        due_on=answer_by(rules, to, on),
        on=on,
    )


def _decided(command: DecideProblem, state: Known) -> list[ProblemEvent]:
    subject, agenda = state.subject, command.agenda
    if isinstance(state, Decided) and (
        (subject.meeting, subject.decision, subject.owner, subject.due_on)
        == (agenda.meeting, command.decision, command.owner, command.due_on)
    ):
        return []
    if not agenda.lists:
        raise Refused(
            f"{command.problem} is not on the agenda of {agenda.meeting}.",
            code="not-on-agenda",
            where="meeting",
            remedy="Fix the agenda with it, or decide it at a meeting that has it.",
        )
    if agenda.concluded:
        raise Refused(f"{agenda.meeting} is concluded.", code="concluded", status=409, where="meeting")
    if command.today < agenda.held_on:
        raise Refused(
            f"{agenda.meeting} is held on {agenda.held_on}; today is {command.today}.",
            code="future-date",
            where="meeting",
            remedy="Report its decisions when it has been held.",
        )
    _not_before(command.due_on, agenda.held_on)
    known = subject.raised
    return [
        ProblemDecided(
            command.problem,
            known.project,
            known.region,
            subject.level,
            agenda.meeting,
            command.decision,
            command.owner,
            command.due_on,
            max(agenda.held_on, subject.last_on),
        )
    ]


def _closed(command: CloseProblem, subject: Subject) -> list[ProblemEvent]:
    _in_order(command.on, subject.last_on, command.today, "what is known last of the problem")
    known = subject.raised
    return [
        ProblemClosed(
            command.problem,
            known.project,
            known.region,
            subject.level,
            command.resolution,
            command.evidence,
            command.on,
            command.closed_by,
            (command.on - known.raised_on).days,
        )
    ]


def _reopened(command: ReopenProblem, subject: Subject) -> list[ProblemEvent]:
    due = command.due_on or answer_by(command.rules, subject.level, command.today)
    _not_before(due, command.today)
    known = subject.raised
    return [
        ProblemReopened(
            command.problem,
            known.project,
            known.region,
            subject.level,
            command.reason,
            due,
            command.today,
            command.reopened_by,
        )
    ]


def _in_order(on: date, first: date, today: date, what: str) -> None:
    if on > today:
        raise Refused(
            f"{on} has not come yet; today is {today}.",
            code="future-date",
            where="on",
            remedy="Report what has happened, when it has.",
        )
    if on < first:
        raise Refused(
            f"{on} lies before {what} ({first}).",
            code="date-order",
            where="on",
            remedy="Check the day.",
        )


def _not_before(due_on: date, first: date) -> None:
    if due_on < first:
        raise Refused(
            f"Due on {due_on} is before {first}.",
            code="date-order",
            where="due_on",
            remedy="Give a day that can be met.",
        )
