"""Who is recognised in the demo's year: designations (EI-10, IN-1), and the appraisal of the cities (TR-24 to TR-26).

The province verifies in February, which lies behind the demo's last day: here it does so as soon as all have come in.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from cli.demo.story import PROVINCE, Story
from cli.demo.world import CITIES, SYNTHETIC

APPRAISAL = "/api/v1/plans/fujian-2013/appraisals"
BACKBONE, CENTRE = "demo-backbone-01", "demo-centre-01"
_ONE = f"{APPRAISAL}/2013"
_MEASURES = ("decomposition", "reporting", "starts", "reserve", "city_fund")


def stories() -> Iterator[Story]:
    """A backbone enterprise and a technology centre; a year later every city's work is appraised."""
    yield from _designations()
    opened = date(2014, 1, 6)
    yield Story(opened, PROVINCE, APPRAISAL, "the province opens the appraisal of 2013", {"year": 2013})
    for number, region in enumerate(CITIES):
        what = f"{region} assesses its own renovation work"
        own = _scores(region, number, bonus=1)
        yield Story(date(2014, 1, 9), region, f"{_ONE}/self-assessments", what, own)
    for number, region in enumerate(CITIES):
        what = f"the province verifies the score of {region}"
        verified = _scores(region, number, bonus=0) | {"missing_accepted": f"{SYNTHETIC} reports on paper"}
        yield Story(date(2014, 1, 16), PROVINCE, f"{_ONE}/scores", what, verified)
    told = {"evidence": f"{SYNTHETIC} notice 1"}
    yield Story(
        date(2014, 1, 17), PROVINCE, f"{_ONE}/rankings", "the ranking of the cities is published", told
    )
    what = "the first three are awarded: 4.5 million yuan"
    yield Story(date(2014, 1, 17), PROVINCE, f"{_ONE}/awards", what, told)


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
    return {
        "region": region,
        "evidence": f"{SYNTHETIC} score of {region}",
        "items": [
            {"item": item, "points": str(6 + (number * 3 + at) % 4 + bonus), "evidence": SYNTHETIC}
            for at, item in enumerate(_MEASURES)
        ],
    }
