"""Who hands in, waives and withdraws, and which occasion of which duty is meant."""

from services.projects.common import checks
from services.projects.common.duty import ALSO_BY_REFERENCE, Duty
from services.projects.common.refusal import Refused
from services.projects.duties.decisions import HandInDuty, OccasionCommand, WaiveDuty, WithdrawDutyEntry
from services.projects.duties.facts import Account
from services.projects.duties.obligations import Known, Obligation, all_duties, obligations
from services.projects.plan import reference
from services.projects.plan.facts import Region
from shared.areas import AreaTree
from shared.feature import At
from shared.identity import Actor
from shared.problems import forbidden


async def hand_in(at: At, command: HandInDuty, state: Account) -> Known:
    """Only the region itself hands in. What a monthly report or a bulletin carries out is not handed in here."""
    region, duty, one = await _occasion(at, command)
    check_duty_write(at.actor, region.code, region.level)
    return _known(at, duty, one, None if duty.carried_by in ALSO_BY_REFERENCE else duty.carried_by)


async def waive(at: At, command: WaiveDuty, state: Account) -> Known:
    """By the province, with the reason; it is neither late nor missing then."""
    region, duty, one = await _occasion(at, command)
    check_duty_waiver(at.actor, region.code, region.level)
    return _known(at, duty, one)


async def withdraw(at: At, command: WithdrawDutyEntry, state: Account) -> Known:
    """The period stands open again; what was said stays in the history."""
    region, duty, one = await _occasion(at, command)
    if one is not None and state.entry(command.period).waived:
        check_duty_waiver(at.actor, region.code, region.level)
    elif at.actor.role != "province":
        check_duty_write(at.actor, region.code, region.level)
    return _known(at, duty, one)


def unknown_duty(duty: str) -> Refused:
    """What is said of a duty that no plan has."""
    return Refused(
        f"There is no duty {duty!r}.",
        code="unknown-duty",
        status=404,
        where="duty",
        remedy="GET /duties lists the calendar of the loaded plans.",
    )


def _known(at: At, duty: Duty, one: Obligation | None, carried_by: str | None = None) -> Known:
    return Known(
        today=at.today,
        by=at.actor.subject,
        plan=duty.plan,
        owed=one.owed if one else None,
        carried_by=carried_by,
        obligation=one,
    )


async def _occasion(at: At, command: OccasionCommand) -> tuple[Region, Duty, Obligation | None]:
    """The region, the rule, and the region's occasion of that period; None where it owes nothing for it."""
    known = await reference.regions(at.conn)
    checks.check_region(AreaTree.of(known), command.region)
    region = next(each for each in known if each.code == command.region)
    rules = [each for each in await all_duties(at.conn) if each.duty == command.duty]
    if not rules:
        raise unknown_duty(command.duty)
    owed = await obligations(at.conn, rules, [region])
    one = next((each for each in owed if each.period == command.period), None)
    return region, (one.duty if one else rules[0]), one


def check_duty_write(actor: Actor, region: str, level: str) -> None:
    """Only a region's own government hands in what the region owes. Raises Problem 403."""
    if actor.role == "province" and level == "province":
        return
    if actor.role in ("city", "county") and actor.area == region:
        return
    raise forbidden(f"Only {region} itself hands in what {region} owes.")


def check_duty_waiver(actor: Actor, region: str, level: str) -> None:
    """Only the province waives duties, and never its own. Raises Problem 403."""
    if actor.role == "province" and level != "province":
        return
    raise forbidden(f"What {region} owes is waived by the government that it reports to.")
