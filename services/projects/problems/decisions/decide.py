"""What becomes of a command on a problem: the events, or a refusal."""

from collections.abc import Sequence
from datetime import date

from services.projects.common.refusal import Refused
from services.projects.problems.decisions.commands import (
    AnswerProblem,
    AssignProblem,
    AtMeeting,
    ByRules,
    CloseProblem,
    DecideProblem,
    DeclareMajor,
    EscalateOverdue,
    ProblemCommand,
    RaiseProblem,
    Raising,
    ReopenProblem,
)
from services.projects.problems.escalation import Rules, above, answer_by, escalates_on
from services.projects.problems.facts import (
    INITIAL,
    Answered,
    Cause,
    Closed,
    Decided,
    Known,
    Level,
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
    evolve,
    standing,
)
from shared.command import Given, decider


def decide(command: ProblemCommand, state: ProblemState, given: Given) -> Sequence[ProblemEvent]:
    """The events of a command, or Refused."""
    match (command, state, given):
        case (RaiseProblem(), NotRaised(), Raising()):
            return _raised(command, given)
        case (RaiseProblem(), Waiting() | Answered() | Decided() | Closed(), Raising()):
            return _raised_again(command, state, given)
        case (AssignProblem(), Waiting() | Answered(), _):
            return _assigned(command, state, given)
        case (AnswerProblem(), Waiting() | Answered() | Decided(), _):
            return _answered(command, state, given)
        case (DeclareMajor(), Waiting() | Answered() | Decided(), ByRules()):
            return _declared_major(command, state.subject, given)
        case (EscalateOverdue(), Waiting(), ByRules()):
            return _overdue(state.subject, given)
        case (EscalateOverdue(), Answered() | Decided() | Closed(), _):
            return []
        case (DecideProblem(), Waiting() | Answered() | Decided(), AtMeeting()):
            return _decided(command, state, given)
        case (CloseProblem(), Waiting() | Answered() | Decided(), _):
            return _closed(command, state.subject, given)
        case (CloseProblem(), Closed(), _) if state.subject.resolution == command.resolution:
            return []
        case (ReopenProblem(), Closed(), ByRules()):
            return _reopened(command, state.subject, given)
        case (_, NotRaised(), _):
            raise Refused(
                f"There is no problem {command.problem!r}.",
                code="not-found",
                status=404,
                where="problem",
                remedy="Raise it first, or check its id.",
            )
        case (_, Waiting() | Answered() | Decided() | Closed(), _):
            raise Refused(
                f"{type(command).__name__} doesn't fit: the problem is {standing(state)}.",
                code="wrong-state",
                status=409,
                where="problem",
                remedy="Reopen it first." if isinstance(state, Closed) else "Read it again.",
            )
        case _:
            raise TypeError(f"{type(command).__name__} on {type(state).__name__}")


PROBLEM = decider(INITIAL, decide, evolve)


def _raised(command: RaiseProblem, given: Raising) -> list[ProblemEvent]:
    at, on = given.at, command.on or given.today
    level = command.level or at.level
    _in_order(on, at.planned_on, given.today, "the project's planning")
    due = command.due_on or answer_by(given.rules, level, on)
    _not_before(due, on)
    raised = ProblemRaised(
        problem=given.problem,
        project=command.project,
        region=at.region,
        programmes=at.programmes,
        stage=at.stage,
        kind=command.kind,
        text=command.text,
        level=level,
        due_on=due,
        raised_on=on,
        raised_by=command.reported_by or given.by,
        owner=command.owner,
        enterprise=at.enterprise,
    )
    if command.major is None:
        return [raised]
    subject = Subject(raised, raised.level, raised.owner, raised.due_on, raised.raised_on)
    return [raised, _escalated(subject, Level.PROVINCE, "major", command.major, on, given.rules)]


def _raised_again(command: RaiseProblem, state: Known, given: Raising) -> list[ProblemEvent]:
    """Raising the same content again changes nothing, whoever does so and whatever the project's stage by now."""
    known = state.subject.raised
    level, on = command.level or given.at.level, command.on or given.today
    again = (command.project, command.kind, command.text, level, on)
    if again == (known.project, known.kind, known.text, known.level, known.raised_on):
        return []
    raise Refused(
        f"A problem {command.problem!r} is raised already, with other content.",
        code="exists",
        status=409,
        where="problem",
        remedy="A further problem needs an id of its own.",
    )


def _assigned(command: AssignProblem, state: Waiting | Answered, given: Given) -> list[ProblemEvent]:
    subject = state.subject
    _not_before(command.due_on, given.today)
    same = (subject.owner, subject.due_on) == (command.owner, command.due_on)
    if same and isinstance(state, Waiting):
        return []
    known = subject.raised
    return [
        ProblemAssigned(
            problem=command.problem,
            project=known.project,
            region=known.region,
            level=subject.level,
            owner=command.owner,
            due_on=command.due_on,
            on=given.today,
            assigned_by=given.by,
        )
    ]


def _answered(command: AnswerProblem, state: Known, given: Given) -> list[ProblemEvent]:
    subject = state.subject
    if isinstance(state, Answered) and subject.answer == command.answer:
        return []
    on = command.on or given.today
    _in_order(on, subject.last_on, given.today, "what is known last of the problem")
    known = subject.raised
    return [
        ProblemAnswered(
            problem=command.problem,
            project=known.project,
            region=known.region,
            level=subject.level,
            answer=command.answer,
            evidence=command.evidence,
            on=on,
            answered_by=command.reported_by or given.by,
        )
    ]


def _declared_major(command: DeclareMajor, subject: Subject, given: ByRules) -> list[ProblemEvent]:
    if subject.major:
        return []
    return [_escalated(subject, Level.PROVINCE, "major", command.reason, given.today, given.rules)]


def _overdue(subject: Subject, given: ByRules) -> list[ProblemEvent]:
    target = above(subject.level)
    day = escalates_on(given.rules, subject.level, subject.due_on)
    if target is None or day is None or given.today < day:
        return []
    reason = f"No answer by {subject.due_on}."
    return [_escalated(subject, target, "overdue", reason, given.today, given.rules)]


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


def _decided(command: DecideProblem, state: Known, given: AtMeeting) -> list[ProblemEvent]:
    subject, meeting = state.subject, command.meeting
    if isinstance(state, Decided) and (
        (subject.meeting, subject.decision, subject.owner, subject.due_on)
        == (meeting, command.decision, command.owner, command.due_on)
    ):
        return []
    if not given.lists:
        raise Refused(
            f"{command.problem} is not on the agenda of {meeting}.",
            code="not-on-agenda",
            where="meeting",
            remedy="Fix the agenda with it, or decide it at a meeting that has it.",
        )
    if given.concluded:
        raise Refused(f"{meeting} is concluded.", code="concluded", status=409, where="meeting")
    if given.today < given.held_on:
        raise Refused(
            f"{meeting} is held on {given.held_on}; today is {given.today}.",
            code="future-date",
            where="meeting",
            remedy="Report its decisions when it has been held.",
        )
    _not_before(command.due_on, given.held_on)
    known = subject.raised
    return [
        ProblemDecided(
            problem=command.problem,
            project=known.project,
            region=known.region,
            level=subject.level,
            meeting=meeting,
            decision=command.decision,
            owner=command.owner,
            due_on=command.due_on,
            on=max(given.held_on, subject.last_on),
        )
    ]


def _closed(command: CloseProblem, subject: Subject, given: Given) -> list[ProblemEvent]:
    on = command.on or given.today
    _in_order(on, subject.last_on, given.today, "what is known last of the problem")
    known = subject.raised
    return [
        ProblemClosed(
            problem=command.problem,
            project=known.project,
            region=known.region,
            level=subject.level,
            resolution=command.resolution,
            evidence=command.evidence,
            on=on,
            closed_by=command.reported_by or given.by,
            days_open=(on - known.raised_on).days,
        )
    ]


def _reopened(command: ReopenProblem, subject: Subject, given: ByRules) -> list[ProblemEvent]:
    due = command.due_on or answer_by(given.rules, subject.level, given.today)
    _not_before(due, given.today)
    known = subject.raised
    return [
        ProblemReopened(
            problem=command.problem,
            project=known.project,
            region=known.region,
            level=subject.level,
            reason=command.reason,
            due_on=due,
            on=given.today,
            reopened_by=command.reported_by or given.by,
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
