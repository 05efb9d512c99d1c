"""Every event that the energy service writes, and how it is stored. All of them leave the service."""

from services.energy.domain import (
    coefficient,
    coverage,
    credentials,
    enterprise,
    key_users,
    measured_day,
    meter,
    quarantine,
    reference,
    restatement,
)
from shared.catalogue import Catalogue

SOURCE = "energy"

CLASSES: tuple[type, ...] = (
    reference.RegionsLoaded,
    reference.CoefficientsLoaded,
    reference.EnergyRulesLoaded,
    coefficient.CoefficientPublished,
    restatement.CoefficientsRestated,
    enterprise.EnterpriseRegistered,
    enterprise.EnterpriseChanged,
    enterprise.ExternalIdAssigned,
    key_users.KeyUsersDesignated,
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
