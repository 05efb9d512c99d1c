"""The operations of this service, as the gateway calls them over NATS: `ops`, and `serve` to let them act.

One module per slice. What is imported here is served: the modules put their operations into `ops`.
"""

from services.assessment.api import access, appraisals, designations, plan, summonses
from services.assessment.api.base import ops, serve

__all__ = ["access", "appraisals", "designations", "ops", "plan", "serve", "summonses"]
