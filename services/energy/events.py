"""Every event that the energy service writes, and how it is stored. All of them leave the service."""

from typing import get_args

from services.energy.domain import (
    coefficient,
    coverage,
    credentials,
    measured_day,
    meter,
    quarantine,
    restatement,
)
from services.energy.enterprises.facts import EnterpriseEvent
from services.energy.key_users.facts import KeyUsersDesignated
from services.energy.plan import facts as reference
from shared.catalogue import Catalogue

SOURCE = "energy"

CLASSES: tuple[type, ...] = (
    reference.RegionsLoaded,
    reference.CoefficientsLoaded,
    reference.EnergyRulesLoaded,
    coefficient.CoefficientPublished,
    restatement.CoefficientsRestated,
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
