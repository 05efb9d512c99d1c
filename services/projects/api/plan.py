"""The operation that loads a plan's parts."""

from services.projects.api.base import Serving, ops
from services.projects.app import plan
from services.projects.domain import duty
from services.projects.domain import plan as domain
from services.projects.domain.plan_loading import LoadPlan
from services.projects.domain.rules import Rule
from services.projects.domain.tags import Tag
from services.projects.models import plan as models
from shared.rpc import Call, Reply


@ops.command(
    "load-plan",
    request=models.LoadPlan,
    response=models.PlanView,
    summary="Load a plan's regions, programmes, registers, duties, rules and tags",
)
async def load_plan(call: Call, body: models.LoadPlan) -> Reply:
    """All or nothing. Rows are added to what the plan has; the same again changes nothing.

    With `replace` each part that is given is all of it: rows change, and what it doesn't name is dropped. What would
    drop or change something that another plan goes by is refused, unless that plan is named in `over`.
    """
    return await plan.load_plan(Serving.app, call, _plan(body))


@ops.query(
    "check-plan",
    request=models.LoadPlan,
    response=models.PlanView,
    summary="What loading these parts of a plan would change",
)
async def check_plan(call: Call, body: models.LoadPlan) -> models.PlanView:
    """The answer that loading them would give, or the refusal; nothing is written."""
    return await plan.check_plan(Serving.app, call, _plan(body))


def _plan(body: models.LoadPlan) -> LoadPlan:
    return LoadPlan(
        body.plan,
        regions=tuple(
            domain.Region(
                part.code,
                part.name,
                part.level,
                part.parent,
                part.administered,
                part.valid_from,
                part.valid_to,
                tuple(
                    domain.RegionRelation(each.kind, each.to, each.valid_from, each.valid_to)
                    for each in part.relations
                ),
            )
            for part in body.regions
        ),
        programmes=tuple(domain.Programme(part.code, part.name) for part in body.programmes),
        registers=tuple(
            domain.Register(part.register_, part.name, part.term, part.level) for part in body.registers
        ),
        duties=tuple(_duty(body.plan, part) for part in body.duties),
        rules=tuple(
            Rule(
                part.rule,
                part.row,
                part.valid_from,
                part.parameters,
                part.source,
                part.confidence,
                part.valid_to,
                part.note,
            )
            for part in body.rules
        ),
        tags=tuple(
            Tag(part.tag, part.programme, part.name, part.term, tuple(part.rows), part.parent)
            for part in body.tags
        ),
        replace=body.replace,
        over=frozenset(body.over),
    )


def _duty(plan_id: str, part: models.DutyPart) -> duty.Duty:
    return duty.Duty(
        plan=plan_id,
        duty=part.duty,
        rows=tuple(part.rows),
        name=part.name,
        term=part.term,
        kind=part.kind,
        who=part.who,
        levels=tuple(part.regions),
        recurrence=part.recurrence,
        due=duty.DueRule(
            part.due.rule,
            part.due.day,
            part.due.on,
            part.due.start,
            part.due.end,
            tuple(duty.Instance(each.period, each.due_on) for each in part.due.instances),
        ),
        source=part.source,
        confidence=part.confidence,
        to=part.to,
        first_period=part.first_period,
        last_period=part.last_period,
        note=part.note,
        skips=tuple(part.skips),
        carried_by=part.carried_by,
        follow_up=None if part.follow_up is None else _follow_up(part.follow_up),
    )


def _follow_up(part: models.FollowUpPart) -> duty.FollowUp:
    return duty.FollowUp(tuple(part.remind_days), part.missing_in_a_row, part.consequence, part.source)
