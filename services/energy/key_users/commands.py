"""Who may designate key users, and what of the plan and of the registry the list needs."""

from datetime import date

from sqlalchemy import select

from services.energy.access import province_only
from services.energy.enterprises.views import TABLE as ENTERPRISE
from services.energy.key_users.decisions import DesignateKeyUsers, Listing
from services.energy.key_users.facts import KeyUserState
from services.energy.plan.reference import key_user_rule
from shared.feature import At


async def designate(at: At, command: DesignateKeyUsers, state: KeyUserState) -> Listing:
    """From the threshold on (以上 includes the number) by law; from the second line on by designation, with a
    reason. The lines are dated rules of the plan. One wrong line refuses the whole list and is named."""
    province_only(at.actor, "The list of key energy users")
    known = ENTERPRISE.c
    named = [line.enterprise for line in command.enterprises]
    rows = await at.conn.execute(select(known.enterprise, known.region).where(known.enterprise.in_(named)))
    return Listing(
        today=at.today,
        by=at.actor.subject,
        rule=await key_user_rule(at.conn, date(command.year, 1, 1)),
        regions={row.enterprise: row.region for row in rows},
    )
