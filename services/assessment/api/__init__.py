"""Operations that no feature declares yet, one module per slice; `service` serves what is imported here."""

from services.assessment.api import access, appraisals, plan, summonses
from services.assessment.api.base import Serving, ops

__all__ = ["Serving", "access", "appraisals", "ops", "plan", "summonses"]
