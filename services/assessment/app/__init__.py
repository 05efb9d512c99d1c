"""Carries out commands: authorise, read what the decision needs, decide, append. Only this layer orders the I/O."""

from services.assessment.app.context import App
from services.assessment.app.plan import Assessment

__all__ = ["App", "Assessment"]
