"""What an event contributes to which measure: pure, one row per thing that a later event can restate."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from services.progress.measures import facts
from services.progress.projection import assessment_events, energy_events, project_events
from services.progress.projection.standing import Mark, Standing
from shared.consumer import Poison


def contributions(event: msgspec.Struct) -> Iterator[dict[str, Any]]:
    """What an event says about measures. `key` names what a later event of the same source can restate."""
    match event:
        case (
            project_events.MonthlyReportFiled()
            | project_events.MonthlyReportCorrected()
            | project_events.MonthlyReportWithdrawn()
        ):
            yield {
                "measure": facts.INVESTMENT,
                "region": event.region,
                "period": event.month,
                "key": f"{event.region}:{event.month}",
                # Once it is withdrawn its value is missing, not zero.
                "value": None
                if isinstance(event, project_events.MonthlyReportWithdrawn)
                else event.investment,
                "unit": "CNY",
                "detail": plain(event),
            }
        case project_events.ListingRegistered():
            yield {
                "measure": facts.LISTING,
                "region": event.region,
                "period": event.registered_on.isoformat(),
                "key": event.listing,
                "value": 1,
                "detail": plain(event),
            }
        case project_events.MatchConcluded():
            yield {
                "measure": facts.MATCH,
                "region": event.pair.region,
                "period": event.concluded_on.isoformat(),
                "key": f"{event.pair.need}:{event.pair.offer}",
                "value": event.amount,
                "unit": "CNY",
                "detail": plain(event.pair),
            }
        case project_events.MatchReopened():
            yield {
                "measure": facts.MATCH,
                "region": event.pair.region,
                "period": event.concluded_on.isoformat(),
                "key": f"{event.pair.need}:{event.pair.offer}",
                "value": None,
                "unit": "CNY",
                "detail": {"withdrawn": True},
            }
        case assessment_events.Designated():
            yield _designation(event)
        case project_events.CohortClosed():
            yield {
                "measure": facts.COHORT,
                "region": "",
                "period": event.closed_on.isoformat(),
                "key": event.cohort,
                "value": len(event.members),
                "detail": {"cohort": event.cohort, "investor_kind": event.investor_kind},
            }
        case assessment_events.StatisticReported():
            yield {
                "measure": facts.STATISTIC,
                "region": event.region,
                "period": event.period,
                "key": f"{event.indicator}:{event.region}:{event.period}:{event.price_base or ''}",
                "value": event.value,
                "unit": event.unit,
                "detail": plain(event),
            }
        case energy_events.KeyUsersDesignated():
            yield from _list_of_key_users(event)
        case energy_events.CoverageChanged():
            yield {
                "measure": facts.COVERAGE,
                "region": event.region,
                "period": event.day.isoformat(),
                "key": f"{event.enterprise}:{event.day.isoformat()}",
                "subject": event.enterprise,
                "value": int(event.online),
                "detail": plain(event),
            }
        case energy_events.FeedSilent():
            yield {
                "measure": facts.FEED,
                "region": event.region,
                "period": "",
                "key": event.enterprise,
                "subject": event.enterprise,
                "value": int(isinstance(event, energy_events.FeedResumed)),
                "detail": plain(event),
            }
        case energy_events.EnterpriseDayMeasured():
            yield {
                "measure": facts.ENERGY_DAY,
                "region": event.region,
                "period": event.day.isoformat(),
                "key": f"{event.enterprise}:{event.day.isoformat()}",
                "subject": event.enterprise,
                "value": event.tce_equal,
                "unit": "tce",
                "detail": plain(event),
            }
        case _:
            raise Poison(f"{type(event).__name__} is read, but nothing says what it contributes to")


def _designation(event: assessment_events.Designated) -> dict[str, Any]:
    """A mark from its day to the last day on which it stood. One that was annulled has no day, as it never stood.

    `thing`: what is designated at two levels, or a second time, counts once in a figure.
    """
    withdrawn = event if isinstance(event, assessment_events.DesignationWithdrawn) else None
    until = None if withdrawn is None else withdrawn.withdrawn_on - timedelta(days=1)
    annulled = withdrawn is not None and withdrawn.annulled
    return {
        "measure": facts.DESIGNATION,
        "region": event.region,
        "period": "" if annulled else event.designated_on.isoformat(),
        "key": event.designation,
        "value": None if annulled else 1,
        "detail": {
            **plain(event),
            "thing": f"{event.kind}:{event.name}",
            "until": until.isoformat() if until else None,
        },
    }


def marked(contribution: Mapping[str, Any]) -> Mark | None:
    """What a contribution counts for where it is no project's; None for one that was taken back."""
    detail = contribution["detail"]
    if not contribution["period"] or detail.get("withdrawn"):
        return None
    until = detail.get("until")
    return Mark(
        measure=contribution["measure"],
        key=contribution["key"],
        region=contribution["region"],
        day=date.fromisoformat(contribution["period"]),
        until=date.fromisoformat(until) if until else None,
        amount=contribution["value"],
        detail=detail,
    )


def standing_row(standing: Standing) -> dict[str, Any]:
    return {
        "measure": facts.PROJECT,
        "region": standing.region,
        "period": "",
        "key": standing.project,
        "value": standing.now.investment,
        "unit": "CNY",
        "detail": plain(standing),
    }


def mark_row(mark: Mark, holds: bool) -> dict[str, Any]:
    """A mark that no longer holds is a row without a period: no span of days finds it."""
    return {
        "measure": mark.measure,
        "region": mark.region,
        "period": mark.day.isoformat() if holds else "",
        "key": mark.key,
        "value": (mark.states[-1].investment if mark.amount is None else mark.amount) if holds else None,
        "unit": mark.unit,
        "detail": {**mark.detail, "until": mark.until.isoformat() if mark.until else None}
        if holds
        else {"withdrawn": True},
    }


def _list_of_key_users(event: energy_events.KeyUsersDesignated) -> Iterator[dict[str, Any]]:
    """The list as a whole replaces the year's earlier one; the header stands for it, also when it is empty."""
    year = str(event.year)
    yield {
        "measure": facts.KEY_USER_LIST,
        "region": "",
        "period": year,
        "key": year,
        "detail": {
            "basis": event.basis,
            "source": event.source,
            "revision": event.revision,
            "revision_reason": event.revision_reason,
            "enterprises": len(event.enterprises),
        },
    }
    for user in event.enterprises:
        yield {
            "measure": facts.KEY_USER,
            "region": user.region,
            "period": year,
            "key": f"{year}:{user.enterprise}",
            "subject": user.enterprise,
            "value": user.tce,
            "unit": "tce",
            "detail": {**plain(user), "basis": event.basis, "source": event.source},
        }


def part_of(whole: dict[str, Any], part: assessment_events.TargetPart) -> dict[str, Any]:
    """A part of a target that was broken down: it takes everything but its region and value from the whole (TR-7)."""
    return {
        **whole,
        "target": part.target,
        "name": part.name or whole["name"],
        "region": part.region,
        "value": plain(part)["value"],
        "parent": whole["target"],
        "level": "county",
        "base": None,
        "revised": False,
        "decomposed": True,
        "withdrawn": False,
    }


def plain(event: msgspec.Struct) -> dict[str, Any]:
    """JSON-able: Decimal as a string, dates in ISO form."""
    values: dict[str, Any] = msgspec.to_builtins(event)
    return values
