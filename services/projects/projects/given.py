"""What is given beside every command on a project, whatever it is about."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.projects.common.plausibility import AmountCare
from shared.command import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class OnProject(Given):
    """`departments`: whose project it is by the kind of its investor, for the answer (PM-17)."""

    departments: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithCare(OnProject):
    """Which amounts are asked back, by the rule of the day."""

    care: AmountCare
