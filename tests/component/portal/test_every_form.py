"""Every form that a page offers can be filled in and sent: the API has its route for that role and takes its body.

A form whose fields are left empty comes back with a fault at each that is needed.
"""

import re
from typing import Any

import pytest

from services.portal.roles import ROLES
from tests.component.portal.test_pages import PAGES, address
from tests.kit import markup
from tests.kit.played_gateway import PlayedGateway, browser, portal
from tests.kit.portal_forms import sent

FORMS = [(path, "") for path, route in PAGES.items() if route.take is not None] + [
    ("/new-subsidy", "?fund=TR-19"),
    ("/appraisal/{plan}/{year}", "?city=350100"),
    ("/appraisal/{plan}/{year}", "?city=350800"),
    ("/ceremonies/{ceremony}", "?view=signings"),
    ("/ceremonies/{ceremony}", "?view=guests"),
]
"""Pages that take something, and the filters under which they have further forms."""
_TYPED = {"on": "2013-11-30", "at": "2013-11-30 08:15"}
_SESSION = ("form_word", "form_key", "form")
_CODES = {  # what the API takes in a field that looks like any other text
    "industry": "2822",
    "industries": "28",
    "excluded_industries": "28",
    "excluded_regions": "350100",
    "region": "350100",
    "regions": "350100",
    "rows": "TR-12",
    "fields": "new_materials",
    "kind": "key_laboratory",
    "period": "2013-09",
    "department": "finance",
    "tag": "ei_led",
    "credential": "0123456789abcdef",
    "year": "2013",
    "fund": "TR-19",
}


def _filled(form: Any) -> dict[str, str]:
    """What somebody might type: the first choice of each list, a day in each field of days."""
    data = {}
    for each in form.all("input"):
        name, kind = each["name"], each.attributes.get("type", "text")
        last = name.rpartition(".")[2]
        if kind == "hidden":
            data[name] = each["value"]
        elif kind == "checkbox":
            data[name] = "yes"
        elif kind == "date":
            data[name] = "2013-11-30"
        else:
            data[name] = (
                each["value"]
                or _CODES.get(last)
                or ("1" if each.attributes.get("inputmode") else _TYPED.get(last, f"A-{last}"))
            )
    for each in form.all("textarea"):
        data[each["name"]] = each.text.strip() or _CODES.get(each["name"], "x1")
    for each in form.all("select"):
        values = [option["value"] for option in each.all("option") if option["value"]]
        chosen = [one["value"] for one in each.all("option") if "selected" in one.attributes and one["value"]]
        data[each["name"]] = (chosen or values)[0]
    return data


def _forms(page: Any) -> list[Any]:
    return [each for each in page.all("form") if each["method"] == "post" and "id" in each.attributes]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("path", "query"), FORMS)
async def test_a_form_that_is_offered_is_one_that_the_api_takes(path: str, query: str, role: str):
    if role not in PAGES[path].roles:
        return
    gateway = PlayedGateway()
    async with browser(portal(gateway), role) as reader:
        page = markup.check((await reader.get(address(path) + query)).text, "zh")
        for form in _forms(page):
            gateway.asked.clear()
            answer = await reader.post(address(path) + query, data=_filled(form))
            told = re.findall(r'class="fault"[^>]*>([^<]*)|role="alert"><p>([^<]*)', answer.text)
            assert answer.status_code in (200, 303), (form["id"], told, answer.text[-600:])
            assert len(sent(gateway)) == 1, form["id"]


@pytest.mark.parametrize(("path", "query"), FORMS)
async def test_an_empty_form_comes_back_with_a_fault_at_each_field_that_is_needed(path: str, query: str):
    for role in PAGES[path].roles:
        gateway = PlayedGateway()
        async with browser(portal(gateway), role) as reader:
            page = markup.check((await reader.get(address(path) + query)).text, "zh")
            for form in _forms(page):
                needed = {
                    each["name"]
                    for tag in ("input", "select", "textarea")
                    for each in form.all(tag)
                    if "required" in each.attributes
                }
                if not needed or form["id"] in ("file", "correct"):  # the month's report has its own reading
                    continue
                gateway.asked.clear()
                hidden = {
                    e["name"]: e["value"] for e in form.all("input") if e.attributes.get("type") == "hidden"
                }
                answer = await reader.post(address(path) + query, data=hidden)
                assert answer.status_code == 422, form["id"]
                back = markup.check(answer.text, "zh")
                faulty = {e["id"] for e in back.all("p") if e.attributes.get("class") == "fault"}
                assert faulty == {f"{form['id']}-{name}-fault" for name in needed}
                assert sent(gateway) == []
