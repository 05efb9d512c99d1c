"""Verified completions whose figures have changed since (已核定数据的更正); ranking and awards rest on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.assessment.domain.appraisal import Appraisal


@dataclass(frozen=True, slots=True)
class Outdated:
    """A city's completion as it was verified, and as the read model has it now. None: unknown."""

    region: str
    target: str
    unit: str
    verified: Decimal | None
    now: Decimal | None
    difference: Decimal | None
    correct_with: str


def outdated(state: Appraisal, now: Mapping[str, Decimal | None]) -> list[Outdated]:
    """The cities whose verified figure differs from `now` (by target); targets missing there are skipped."""
    found = []
    for region, score in sorted(state.verified.items()):
        said = score.completion
        if said.target not in now or now[said.target] == said.value:
            continue
        value = now[said.target]
        path = f"POST /plans/{state.opened.plan}/appraisals/{state.opened.year}"
        found.append(
            Outdated(
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
