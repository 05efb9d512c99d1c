"""The meters' endpoint: POST /v1/readings, receipts, and what they need. `door.py` is where to begin reading."""

from services.energy.intake.process import main

__all__ = ["main"]
