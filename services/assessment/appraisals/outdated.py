"""Verified completions whose figures have changed since (已核定数据的更正); ranking and awards rest on them."""

from collections.abc import Mapping
from decimal import Decimal

from pydantic import BaseModel, Field

from services.assessment.appraisals.facts import Appraisal
from shared.naming import Name


class OutdatedView(BaseModel):
    """A verified completion that is known otherwise by now: ranking and awards rest on it."""

    region: str
    region_name: Name = None
    target: str
    unit: str
    verified: Decimal | None = Field(description="as it was verified; null: nothing was known")
    now: Decimal | None = Field(description="as it is known now; null: nothing is")
    difference: Decimal | None = Field(description="now less verified; null: one of them isn't known")
    correct_with: str = Field(description="the requests that set it right")


def outdated(state: Appraisal, now: Mapping[str, Decimal | None]) -> list[OutdatedView]:
    """The cities whose verified figure differs from `now` (by target); targets missing there are skipped."""
    found = []
    for region, score in sorted(state.verified.items()):
        said = score.completion
        if said.target not in now or now[said.target] == said.value:
            continue
        value = now[said.target]
        path = f"POST /plans/{state.opened.plan}/appraisals/{state.opened.year}"
        found.append(
            OutdatedView(
                region=region,
                target=said.target,
                unit=said.unit,
                verified=said.value,
                now=value,
                difference=None if value is None or said.value is None else value - said.value,
                correct_with=f"{path}/scores for {region}"
                + (f", then {path}/rankings" if state.published else ""),
            )
        )
    return found
