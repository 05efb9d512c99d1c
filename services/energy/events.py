"""Every event that the energy service writes, and how it is stored. All of them leave the service."""

from typing import get_args

from services.energy.coefficients.facts import CoefficientPublished
from services.energy.coefficients.restatements.facts import CoefficientsRestated
from services.energy.domain import (
    coverage,
    credentials,
    measured_day,
    meter,
    quarantine,
)
from services.energy.enterprises.facts import EnterpriseEvent
from services.energy.key_users.facts import KeyUsersDesignated
from services.energy.plan.facts import PlanEvent
from shared.catalogue import Catalogue

SOURCE = "energy"

CLASSES: tuple[type, ...] = (
    *get_args(PlanEvent),
    CoefficientPublished,
    CoefficientsRestated,
    *get_args(EnterpriseEvent),
    KeyUsersDesignated,
    meter.MeterRegistered,
    meter.MeterReplaced,
    meter.MeterRatioChanged,
    meter.MeterIntervalChanged,
    meter.MeterDirectionChanged,
    meter.MeterChangeCorrected,
    meter.MeterChangeUndone,
    meter.MeterRolloverConfirmed,
    meter.SuspectResolved,
    meter.VerdictWithdrawn,
    meter.MeterAliasAssigned,
    meter.MeterAliasWithdrawn,
    meter.MeterRetired,
    credentials.DeviceCredentialIssued,
    credentials.DeviceCredentialRevoked,
    quarantine.QuarantineReleased,
    quarantine.QuarantineDropped,
    measured_day.EnterpriseDayMeasured,
    coverage.CoverageChanged,
    coverage.FeedSilent,
    coverage.FeedResumed,
)

CATALOGUE = Catalogue(SOURCE, CLASSES)
