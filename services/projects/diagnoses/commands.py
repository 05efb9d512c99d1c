"""Who may do something with a diagnosis, and what it names."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects import access
from services.projects.common import checks
from services.projects.common.refusal import Refused
from services.projects.diagnoses.decisions import HoldDiagnosis, SettleFinding
from services.projects.diagnoses.facts import Diagnosis, DiagnosisState, FindingOutcome
from services.projects.matching.listings.views import TABLE as LISTING
from services.projects.matching.listings.visible import may_see_listing
from services.projects.plan import reference
from services.projects.projects.kept import project_region
from shared.areas import AreaTree
from shared.command import Given
from shared.feature import At
from shared.identity import Actor
from shared.problems import not_found


async def hold(at: At, command: HoldDiagnosis, state: DiagnosisState) -> Given:
    """Who diagnosed, and what was found, numbered from 1. The same again changes nothing."""
    tree = await reference.area_tree(at.conn)
    checks.check_region(tree, command.region)
    access.check_project_write(at.actor, tree, command.region)
    checks.check_industry(command.industry, at.today)
    return at.given()


async def settle(at: At, command: SettleFinding, state: DiagnosisState) -> Given:
    """To a technology need of the meeting point, to a project, or dismissed with a reason: once."""
    tree = await reference.area_tree(at.conn)
    if not isinstance(state, Diagnosis) or not access.may_see_project(
        at.actor, tree, state.held.region, None
    ):
        raise not_found("diagnosis", command.diagnosis)
    access.check_project_write(at.actor, tree, state.held.region)
    if command.reference is not None:
        await _check_reference(at.conn, at.actor, tree, command.outcome, command.reference)
    return at.given()


async def _check_reference(
    conn: AsyncConnection, actor: Actor, tree: AreaTree, outcome: FindingOutcome, name: str
) -> None:
    """A project, or a need of the meeting point technology, that the actor may see. Raises Refused."""
    if outcome is FindingOutcome.PROJECT:
        region = await project_region(conn, name)
        found = region is not None and access.may_see_project(actor, tree, region, None)
    else:
        t = LISTING.c
        need = select(LISTING).where(t.listing == name, t.meeting == "technology", t.side == "need")
        row = (await conn.execute(need)).one_or_none()
        found = row is not None and may_see_listing(actor, tree, row)
    if not found:
        raise Refused(
            f"There is no {outcome} {name!r}.",
            code="unknown-reference",
            where="reference",
            remedy="Register the technology need or the project first.",
        )
