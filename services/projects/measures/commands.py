"""Who may promise something, and say what was done for it."""

from services.projects.common import checks
from services.projects.measures.decisions import MeasureChange, OpenMeasure
from services.projects.measures.facts import Measure, MeasureState
from services.projects.plan import reference
from shared.areas import AreaTree
from shared.command import Given
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden, not_found


async def open_measure(at: At, command: OpenMeasure, state: MeasureState) -> Given:
    """A measure (措施) with its rows of the plan, its owner and its day. The same again changes nothing.

    With a tag, the projects that carry it are those that the measure has reached.
    """
    tree = await reference.area_tree(at.conn)
    checks.check_region(tree, command.region)
    check_measure_write(at.actor, tree, command.region)
    if command.tag is not None:
        await reference.counted_for(at.conn, [], [command.tag])
    return at.given()


async def change(at: At, command: MeasureChange, state: MeasureState) -> Given:
    """By the government whose measure it is, or one above it."""
    if not isinstance(state, Measure):
        raise not_found("measure", command.measure)
    check_measure_write(at.actor, await reference.area_tree(at.conn), state.opened.region)
    return at.given()


def check_measure_write(actor: Actor, tree: AreaTree, region: str) -> None:
    """Only the government that promised a measure, or one above it, changes it. Raises Problem 403."""
    if actor.role == "province" or (actor.area and tree.covers(actor.area, region)):
        return
    raise forbidden(f"The measures of {region} are not kept by {actor.area}.")
