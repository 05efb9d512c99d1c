"""Scores as answers: what a pair's fit is made of."""

from decimal import Decimal

from pydantic import Field

from services.projects.common.models import Answer
from services.projects.matching.scoring import Criterion, Score


class ReasonView(Answer):
    """One criterion's part in a score."""

    criterion: Criterion
    share: Decimal | None = Field(description="0 to 1; null: not said on both sides")
    weight: Decimal
    words: str = Field(description="why, in words")


def reasons(score: Score) -> list[ReasonView]:
    """What a score is made of."""
    return [
        ReasonView(criterion=each.criterion, share=each.share, weight=each.weight, words=each.words)
        for each in score.reasons
    ]
