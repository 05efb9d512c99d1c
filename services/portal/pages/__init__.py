"""The pages, as a table: path, who may open it, what makes it, and what it takes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from services.portal.ask import Ask
from services.portal.figures import Page
from services.portal.roles import ROLES
from services.portal.uploads import File

Make = Callable[[Ask], Awaitable[Page]]
Upload = Callable[[Ask, Mapping[str, str], File], Awaitable[Page | str]]
"""The same of a form with a file."""
Take = Callable[[Ask, Mapping[str, str]], Awaitable[Page | str]]
"""A form's fields; answers with where to go on (a path), or with the page that says what is wrong."""


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One page. `menu`: its word in the menu, None for pages reached from others; `take`: what its forms do."""

    path: str
    make: Make
    roles: tuple[str, ...] = ROLES
    menu: str | None = None
    take: Take | None = None
    upload: Upload | None = None
    """What its form with a file does, instead of `take`."""


@dataclass(frozen=True, slots=True)
class FileRoute:
    """A file of the API's that the portal hands on: its bytes, their kind, and what it is saved as."""

    path: str
    fetch: Callable[[Ask], Awaitable[tuple[bytes, str, str]]]
    roles: tuple[str, ...]


def all_files() -> list[FileRoute]:
    """Every file that is handed on."""
    from services.portal.pages import imports

    return list(imports.FILES)


def all_pages() -> list[PageRoute]:
    """Every page, in the menu's order."""
    from services.portal.pages import (
        appraisal,
        awards,
        ceremonies,
        cohorts,
        credentials,
        designations,
        desk,
        diagnoses,
        document_forms,
        documents,
        duties,
        energy,
        evidence,
        funds,
        guide,
        imports,
        matching,
        matching_forms,
        measures,
        meetings,
        meters,
        my_enterprise,
        pre_reviews,
        problems,
        project_forms,
        projects,
        province,
        quarantine,
        region,
        reports,
        reserve,
        role_guide,
        subsidies,
    )

    return [
        *province.PAGES,
        *region.PAGES,
        *evidence.PAGES,
        *projects.PAGES,
        *project_forms.PAGES,
        *problems.PAGES,
        *reserve.PAGES,
        *cohorts.PAGES,
        *meetings.PAGES,
        *pre_reviews.PAGES,
        *ceremonies.PAGES,
        *diagnoses.PAGES,
        *measures.PAGES,
        *matching.PAGES,
        *matching_forms.PAGES,
        *subsidies.PAGES,
        *funds.PAGES,
        *awards.PAGES,
        *energy.PAGES,
        *meters.PAGES,
        *credentials.PAGES,
        *quarantine.PAGES,
        *appraisal.PAGES,
        *designations.PAGES,
        *documents.PAGES,
        *document_forms.PAGES,
        *reports.PAGES,
        *desk.PAGES,
        *my_enterprise.PAGES,
        *duties.PAGES,
        *imports.PAGES,
        *guide.PAGES,
        *role_guide.PAGES,
    ]
