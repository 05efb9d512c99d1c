"""The guide of each role: what there is to do, where, and how. The files of docs/guide are written from it.

`python -m services.portal.pages.role_guide` writes them.
"""

from pathlib import Path

from services.portal.ask import Ask
from services.portal.figures import Choice, Column, Figure, Link, Page, Table
from services.portal.pages import PageRoute
from services.portal.roles import CITY, COUNTY, ENTERPRISE, OPS, PROVINCE, ROLES
from services.portal.words import Words
from shared.language import Language

_KEPT = (
    "import",
    "duty",
    "project",
    "stage",
    "problem",
    "matching",
    "subsidy",
    "decide_subsidy",
    "measure",
    "diagnosis",
)
"""What every government does for its own area."""
STEPS: dict[str, tuple[str, ...]] = {
    PROVINCE: (
        "year", "desk", *_KEPT, "decide_problem", "meeting", "bulletin", "correct_bulletin", "fund", "award",
        "appraisal", "summons", "designation", "pre_review", "cohort", "ceremony", "meter", "quarantine", "look_back",
    ),
    CITY: (
        "desk", "report", *_KEPT, "meeting_city", "self_assess", "cohort", "ceremony", "meter", "quarantine",
        "credential", "published", "look_back",
    ),
    COUNTY: ("desk", *_KEPT, "reserve", "meter", "quarantine", "credential", "published", "look_back"),
    ENTERPRISE: ("own_desk", "load", "parked", "credential", "raise", "need", "own_subsidy"),
    OPS: ("year", "look", "quarantine", "silent"),
}  # fmt: skip
"""Each is a pair of words, `how.NAME` and `how.NAME.text`."""
WHERE = {
    "year": "/province",
    "look": "/province",
    "look_back": "/province",
    "desk": "/desk",
    "report": "/desk",
    "duty": "/desk",
    "import": "/imports",
    "project": "/new-project",
    "stage": "/projects",
    "problem": "/problems",
    "raise": "/projects",
    "decide_problem": "/problems",
    "reserve": "/reserve",
    "cohort": "/cohorts",
    "pre_review": "/pre-reviews",
    "ceremony": "/ceremonies",
    "diagnosis": "/diagnoses",
    "matching": "/matching",
    "need": "/new-listing",
    "subsidy": "/new-subsidy",
    "decide_subsidy": "/subsidies",
    "own_subsidy": "/subsidies",
    "fund": "/funds",
    "award": "/awards",
    "appraisal": "/appraisal",
    "summons": "/appraisal",
    "self_assess": "/appraisal",
    "designation": "/designations",
    "bulletin": "/new-document",
    "correct_bulletin": "/documents",
    "published": "/documents",
    "meeting": "/meetings",
    "meeting_city": "/meetings",
    "measure": "/measures",
    "meter": "/energy",
    "silent": "/energy",
    "load": "/energy",
    "parked": "/my-enterprise",
    "own_desk": "/my-enterprise",
    "quarantine": "/quarantine",
    "credential": "/energy",
}
_RULES = ("form", "money", "day", "twice", "file")
_FOLDER = Path(__file__).parents[3] / "docs" / "guide"


async def guide(ask: Ask) -> Page:
    """The reader's own guide first; the others a link away."""
    w = ask.words
    role = ask.one_of("role", ROLES, ask.session.role)
    own = role == ask.session.role
    rows = [
        (
            Link(w(f"how.{name}"), ask.href(WHERE[name])) if own else w(f"how.{name}"),
            w(f"how.{name}.text"),
        )
        for name in STEPS[role]
    ]
    columns = (Column("task", w("how.task")), Column("text", w("how.text")))
    rules = [(w(f"how.rule_{name}"), w(f"how.rule_{name}.text")) for name in _RULES]
    return Page(
        title=w("how.title", role=w.code("role", role)),
        menu="",
        lead=[w("how.lead")],
        choices={
            w("how.roles"): [
                Choice(w.code("role", each), ask.here(role=each), each == role) for each in ROLES
            ],
            w("command.title"): [Choice(w("portal.help"), ask.href("/help"))],
        },
        figures=[
            Figure("tasks", w("how.tasks"), table=Table(columns, rows), wide=True),
            Figure("rules", w("how.rules"), table=Table(columns, rules), wide=True),
        ],
    )


def written(role: str, language: Language) -> str:
    """The guide as a file of docs/guide."""
    w = Words(language)
    lines = [
        f"# {w('how.title', role=w.code('role', role))}",
        "",
        w("how.file_lead"),
        "",
        f"## {w('how.tasks')}",
        "",
    ]
    lines += [f"- **{w(f'how.{name}')}** (`{WHERE[name]}`): {w(f'how.{name}.text')}" for name in STEPS[role]]
    lines += ["", f"## {w('how.rules')}", ""]
    lines += [f"- **{w(f'how.rule_{name}')}**: {w(f'how.rule_{name}.text')}" for name in _RULES]
    return "\n".join(lines) + "\n"


def files() -> dict[Path, str]:
    """Every file of docs/guide, by where it stands."""
    languages: tuple[Language, ...] = ("zh", "en")
    return {_FOLDER / f"{role}.{each}.md": written(role, each) for role in ROLES for each in languages}


PAGES = [PageRoute("/guide", guide)]

if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, "utf-8")
