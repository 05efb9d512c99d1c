"""Appraisals as answers: a city sees its own scores, the province all, and every government what is published."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from services.assessment.domain.appraisal import Appraisal, AppraisalState
from services.assessment.domain.summons import Held, Lifted, Reported, Summons, standing
from services.assessment.domain.summons_decisions import to_summon
from services.assessment.models_appraisals import AppraisalStanding, AppraisalView
from shared.identity import Actor

Json = dict[str, Any]


def appraisal_view(state: AppraisalState, actor: Actor, today: date) -> AppraisalView:
    """An appraisal as this actor may see it. Raises TypeError for one that isn't open."""
    if not isinstance(state, Appraisal):
        raise TypeError("not an appraisal")
    opened, scheme = state.opened, state.opened.scheme
    return AppraisalView.model_validate(
        {
            "plan": opened.plan,
            "year": opened.year,
            "standing": _standing(state),
            "scheme": {**msgspec.to_builtins(scheme), "full_marks": scheme.full_marks},
            "scored": state.scored,
            "opened_on": opened.opened_on,
            "self_due_on": opened.self_due_on,
            "verify_due_on": opened.verify_due_on,
            "cities": [
                {
                    "region": city.region,
                    "name": city.name,
                    "target": city.target,
                    "received_on": state.received.get(city.region),
                    "receipt": state.receipt(city.region, today),
                    "own": _plain(state.own.get(city.region)),
                    "verified": _plain(state.verified.get(city.region)),
                    "award": state.awards.get(city.region, Decimal(0)),
                    "to_summon": to_summon(state, city.region),
                    "summons": _summons(state.summonses.get(city.region), today),
                }
                for city in opened.cities
                if actor.role in ("province", "ops", "system")
                or (actor.role == "city" and actor.area == city.region)
            ],
            "editions": [_plain(each) for each in state.published],
        }
    )


def _standing(state: Appraisal) -> AppraisalStanding:
    if state.published:
        nothing = Decimal(0)
        given = all(
            state.awards.get(each.region, nothing) == each.award for each in state.published[-1].cities
        )
        return "awarded" if given else "published"
    return "verified" if len(state.verified) == len(state.opened.cities) else "open"


def _summons(state: Summons | None, today: date) -> Json | None:
    if state is None:
        return None
    found: Json = {"standing": standing(state, today), **msgspec.to_builtins(state.issued)}
    if isinstance(state, Lifted):
        found |= {"lifted_on": state.lifted.on, "lifted_because": state.lifted.reason}
    if isinstance(state, Held | Reported):
        held = state.held
        found |= {"held_on": held.held_on, "agreed": held.agreed, "minutes": held.evidence}
        found |= {"report_due_on": held.report_due_on}
    if isinstance(state, Reported):
        report = state.report
        found |= {"reported_on": report.on, "report": report.evidence, "report_late": report.late}
    return found


def _plain(event: object) -> Json | None:
    found: Json | None = msgspec.to_builtins(event)
    return found
