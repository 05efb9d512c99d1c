"""Targets that count, from the events of projects and of matching to the figure and its evidence."""

from typing import Any

from tests.component.progress.world import Service, Sources, moment


async def registered(sources: Sources, project: str, region: str, **changes: Any) -> None:
    data = {
        "project": project,
        "name": project,
        "region": region,
        "industry": "3110",
        "total_investment": "20000000000",
        "equipment_investment": "0",
        "programmes": ["TR"],
        "registers": [],
        "planned_on": "2012-01-10",
        "registered_on": "2012-01-10",
        "reported_by": "clerk",
        "evidence": "",
    }
    await sources.projects.publish("ProjectRegistered", {**data, **changes}, moment("2013-01-28"))


async def reached(sources: Sources, project: str, stage: str, on: str, at: str, **more: Any) -> None:
    data = {
        "project": project,
        "stage": stage,
        "on": on,
        "evidence": "x",
        "reported_by": "c",
        "status": stage,
    }
    await sources.projects.publish("ProjectStageReached", {**data, **more}, moment(at))


async def test_a_project_counts_once_in_the_union_and_in_each_part(service: Service, sources: Sources):
    """TR-11, X-12; TR-4, TR-5. What another register or another quarter has doesn't count."""
    key = [{"register": "provincial_key", "valid_from": "2013-01-28", "valid_to": None}]
    await sources.plan()
    await registered(sources, "P-1", "350181", registers=key)
    await registered(sources, "P-2", "350203", registers=key)
    await registered(sources, "P-3", "350203")
    await reached(sources, "P-1", "started", "2013-02-01", "2013-02-02")
    await reached(sources, "P-1", "producing", "2013-03-20", "2013-03-21")
    await reached(sources, "P-2", "started", "2012-05-01", "2013-03-22")
    await reached(sources, "P-3", "started", "2013-02-01", "2013-03-23")
    service.clock.set(moment("2013-03-25"))
    figure = await service.figure("TR-11", at_least=sources.positions)
    assert (figure["value"], figure["status"], figure["light"]) == ("1", "measured", "grey")
    assert figure["counts"] == {"project:started": 1, "project:producing": 1}
    assert (await service.figure("TR-4"))["value"] == "2"
    assert (await service.figure("TR-5"))["value"] == "1"
    assert (await service.figure("TR-5", as_of=moment("2013-03-20").isoformat()))["value"] == "0"
    page = await service.ask("evidence", target="TR-11")
    steps = {
        (item["data"]["project"], item["period"]): item["superseded_by"]
        for item in page["items"]
        if item["source"] == "projects"
    }
    assert steps.keys() == {("P-1", "2013-02-01"), ("P-1", "2013-03-20")}
    await service.ask("changes")


async def test_a_corrected_step_no_longer_counts(service: Service, sources: Sources):
    key = [{"register": "provincial_key", "valid_from": "2013-01-28", "valid_to": None}]
    await sources.plan()
    await registered(sources, "P-1", "350181", registers=key)
    await reached(sources, "P-1", "producing", "2013-03-20", "2013-03-21")
    wrong = {
        "project": "P-1", "step": 2, "wrong_stage": "producing", "wrong_on": "2013-03-20", "reason": "typing error",
        "reported_by": "c", "status": "planned", "status_on": "2012-01-10", "stage": None, "on": None,
    }  # fmt: skip
    await sources.projects.publish("ProjectStageCorrected", wrong, moment("2013-04-01"))
    service.clock.set(moment("2013-04-02"))
    assert (await service.figure("TR-5", at_least=sources.positions))["value"] == "0"
    assert (await service.figure("TR-5", as_of=moment("2013-03-30").isoformat()))["value"] == "1"


async def test_a_cohort_is_closed_and_its_projects_go_on(service: Service, sources: Sources):
    """PM-2 to PM-4, X-8: contracts by year; who started later has started; formally ended ones leave."""
    private = {"kind": "private", "name": "X", "categories": ["top_500_private"], "origin": "330000"}
    await sources.plan()
    for number, signed in enumerate(("2011-06-18", "2012-06-18", "2012-09-08", "2013-06-18")):
        await registered(sources, f"P-{number}", "350181", investor=private)
        await reached(sources, f"P-{number}", "contract_signed", signed, "2013-07-01", amount="30000000000")
    await registered(sources, "P-F", "350181", investor={**private, "kind": "foreign", "categories": []})
    await reached(sources, "P-F", "contract_signed", "2012-06-18", "2013-07-01")
    await reached(sources, "P-0", "started", "2013-07-10", "2013-07-11")
    service.clock.set(moment("2013-07-12"))
    rate = await service.figure("PM-2", at_least=sources.positions)
    assert rate["counts"] == {"cohort": 3, "reached": 1}
    assert (await service.figure("PM-3"))["value"] == "300.0000"
    assert (await service.figure("PM-1"))["value"] == "1"
    assert (await service.figure("PM-4"))["counts"] == {"cohort": 1, "reached": 0}
    await reached(sources, "P-1", "terminated", "2013-08-01", "2013-08-01")
    await reached(sources, "P-1", "formally_ended", "2013-08-02", "2013-08-02")
    service.clock.set(moment("2013-08-03"))
    rate = await service.figure("PM-2", at_least=sources.positions)
    assert rate["counts"] == {"cohort": 2, "reached": 1}


async def test_each_county_owes_its_own_reserve(service: Service, sources: Sources):
    """TR-15, TR-16: the library's total, and the smallest count of a county."""
    reserve = [{"register": "reserve_provincial", "valid_from": "2013-02-01", "valid_to": None}]
    await sources.plan()
    for number in range(3):
        await registered(sources, f"P-{number}", "350181", registers=reserve)
    service.clock.set(moment("2013-03-01"))
    total = await service.figure("TR-15", at_least=sources.positions)
    assert (total["value"], total["counts"]) == ("0.06", {"things": 3})
    county = await service.figure("TR-16")
    assert (county["value"], county["counts"]) == ("0", {"units": 84, "meeting": 1})
    left = {"project": "P-0", "register": "reserve_provincial", "valid_from": "2013-02-01"}
    await sources.projects.publish(
        "RegisterLeft", {**left, "valid_to": "2013-03-10", "reason": "started"}, moment("2013-03-10")
    )
    service.clock.set(moment("2013-03-11"))
    county = await service.figure("TR-16", at_least=sources.positions)
    assert county["counts"]["meeting"] == 0


async def test_a_project_with_two_tags_counts_once_under_each(service: Service, sources: Sources):
    """X-9; EI, EN, DI and IN count by tag. A tag given later counts from then on."""
    await sources.plan()
    await registered(sources, "P-1", "350181", tags=["en_boiler", "en_motor", "en_epc", "ei_renovation"])
    await reached(sources, "P-1", "started", "2013-02-01", "2013-02-02")
    service.clock.set(moment("2013-02-03"))
    figures = {
        row: await service.figure(row, at_least=sources.positions) for row in ("EN-15a", "EN-16", "EI-6")
    }
    assert {row: figure["value"] for row, figure in figures.items()} == {
        "EN-15a": "1",
        "EN-16": "1",
        "EI-6": "1",
    }
    assert (await service.figure("DI-4"))["value"] is None
    changed = {
        "project": "P-1", "region": "350181", "version": 2, "changed": ["tags"], "reason": "both", "reported_by": "c",
        "changed_on": "2013-03-01", "name": "P-1", "industry": "3110", "total_investment": "20000000000",
        "equipment_investment": "0", "programmes": ["DI"], "tags": ["di_demonstration_project"],
    }  # fmt: skip
    await sources.projects.publish("ProjectChanged", changed, moment("2013-03-01"))
    service.clock.set(moment("2013-03-02"))
    assert (await service.figure("DI-4", at_least=sources.positions))["value"] == "1"
    assert (await service.figure("EN-16"))["value"] == "0"


async def test_what_was_verified_is_saved_and_what_is_expected_is_not(service: Service, sources: Sources):
    """EN-15b: a later verification takes the place of the earlier, and only the eight types count."""
    await sources.plan()
    for project, tag in (("P-1", "en_boiler"), ("P-2", "en_motor"), ("P-3", "ei_led")):
        await registered(sources, project, "350181", tags=[tag])
    service.clock.set(moment("2013-03-01"))
    assert (await service.figure("EN-15b", at_least=sources.positions))["value"] == "0"
    saving = {"region": "350181", "basis": "x", "evidence": "x", "reported_by": "c"}
    expected = {**saving, "project": "P-2", "tce": "9000", "on": "2013-03-02"}
    await sources.projects.publish("EnergySavingExpected", expected, moment("2013-03-02"))
    for project, tce, on in (
        ("P-1", "5000", "2013-10-01"),
        ("P-1", "4000", "2013-11-01"),
        ("P-2", "8000", "2013-11-02"),
        ("P-3", "7000", "2013-11-03"),
    ):
        verified = {**saving, "project": project, "tce": tce, "on": on, "verified_by": "x", "expected": None}
        await sources.projects.publish("EnergySavingVerified", verified, moment(on))
    service.clock.set(moment("2013-11-10"))
    figure = await service.figure("EN-15b", at_least=sources.positions)
    assert (figure["value"], figure["unit"], figure["counts"]) == ("1.2", "tce_1e4", {"things": 2})
    assert (await service.figure("EN-15b", as_of=moment("2013-10-15").isoformat()))["value"] == "0.5"


async def test_results_needs_and_matches_count(service: Service, sources: Sources):
    """IN-3, IN-4, IN-5: only those of technology, and a pair once."""
    await sources.plan()
    for listing, side, meeting in (
        ("R-1", "offer", "technology"), ("R-2", "offer", "technology"),
        ("N-1", "need", "technology"), ("B-1", "offer", "finance"),
    ):  # fmt: skip
        data = {"listing": listing, "meeting": meeting, "side": side, "region": "350100", "party": "x",
                "registered_on": "2013-06-18", "terms": {}}  # fmt: skip
        await sources.projects.publish("ListingRegistered", data, moment("2013-06-18"))
    pair = {"need": "N-1", "offer": "R-1", "meeting": "technology", "region": "350100"}
    concluded = {
        "pair": pair,
        "concluded_on": "2013-06-20",
        "evidence": "contract",
        "amount": "5000000",
        "note": "",
    }
    await sources.projects.publish("MatchConcluded", concluded, moment("2013-06-20"))
    service.clock.set(moment("2013-06-21"))
    found = [
        (await service.figure(row, at_least=sources.positions))["value"] for row in ("IN-3", "IN-4", "IN-5")
    ]
    assert found == ["2", "1", "1"]
    reopened = {"pair": pair, "reason": "not kept", "reopened_on": "2013-06-21", "concluded_on": "2013-06-20"}
    await sources.projects.publish("MatchReopened", {**reopened, "amount": None}, moment("2013-06-21"))
    assert (await service.figure("IN-5", at_least=sources.positions))["value"] == "0"


async def test_what_is_counted_is_counted_again_only_when_something_that_counts_was_said(
    service: Service, sources: Sources
):
    """The meters' flood changes no count; a step, another day and a moment of the past do."""
    key = [{"register": "provincial_key", "valid_from": "2013-01-28", "valid_to": None}]
    await sources.plan()
    await registered(sources, "P-1", "350181", registers=key)
    await reached(sources, "P-1", "started", "2013-02-01", "2013-02-02")
    service.clock.set(moment("2013-03-25"))
    await service.caught_up(sources)
    before = await service.model.snapshot()
    assert before.facts.tallies["TR-4"].regions[0].things == 1
    await sources.enterprise("E-1", "350181", moment("2013-03-01"))
    await sources.day("E-1", "350181", "2013-03-24", "12.5", moment("2013-03-25"))
    await service.caught_up(sources)
    flooded = await service.model.snapshot()
    assert flooded.facts.day_energy, "the day is in the figures"
    assert flooded.facts.tallies is before.facts.tallies
    past = await service.model.snapshot(as_of=moment("2013-02-01"))
    assert not past.facts.tallies["TR-4"].regions
    await registered(sources, "P-2", "350203", registers=key)
    await reached(sources, "P-2", "started", "2013-02-01", "2013-03-25")
    await service.caught_up(sources)
    after = await service.model.snapshot()
    assert sum(each.things for each in after.facts.tallies["TR-4"].regions) == 2
    service.clock.set(moment("2013-03-26"))
    assert (await service.model.snapshot()).facts.tallies is not after.facts.tallies


async def test_designations_count_while_they_stand_and_new_ones_in_their_year(
    service: Service, sources: Sources
):
    """EI-10, IN-1, IN-9, IN-11, DI-5: stock and flow, both shown where the plan says neither (X-7)."""
    await sources.plan()
    both = ("informatisation_demonstration_enterprise", "两化企业")
    for number, (kind, name, level, on) in enumerate(
        (
            ("enterprise_technology_centre", "中心一", "provincial", "2011-05-01"),
            ("enterprise_technology_centre", "中心二", "provincial", "2013-02-01"),
            ("enterprise_technology_centre", "中心三", "national", "2013-02-01"),
            ("industrial_design_centre", "设计一", "provincial", "2012-05-01"),
            ("industrial_design_centre", "设计二", "provincial", "2013-02-01"),
            ("industry_leader", "领军一", "provincial", "2012-05-01"),
            ("industry_leader", "领军二", "provincial", "2013-02-01"),
            (*both, "provincial", "2012-05-01"),
            (*both, "national", "2013-02-01"),
        )
    ):
        await sources.assessment.publish(
            "Designated", _designated(number, kind, name, level, on), moment("2013-02-02")
        )
    service.clock.set(moment("2013-02-03"))
    figures = {
        row: await service.figure(row, at_least=sources.positions)
        for row in ("IN-1", "IN-9", "IN-11", "DI-5")
    }
    assert {row: figure["value"] for row, figure in figures.items()} == {
        "IN-1": "2", "IN-9": "1", "IN-11": "2", "DI-5": "1",
    }  # fmt: skip
    assert figures["IN-11"]["counts"] == {"standing": 2, "within": 1}
    assert (await service.figure("EI-10"))["value"] is None  # nothing of the kind is known
    for number, kind, name, on, annulled in (
        (1, "enterprise_technology_centre", "中心二", "2013-03-01", False),
        (4, "industrial_design_centre", "设计二", "2013-03-01", False),
        (6, "industry_leader", "领军二", "2013-03-01", True),
    ):
        gone = _designated(number, kind, name, "provincial", "2013-02-01")
        gone |= {"withdrawn_on": on, "reason": "x", "decision": "x", "annulled": annulled}
        await sources.assessment.publish("DesignationWithdrawn", gone, moment("2013-03-01"))
    service.clock.set(moment("2013-03-02"))
    assert (await service.figure("IN-1", at_least=sources.positions))["value"] == "1"
    assert (await service.figure("IN-1", as_of=moment("2013-02-28").isoformat()))["value"] == "2"
    assert (await service.figure("IN-9"))[
        "value"
    ] == "1"  # it was designated in the year, whatever came of it
    leaders = await service.figure("IN-11")
    assert (leaders["value"], leaders["counts"]) == ("1", {"standing": 1, "within": 0})
    page = await service.ask("evidence", target="IN-1")
    assert [item["data"]["name"] for item in page["items"] if item["source"] == "assessment"][-1] == "中心二"


def _designated(number: int, kind: str, name: str, level: str, on: str) -> dict[str, Any]:
    return {
        "designation": f"D-{number}", "kind": kind, "level": level, "name": name, "region": "350100",
        "designated_on": on, "issuer": "x", "evidence": "x", "enterprise": None, "fields": [],
    }  # fmt: skip
