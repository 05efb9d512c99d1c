"""The figures of the read model that the gateway attached to a call: how much of each target is completed."""

from decimal import Decimal

import msgspec

from services.assessment.appraisals.facts import Completion, SourcePosition
from services.assessment.plans.targets.facts import TargetFacts
from shared.problems import unavailable
from shared.rpc import Call

_SHOWN = Decimal("0.0001")
"""The read model rounds to four decimals of 亿元: a target that differs by less is the same target."""


class _Completeness(msgspec.Struct, frozen=True):
    expected: int
    missing: list[str]


class _Figure(msgspec.Struct, frozen=True):
    target: str
    unit: str
    value: Decimal | None = None
    target_value: Decimal | None = None
    completeness: _Completeness | None = None


class _Source(msgspec.Struct, frozen=True):
    position: int


class _Fresh(msgspec.Struct, frozen=True):
    sources: dict[str, _Source]


class Figures(msgspec.Struct, frozen=True):
    """The fields that this service reads of the figures which the gateway attached to a command."""

    items: list[_Figure]
    fresh: _Fresh


def attached(call: Call) -> Figures | None:
    """What was attached; None: nothing."""
    return msgspec.convert(call.attached, Figures, strict=False) if call.attached else None


def completion(call: Call, target: TargetFacts) -> Completion | None:
    """The figure of a target; None if the target has no value.

    Raises Problem 503 if the figure is for an earlier value of the target: the read model is behind.
    """
    if target.value is None:
        return None
    figures = attached(call)
    found = None if figures is None else next((f for f in figures.items if f.target == target.target), None)
    if (
        figures is None
        or found is None
        or found.target_value is None
        or found.completeness is None
        or abs(found.target_value - target.value) > _SHOWN
    ):
        raise unavailable(f"Progress has no figure yet of {target.target} as it stands.", where="region")
    return Completion(
        target=target.target,
        target_value=target.value,
        value=found.value,
        unit=found.unit,
        expected=found.completeness.expected,
        missing=tuple(found.completeness.missing),
        positions=tuple(
            SourcePosition(source, each.position) for source, each in sorted(figures.fresh.sources.items())
        ),
    )
