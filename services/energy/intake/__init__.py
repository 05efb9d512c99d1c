"""The meters' door: POST /v1/readings and what hangs on it. `door.py` is where to begin reading."""

from services.energy.intake.process import main

__all__ = ["main"]
