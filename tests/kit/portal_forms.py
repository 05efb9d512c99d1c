"""What tests of the portal's forms look at: the commands that were sent, the forms of a page, the faults told in it."""

import json
from typing import Any

from tests.kit.played_gateway import PlayedGateway

WORD = {"form_word": "the-word", "form_key": "key-1"}


def sent(gateway: PlayedGateway) -> list[tuple[str, dict[str, Any], str]]:
    """The commands that reached the gateway: path, body, key."""
    return [
        (each.url.path, json.loads(each.content), each.headers["idempotency-key"])
        for each in gateway.asked
        if each.method == "POST"
    ]


def offered(page: Any) -> set[str]:
    """The names of the page's forms that do something."""
    return {each["id"] for each in page.all("form") if "id" in each.attributes and each["method"] == "post"}


def faults(page: Any) -> dict[str, str]:
    """What is told at fields, by the id of the text."""
    return {each["id"]: each.text for each in page.all("p") if each.attributes.get("class") == "fault"}


def seen(page: Any, form: str, field: str) -> str:
    """What a form of the page has in a field of its own."""
    [found] = [each for each in page.all("form") if each.attributes.get("id") == form]
    return str(next(each["value"] for each in found.all("input") if each["name"] == field))
