"""What happens to projects in the demo's year: one of each programme, a problem, a subsidy, a match. All synthetic.

Bulletins are issued, and one is corrected; measures are carried out, a month is closed, cities are appraised, awarded
and summoned. Each step is one command through the gateway by the person whose it is, on its day of the simulated year.
"""

from demo import bulletins, policies, problems, projects, recognition, subsidy
from demo.story import PROVINCE, Story, day_of
from demo.world import FIRST_DAY, SYNTHETIC

_YEAR = FIRST_DAY.year
_KEY_PROJECT = "demo-350100-01"  # the project that Fuzhou's monthly reports speak of
_NEED, _RESULT = "demo-need-01", "demo-result-01"


def stories() -> list[Story]:
    """Everything that happens to projects, in order of days."""
    told = [
        *projects.stories(),
        *_key_project(),
        *problems.stories(),
        *policies.stories(),
        *subsidy.stories(),
        *_match(),
        *bulletins.stories(),
        *recognition.stories(),
    ]
    return sorted(told, key=lambda story: story.on)


def _key_project() -> list[Story]:
    joined = {"register": "provincial_key", "on": day_of(1, 30).isoformat()}
    path = f"/api/v1/projects/{_KEY_PROJECT}/registers"
    return [
        Story(
            day_of(1, 30), PROVINCE, path, f"{_KEY_PROJECT} joins the province's key projects (TR)", joined
        ),
        *(
            projects.step(_KEY_PROJECT, "350100", "差别化纤维生产线技改", stage, day_of(month, day))
            for stage, month, day in (("filed", 2, 4), ("started", 2, 26), ("producing", 9, 12))
        ),
    ]


def _match() -> list[Story]:
    """A need and a result at the 6·18 fair: suggested, introduced, matched (IN-3 to IN-5)."""
    need = {
        "listing": _NEED,
        "meeting": "technology",
        "side": "need",
        "region": "350181",
        "party": f"{SYNTHETIC}染整企业",
        "title": "印染废水深度处理回用",
        "description": "日排染整废水四千吨，色度高，求能回用一半以上的处理工艺。",
        "industries": ["1713"],
    }
    result = {
        "listing": _RESULT,
        "meeting": "technology",
        "side": "offer",
        "region": "350200",
        "party": f"{SYNTHETIC}研究所",
        "title": "双膜法印染废水回用技术",
        "description": "超滤加反渗透处理染整废水，脱色，回用率六成。",
        "industries": ["1713"],
    }
    pair = f"/api/v1/matching/matches/{_NEED}/{_RESULT}/steps"
    agreed = {
        "step": "matched",
        "amount": "2800000",
        "evidence": f"{SYNTHETIC}：技术合作协议〔{_YEAR}〕9号",
    }
    listings = "/api/v1/matching/listings"
    return [
        Story(day_of(6, 3), "350100", listings, "350100 puts forward a technology need", need),
        Story(day_of(6, 5), "350200", listings, "350200 puts forward a research result", result),
        Story(
            day_of(6, 18), PROVINCE, "/api/v1/matching/matches", "6·18: need and result are introduced",
            {"need": _NEED, "offer": _RESULT, "note": "6·18"},
        ),
        Story(day_of(6, 20), PROVINCE, pair, "they negotiate", {"step": "negotiating"}),
        Story(day_of(7, 9), PROVINCE, pair, "a match is made", agreed),
    ]  # fmt: skip
