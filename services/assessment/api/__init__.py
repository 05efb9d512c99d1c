"""Operations that no feature declares yet, one module per slice: what is imported here is served by `service`."""

from services.assessment.api import access, appraisals, plan, summonses
from services.assessment.api.base import Serving, ops

__all__ = ["Serving", "access", "appraisals", "ops", "plan", "summonses"]
