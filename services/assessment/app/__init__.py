"""Carries out commands: who may, what must be known, decide, append. The order of I/O stands only here."""

from services.assessment.app.context import App
from services.assessment.app.plan import Assessment

__all__ = ["App", "Assessment"]
