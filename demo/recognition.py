"""Who is recognised in the demo's year: designations (EI-10, IN-1), and the appraisal of the cities (TR-24 to TR-26).

The province verifies in February, which lies behind the demo's last day: here it does so as soon as all have come in.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from demo.story import COLLEAGUE, PROVINCE, Story
from demo.world import CITIES, SYNTHETIC

APPRAISAL = "/api/v1/plans/fujian-2013/appraisals"
BACKBONE, CENTRE = "demo-backbone-01", "demo-centre-01"
YEAR, POT = 2013, "TR-26"
ONE = f"{APPRAISAL}/{YEAR}"
AWARDED = ("350600", "350700", "350400")
"""The first three: they carry out most of their measures, and reach their targets."""
_WEAK = "350800"
"""The city that reaches least of its target, and carries out least of its measures."""
_MEASURES = ("decomposition", "reporting", "starts", "reserve", "city_fund")


def stories() -> Iterator[Story]:
    """A backbone enterprise and a technology centre; a year later every city's work is appraised."""
    yield from _designations()
    opened = date(2014, 1, 6)
    yield Story(opened, PROVINCE, APPRAISAL, "the province opens the appraisal of 2013", {"year": 2013})
    for number, region in enumerate(CITIES):
        what = f"{region} assesses its own renovation work"
        own = _scores(region, number, bonus=1)
        yield Story(date(2014, 1, 9), region, f"{ONE}/self-assessments", what, own)
    for number, region in enumerate(CITIES):
        what = f"the province verifies the score of {region}"
        verified = _scores(region, number, bonus=0) | {"missing_accepted": f"{SYNTHETIC} reports on paper"}
        yield Story(date(2014, 1, 16), PROVINCE, f"{ONE}/scores", what, verified)
    told = {"evidence": f"{SYNTHETIC} notice 1"}
    yield Story(
        date(2014, 1, 17), PROVINCE, f"{ONE}/rankings", "the ranking of the cities is published", told
    )
    what = "the first three are awarded: 4.5 million yuan"
    yield Story(date(2014, 1, 17), PROVINCE, f"{ONE}/awards", what, told)
    yield from _paid()
    yield from _summoned()


def _paid() -> Iterator[Story]:
    """Out of a fund that the province sets aside for it: the plan prints the awards and names no pot."""
    held = date(2014, 1, 20)
    pot = {
        "fund": POT,
        "name": f"{SYNTHETIC}：绩效考核奖励资金",
        "region": "350000",
        "purpose": "技改绩效考核奖励",
        "amount": "4500000",
        "valid_from": "2014-01-01",
        "valid_to": "2014-12-31",
        "terms": [{"valid_from": "2014-01-01", "aids": ["award"], "source": "TR-26"}],
        "source": f"{SYNTHETIC} notice 1",
    }
    yield Story(
        date(2014, 1, 17), PROVINCE, "/api/v1/funds", "4.5 million yuan are set aside for awards", pot
    )
    for region in AWARDED:
        award = f"fujian-2013.{YEAR}.{region}"
        for step in ("reservations", "commitments", "payments"):
            told = f"the award of {region}: {step.removesuffix('s')}"
            shown = {"evidence": f"{SYNTHETIC} {step} {region}"}
            known = f"/api/v1/awards/{award}"
            who = COLLEAGUE if step == "payments" else PROVINCE
            yield Story(held, who, f"/api/v1/funds/{POT}/awards/{award}/{step}", told, shown, known)


def _summoned() -> Iterator[Story]:
    """The city below 60 points: called in, and held to what was agreed."""
    office = f"{SYNTHETIC}：市经贸委"
    call = {"whom": office, "by": "省经贸委", "hold_on": "2014-01-20", "evidence": f"{SYNTHETIC} notice 2"}
    what = f"{_WEAK} has less than 60 points: it is summoned"
    yield Story(date(2014, 1, 17), PROVINCE, f"{ONE}/summonses", what, {"region": _WEAK, **call})
    held = {
        "held_on": "2014-01-20",
        "agreed": "6月底前补足储备项目，按月报送",
        "evidence": f"{SYNTHETIC} minutes 1",
    }
    what = f"the summons of {_WEAK} is held: a report on its improvement is due in 30 days"
    yield Story(date(2014, 1, 20), PROVINCE, f"{ONE}/summonses/{_WEAK}/minutes", what, held)


def _designations() -> Iterator[Story]:
    common = {"issuer": "省经贸委", "designated_on": "2013-03-04", "fields": ["ei_led"]}
    backbone = {
        "designation": BACKBONE,
        "kind": "ei_backbone_enterprise",
        "name": f"{SYNTHETIC}光电企业",
        "region": "350200",
        "evidence": f"{SYNTHETIC} notice 2",
        **common,
    }
    centre = {
        "designation": CENTRE,
        "kind": "enterprise_technology_centre",
        "name": f"{SYNTHETIC}光电企业技术中心",
        "region": "350200",
        "evidence": f"{SYNTHETIC} notice 3",
        **common,
    }
    day, path = date(2013, 3, 5), "/api/v1/designations"
    yield Story(
        day, PROVINCE, path, "a backbone enterprise of the emerging industries is designated", backbone
    )
    yield Story(day, PROVINCE, path, "its technology centre is designated", centre)
    assessed = {"year": 2012, "score": "63.5", "evidence": f"{SYNTHETIC} notice 4"}
    what = "the centre's assessment comes to 63.5 points: it is warned, and stands"
    yield Story(date(2013, 10, 21), PROVINCE, f"{path}/{CENTRE}/assessments", what, assessed)


def _scores(region: str, number: int, bonus: int) -> dict[str, Any]:
    """Points that differ from city to city; a city finds its own work a little better than the province does."""

    def points(at: int) -> str:
        if region in AWARDED:
            return f"{9 - AWARDED.index(region) / 5 + bonus:.1f}"
        return str(6 + (number * 3 + at) % 4 + bonus - (5 if region == _WEAK else 0))

    return {
        "region": region,
        "evidence": f"{SYNTHETIC} score of {region}",
        "items": [
            {"item": item, "points": points(at), "evidence": SYNTHETIC} for at, item in enumerate(_MEASURES)
        ],
    }
