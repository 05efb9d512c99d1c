"""The dated rule on separation of duties: a plan's, else the default one of `default_rules.yaml`."""

from datetime import date
from functools import cache
from importlib import resources

import msgspec
import yaml
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common.rules import Rule, in_force
from services.projects.funds.separation import Separation
from services.projects.plan import reference

_NAME = "separation_of_duties"


async def separation_of_duties(conn: AsyncConnection, on: date) -> Separation:
    """The rule in force on that day."""
    known = await reference.rules(conn, _NAME)
    brought = known if any(each.holds(on) for each in known) else default_rules()
    return reference.read(in_force(brought, _NAME, on), Separation)


@cache
def default_rules() -> tuple[Rule, ...]:
    """The rules of `default_rules.yaml`, which hold where no plan says otherwise."""
    text = (
        resources.files("services.projects.funds").joinpath("default_rules.yaml").read_text(encoding="utf-8")
    )
    return msgspec.convert(yaml.safe_load(text)["rules"], tuple[Rule, ...])
