"""Operations that no feature declares yet, one module per slice: what is imported here is served by `service`."""

from services.projects.api import imports
from services.projects.api.base import Serving, ops

__all__ = ["Serving", "imports", "ops"]
