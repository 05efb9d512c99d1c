"""What is decided in a year's appraisal: scores by item, the ranking, awards, summonses; and a city's own points."""

from collections.abc import Sequence

from services.portal import numbers
from services.portal.ask import Ask
from services.portal.commands import Command, Input
from services.portal.pages.common import Json
from services.portal.roles import CITY, PROVINCE


def commands(ask: Ask, found: Json) -> list[Command]:
    """What the reader may do: the province scores and publishes, a city assesses itself and reports on a summons."""
    if ask.session.role == PROVINCE:
        return _province(ask, found)
    if ask.session.role == CITY:
        own = next((each for each in found["cities"] if each["region"] == ask.session.area), None)
        return [] if own is None else _city(ask, found, own)
    return []


def _path(found: Json) -> str:
    return f"/plans/{found['plan']}/appraisals/{found['year']}"


def _inputs(ask: Ask, found: Json, before: Json | None) -> tuple[list[Input], dict[str, str]]:
    """Points and evidence of each item of the scheme, as they stand; and the items that they are of."""
    w = ask.words
    known = {each["item"]: each for each in (before or {}).get("items", ())}
    inputs, fixed = [], {}
    for number, item in enumerate(found["scheme"]["items"]):
        had = known.get(item["item"], {})
        most = ask.number(item["points"], 2)
        fixed[f"items.{number}.item"] = item["item"]
        inputs += [
            Input(
                f"items.{number}.points",
                w("appraisal.points_of", name=item["name"], most=most),
                "number",
                numbers.typed(had.get("points")),
                required=True,
            ),
            Input(
                f"items.{number}.evidence",
                w("appraisal.evidence_of", name=item["name"]),
                typed=had.get("evidence", ""),
                required=True,
            ),
        ]
    evidence = Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True)
    return [*inputs, evidence], fixed


def _province(ask: Ask, found: Json) -> list[Command]:
    """Scores of the city that is chosen, then what is of the whole year."""
    w, path = ask.words, _path(found)
    evidence = Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True)
    offered = []
    city = next((each for each in found["cities"] if each["region"] == ask.query.get("city")), None)
    if city is not None:
        offered += _of_city(ask, found, city)
    if found["scored"]:
        why = w("appraisal.why_again") if found["editions"] else w("appraisal.why_first")
        reason = Input("reason", w("command.reason"), hint=why, required=bool(found["editions"]))
        offered.append(_command(ask, "publish", f"{path}/rankings", [evidence, reason]))
    if found["editions"]:
        offered.append(_command(ask, "award", f"{path}/awards", [evidence]))
    return offered


def _of_city(ask: Ask, found: Json, city: Json) -> list[Command]:
    w, path, region = ask.words, _path(found), city["region"]
    evidence = Input("evidence", w("command.evidence"), hint=w("command.evidence_hint"), required=True)
    reason = Input("reason", w("command.reason"), required=True)
    name = ask.region(region, city["name"])
    offered = []
    if found["scored"]:
        verified = city["verified"]
        inputs, fixed = _inputs(ask, found, verified or city["own"])
        inputs.append(
            Input("missing_accepted", w("appraisal.missing_accepted"), hint=w("appraisal.missing_hint"))
        )
        if verified is not None:
            inputs.append(Input("reason", w("appraisal.why_corrected"), required=True))
        offered.append(_command(ask, "score", f"{path}/scores", inputs, {**fixed, "region": region}, name))
    summons = city["summons"]
    standing = None if summons is None else summons["standing"]
    if found["editions"] and standing in (None, "called", "not_held", "lifted"):
        inputs = [
            Input("whom", w("appraisal.whom"), typed=w("appraisal.whom_usual", city=name), required=True),
            Input("by", w("appraisal.by"), typed=w("appraisal.by_usual"), required=True),
            Input("hold_on", w("appraisal.hold_on"), "date", required=True),
            evidence,
            Input("reason", w("command.reason"), hint=w("appraisal.summon_reason")),
        ]
        offered.append(_command(ask, "summon", f"{path}/summonses", inputs, {"region": region}, name))
    if standing in ("called", "not_held"):
        inputs = [
            Input("held_on", w("appraisal.held_on"), "date", required=True),
            Input("agreed", w("appraisal.agreed"), "textarea", required=True),
            Input("report_due_on", w("appraisal.report_due"), "date", hint=w("appraisal.report_due_hint")),
            evidence,
        ]
        offered.append(_command(ask, "held", f"{path}/summonses/{region}/minutes", inputs, {}, name))
        offered.append(_command(ask, "lift", f"{path}/summonses/{region}/lifting", [reason], {}, name))
    return offered


def _city(ask: Ask, found: Json, own: Json) -> list[Command]:
    """Its own points until the province has verified them; its report after a summons was held."""
    w, path = ask.words, _path(found)
    offered = []
    if own["verified"] is None:
        inputs, fixed = _inputs(ask, found, own["own"])
        fixed["region"] = own["region"]
        offered.append(_command(ask, "self_assess", f"{path}/self-assessments", inputs, fixed))
    if own["summons"] is not None and own["summons"]["standing"] in ("held", "report_missing"):
        evidence = Input("evidence", w("appraisal.report_evidence"), required=True)
        end = f"summonses/{own['region']}/reports"
        offered.append(_command(ask, "report_back", f"{path}/{end}", [evidence]))
    return offered


def _command(
    ask: Ask,
    name: str,
    path: str,
    inputs: Sequence[Input],
    fixed: dict[str, str] | None = None,
    city: str = "",
) -> Command:
    w = ask.words
    title = w(f"appraisal.{name}") + (f" · {city}" if city else "")
    return Command(
        f"appraisal_{name}",
        title,
        path,
        inputs,
        w(f"appraisal.{name}"),
        w(f"appraisal.{name}_note"),
        fixed or {},
    )


def opening(ask: Ask, plan: str) -> list[Command]:
    """A year that is over is opened by the province."""
    if ask.session.role != PROVINCE:
        return []
    w = ask.words
    year = Input("year", w("appraisal.year"), "integer", hint=w("appraisal.open_hint"), required=True)
    return [_command(ask, "open", f"/plans/{plan}/appraisals", [year])]
