"""Reference data, single coefficients, restatements and device credentials."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from services.energy.domain import coefficient, credentials, restatement
from services.energy.domain.coefficient import CoefficientPublished, PublishCoefficient
from services.energy.domain.credentials import (
    DeviceCredentialIssued,
    DeviceCredentialRevoked,
    IssueCredential,
    RevokeCredential,
    RotateCredentials,
)
from services.energy.domain.restatement import CoefficientsRestated, RestateCoefficients
from services.energy.plan import facts as reference
from services.energy.plan.facts import (
    CoefficientsLoaded,
    EnergyRulesLoaded,
    KeyUserRule,
    MonitoringRule,
    PlanCoefficient,
    PlanRegion,
    RegionRelation,
    RegionsLoaded,
)
from services.energy.plan.loading import LoadPlan, decide
from shared.decider import Decider
from tests.kit.spec import given

PLAN: Decider[reference.State, LoadPlan, reference.Event] = Decider(
    reference.Reference(), decide, reference.evolve
)
FIRST = date(2008, 6, 1)
FUJIAN = PlanRegion("350000", "福建省", "province", None, True, None, None)
FUZHOU = PlanRegion("350100", "福州市", "prefecture", "350000", True, None, None)
PINGTAN = PlanRegion("PT", "平潭", "zone", "350000", True, None, None, (RegionRelation("part_of", "350100"),))
POWER = PlanCoefficient(
    "GB/T 2589-2008",
    "electricity",
    "电力",
    "equal",
    "kWh",
    Decimal("0.1229"),
    FIRST,
    None,
    False,
    "GB/T 2589",
)
RULE = KeyUserRule(Decimal(10000), Decimal(5000), date(2008, 4, 1), None, "art. 52")
SILENCE = MonitoringRule(Decimal(2), date(2013, 1, 1), None, "read")
LOAD = LoadPlan("fujian-2013", (FUJIAN, FUZHOU, PINGTAN), (POWER,), (RULE,), (SILENCE,))
LOADED: tuple[reference.Event, ...] = (
    RegionsLoaded("fujian-2013", (FUJIAN, FUZHOU, PINGTAN)),
    CoefficientsLoaded("fujian-2013", (POWER,)),
    EnergyRulesLoaded("fujian-2013", (RULE,), (SILENCE,)),
)


def test_a_plan_is_loaded_part_by_part() -> None:
    given(PLAN).when(LOAD).then(*LOADED)


def test_the_same_plan_again_changes_nothing() -> None:
    given(PLAN, *LOADED).when(LOAD).changes_nothing()


def test_a_part_that_is_left_out_stays() -> None:
    given(PLAN, *LOADED).when(LoadPlan("fujian-2013", None, None, None, None)).changes_nothing()


def test_only_the_part_that_differs_is_loaded() -> None:
    edited = replace(POWER, kgce=Decimal("0.123"))
    given(PLAN, *LOADED).when(replace(LOAD, coefficients=(edited,))).rejects(
        "coefficients electricity equal", code="would-change"
    )
    given(PLAN, *LOADED).when(replace(LOAD, coefficients=(edited,), replace=True)).then(
        CoefficientsLoaded("fujian-2013", (edited,))
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"regions": (FUJIAN, FUJIAN)}, "Listed twice: 350000"),
        ({"regions": (FUZHOU,)}, "which isn't in the list"),
        ({"regions": (FUJIAN, PINGTAN)}, "which isn't in the list"),
        ({"coefficients": (replace(POWER, unit="lb"),)}, "per 'lb'"),
        ({"coefficients": (POWER, replace(POWER, unit="MJ"))}, "per kWh and per MJ"),
        ({"coefficients": (replace(POWER, kgce=Decimal("-1")),)}, "isn't negative"),
        ({"coefficients": (replace(POWER, kgce=Decimal("0.1234567")),)}, "at most 6 decimals"),
        ({"coefficients": (replace(POWER, valid_to=date(2008, 5, 31)),)}, "before 2008-06-01"),
        (
            {"key_user_rules": (RULE, replace(RULE, valid_from=date(2012, 1, 1)))},
            "Two rules hold on 2012-01-01",
        ),
        ({"key_user_rules": (replace(RULE, designated_from_tce=Decimal(10001)),)}, "must not be more"),
        ({"monitoring_rules": (replace(SILENCE, silent_after_hours=Decimal(0)),)}, "more than 0 hours"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(change: dict[str, object], why: str) -> None:
    given(PLAN).when(replace(LOAD, **change)).rejects(why)  # type: ignore[arg-type]


def test_a_rule_may_follow_another_the_day_after() -> None:
    ended = replace(RULE, valid_to=date(2011, 12, 31))
    following = replace(RULE, valid_from=date(2012, 1, 1), threshold_tce=Decimal(12000))
    state = given(PLAN).when(replace(LOAD, key_user_rules=(ended, following))).state
    assert state.key_user_rules == (ended, following)


PUBLISHED: Decider[coefficient.Published, PublishCoefficient, CoefficientPublished] = Decider(
    coefficient.Published(), coefficient.decide, coefficient.evolve
)
OWN = PublishCoefficient(
    "raw_coal", True, "both", Decimal("0.6512"), "own", date(2013, 2, 1), None, False, "MILL", "lab"
)
OWN_PUBLISHED = CoefficientPublished(
    "raw_coal", "both", Decimal("0.6512"), "own", date(2013, 2, 1), None, False, "MILL", "lab"
)


def test_an_enterprise_reports_its_own_calorific_value() -> None:
    given(PUBLISHED).when(OWN).then(OWN_PUBLISHED)
    given(PUBLISHED, OWN_PUBLISHED).when(OWN).changes_nothing()


def test_a_coefficient_is_of_a_known_carrier_in_exact_decimals_and_a_span_that_ends_after_it_begins() -> None:
    given(PUBLISHED).when(replace(OWN, carrier_known=False)).rejects("knows the carrier")
    given(PUBLISHED).when(replace(OWN, kgce=Decimal("0.0000001"))).rejects("at most 6 decimals")
    given(PUBLISHED).when(replace(OWN, valid_to=date(2013, 1, 31))).rejects("before 2013-02-01")


RESTATED: Decider[restatement.Restatements, RestateCoefficients, CoefficientsRestated] = Decider(
    restatement.Restatements(), restatement.decide, restatement.evolve
)
RESTATE = RestateCoefficients("electricity", True, date(2013, 1, 1), date(2013, 1, 31), None, "终值", 31)


def test_a_restatement_says_how_many_days_it_moved() -> None:
    given(RESTATED).when(RESTATE).then(
        CoefficientsRestated("electricity", date(2013, 1, 1), date(2013, 1, 31), None, "终值", 31)
    )


def test_a_restatement_that_moves_nothing_changes_nothing() -> None:
    given(RESTATED).when(replace(RESTATE, enterprise_days=0)).changes_nothing()


def test_a_restatement_is_of_a_known_carrier_and_a_span() -> None:
    given(RESTATED).when(replace(RESTATE, carrier_known=False)).rejects("knows the carrier")
    given(RESTATED).when(replace(RESTATE, last=date(2012, 12, 31))).rejects("before 2013-01-01")


CREDENTIALS: Decider[credentials.State, credentials.Command, credentials.Event] = Decider(
    credentials.NoCredentials(), credentials.decide, credentials.evolve
)
NOW = datetime(2013, 1, 15, 4, tzinfo=UTC)
ISSUED = DeviceCredentialIssued("MILL", "aaaa", "网关", NOW)


def test_a_credential_is_issued_to_a_known_enterprise() -> None:
    issue = IssueCredential("MILL", True, "aaaa", "网关", NOW)
    given(CREDENTIALS).when(issue).then(ISSUED)
    given(CREDENTIALS).when(replace(issue, enterprise_known=False)).rejects("There is no enterprise")


def test_a_rotation_ends_what_is_valid_after_the_overlap() -> None:
    overlap = timedelta(hours=24)
    given(CREDENTIALS, ISSUED).when(RotateCredentials("bbbb", "", overlap, NOW)).then(
        DeviceCredentialIssued("MILL", "bbbb", "", NOW),
        DeviceCredentialRevoked("MILL", "aaaa", NOW + overlap, "rotated"),
    )


def test_a_second_rotation_gives_no_credential_a_longer_life() -> None:
    ends = NOW + timedelta(hours=1)
    rotated = DeviceCredentialRevoked("MILL", "aaaa", ends, "rotated")
    given(CREDENTIALS, ISSUED, rotated).when(RotateCredentials("cccc", "", timedelta(hours=24), NOW)).then(
        DeviceCredentialIssued("MILL", "cccc", "", NOW)
    )


def test_a_secret_that_got_out_is_revoked_at_once() -> None:
    given(CREDENTIALS, ISSUED).when(RevokeCredential(None, "遗失", NOW)).then(
        DeviceCredentialRevoked("MILL", "aaaa", NOW, "遗失")
    )
    given(CREDENTIALS, ISSUED).when(RevokeCredential("zzzz", "x", NOW)).rejects("There is no credential")
    revoked = DeviceCredentialRevoked("MILL", "aaaa", NOW, "遗失")
    given(CREDENTIALS, ISSUED, revoked).when(RevokeCredential("aaaa", "x", NOW)).changes_nothing()


def test_an_enterprise_without_credentials_has_none_to_rotate() -> None:
    given(CREDENTIALS).when(RotateCredentials("bbbb", "", timedelta(0), NOW)).rejects("has no credential")


def test_credentials_do_not_pile_up() -> None:
    many = [DeviceCredentialIssued("MILL", f"c{n:02d}", "", NOW) for n in range(credentials.MAX_VALID)]
    given(CREDENTIALS, *many).when(IssueCredential("MILL", True, "more", "", NOW)).rejects(
        "valid credentials"
    )
