"""Who may load a plan, and what it is held against."""

from sqlalchemy import text

from services.projects import access
from services.projects.plan.decisions.commands import LoadPlan
from services.projects.plan.decisions.loading import Beside
from services.projects.plan.facts import LoadedPlan
from services.projects.plan.queries import of_all_plans
from services.projects.plan.rules import check_rules
from shared.feature import At

# A lock: of two plans loaded at once, neither would be checked against the other.
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext('projects: load-plan'))")


async def load(at: At, command: LoadPlan, state: LoadedPlan) -> Beside:
    """All or nothing. Rows are added to what the plan has; the same again changes nothing.

    With `replace` each part that is given is all of it: rows change, and what it doesn't name is dropped. What would
    drop or change something that another plan goes by is refused, unless that plan is named in `over`.
    """
    access.check_load_plan(at.actor)
    check_rules(command)
    await at.conn.execute(_ONE_AFTER_THE_OTHER)
    history = await of_all_plans(at.service, at.conn)
    return Beside(today=at.today, by=at.actor.subject, history=history)
