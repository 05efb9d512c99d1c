"""Who of this service follows the assessment service's stream, and what is read there.

Each follower has a checkpoint of its own, so that a later one begins at the first event of a store that is older.
"""

from services.projects.assessed import appraisals, targets
from services.projects.assessed.appraisals import appraisals_consumer
from services.projects.assessed.targets import targets_consumer

READERS = {**targets.READERS, **appraisals.READERS}
"""The fields that this service reads of each event type."""

__all__ = ["READERS", "appraisals_consumer", "targets_consumer"]
