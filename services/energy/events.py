"""Every event that the energy service writes, and how it is stored. All of them leave the service."""

from typing import get_args

from services.energy.coefficients.facts import CoefficientPublished
from services.energy.coefficients.restatements.facts import CoefficientsRestated
from services.energy.credentials.facts import CredentialEvent
from services.energy.days.facts import EnterpriseDayMeasured
from services.energy.enterprises.facts import EnterpriseEvent
from services.energy.key_users.facts import KeyUsersDesignated
from services.energy.meters.facts.events import MeterEvent
from services.energy.monitoring.coverage.facts import CoverageChanged
from services.energy.monitoring.feeds.facts import FeedEvent
from services.energy.plan.facts import PlanEvent
from services.energy.quarantine.facts import QuarantineEvent
from shared.catalogue import Catalogue

SOURCE = "energy"

CLASSES: tuple[type, ...] = (
    *get_args(PlanEvent),
    CoefficientPublished,
    CoefficientsRestated,
    *get_args(EnterpriseEvent),
    KeyUsersDesignated,
    *get_args(MeterEvent),
    *get_args(CredentialEvent),
    *get_args(QuarantineEvent),
    EnterpriseDayMeasured,
    CoverageChanged,
    *get_args(FeedEvent),
)

CATALOGUE = Catalogue(SOURCE, CLASSES)
