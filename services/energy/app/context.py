"""What every use case works with."""

from dataclasses import dataclass
from datetime import datetime

from services.energy.common.refusal import Refused
from services.energy.events import CATALOGUE
from shared.catalogue import Catalogue
from shared.service import Service


@dataclass(slots=True)
class Energy(Service):
    """The energy service of one process."""

    catalogue: Catalogue = CATALOGUE
    refusal: type[Exception] = Refused

    def now(self) -> datetime:
        return self.clock.now()
