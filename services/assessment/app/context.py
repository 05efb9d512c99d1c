"""What every use case works with."""

from dataclasses import dataclass

from services.assessment.domain.refusal import Refused
from services.assessment.events import CATALOGUE
from shared.catalogue import Catalogue
from shared.service import Service


@dataclass(slots=True)
class App(Service):
    """The assessment service of one process."""

    catalogue: Catalogue = CATALOGUE
    refusal: type[Exception] = Refused
