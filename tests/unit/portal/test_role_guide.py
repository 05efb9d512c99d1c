"""The guide of each role leads to pages that it may open, says each thing once, and its files are up to date."""

import pytest

from services.portal.pages import all_pages
from services.portal.pages.role_guide import STEPS, WHERE, files
from services.portal.roles import ROLES
from services.portal.words import known


@pytest.mark.parametrize("role", ROLES)
def test_every_step_leads_to_a_page_of_that_role(role: str):
    allowed = {each.path for each in all_pages() if role in each.roles}
    assert {WHERE[name] for name in STEPS[role]} <= allowed
    assert len(STEPS[role]) == len(set(STEPS[role]))


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_menu_is_in_the_guide(role: str):
    menu = {each.path for each in all_pages() if each.menu and role in each.roles}
    named = {WHERE[name] for name in STEPS[role]}
    beside = {
        "/province",
        "/projects",
        "/appraisal",
        "/documents",
        "/matching",
        "/subsidies",
        "/designations",
        "/energy",
        "/problems",
        "/desk",
    }
    assert menu - named <= beside, "a page of the menu that nothing explains"


def test_no_word_of_the_guide_is_for_nobody():
    used = {name for steps in STEPS.values() for name in steps}
    told = {key.split(".")[1] for key in known() if key.startswith("how.") and key.count(".") == 2}
    assert {name for name in told if not name.startswith("rule_")} == used == set(WHERE)


@pytest.mark.parametrize("path", sorted(files()), ids=lambda path: path.name)
def test_the_files_are_written_from_the_words(path):
    assert path.read_text("utf-8") == files()[path], "run: python -m services.portal.pages.role_guide"
