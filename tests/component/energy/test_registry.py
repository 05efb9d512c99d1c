"""Enterprises, key users, meters and credentials through their operations."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import select, text

from services.energy.plan.views import RULE
from services.energy.service import rebuild
from shared import lists
from tests.component.energy.conftest import (
    FUQING,
    FUZHOU,
    MILL,
    OPS,
    OTHER,
    PLAN,
    PROVINCE,
    XIAMEN,
    Service,
)

ORG = [{"scheme": "org_code", "value": "DEMO00024", "valid_from": "2001-05-01"}]


async def test_loading_the_same_plan_again_changes_nothing(service: Service) -> None:
    before = await service.events()
    again = await service.ask(OPS, "load-plan", **PLAN)
    assert again["changed"] == []
    assert again["coefficients"] == 3
    assert await service.events() == before


async def test_the_plan_in_the_repository_loads(bare_service: Service) -> None:
    from plans.loader import load_plan

    loaded = await bare_service.ask(OPS, "load-plan", **load_plan("fujian-2013").parts()["energy"])
    assert loaded["regions"] > 90
    assert loaded["key_user_rules"] == 1
    found = await bare_service.ask(
        OPS, "list-coefficients", carrier="electricity", on="2013-06-01", basis="equal"
    )
    assert [(one["kgce"], one["edition"]) for one in found["items"]] == [("0.1229", "GB/T 2589-2008")]


async def test_an_enterprise_is_seen_by_those_above_it_and_by_itself(service: Service) -> None:
    await service.enterprise(external_ids=ORG)
    for actor in (PROVINCE, OPS, FUZHOU, FUQING, MILL):
        found = await service.ask(actor, "get-enterprise", enterprise="MILL")
        assert found["external_ids"][0]["value"] == "DEMO00024"
        assert [e["enterprise"] for e in (await service.ask(actor, "list-enterprises"))["items"]] == ["MILL"]
    for actor in (XIAMEN, OTHER):
        assert (await service.refused(actor, "get-enterprise", enterprise="MILL")).status == 404
        assert (await service.ask(actor, "list-enterprises"))["items"] == []
    assert (await service.refused(XIAMEN, "list-enterprises", region="350181")).status == 403


async def test_only_the_administration_of_its_region_registers_an_enterprise(service: Service) -> None:
    for actor in (XIAMEN, MILL):
        problem = await service.refused(
            actor, "register-enterprise", enterprise="NEW", name="新", region="350181", industry="3011"
        )
        assert problem.status == 403
    made = await service.ask(FUQING, "register-enterprise", name="新", region="350181", industry="3011")
    assert made["enterprise"].startswith("E")
    assert made["valid_from"] == "2013-01-15"


async def test_a_repeated_registration_gets_the_first_answer(service: Service) -> None:
    body = {"name": "新", "region": "350181", "industry": "3011"}
    first = await service.call(FUQING, "register-enterprise", key="k-1", **body)
    assert await service.call(FUQING, "register-enterprise", key="k-1", **body) == first
    other = await service.refused(FUQING, "register-enterprise", key="k-1", **{**body, "name": "别"})
    assert (other.status, other.code) == (422, "idempotency-key-reused")


async def test_an_external_id_belongs_to_one_enterprise(service: Service) -> None:
    await service.enterprise(external_ids=ORG)
    problem = await service.refused(
        OPS,
        "register-enterprise",
        enterprise="TWIN",
        name="双",
        region="350181",
        industry="3011",
        external_ids=ORG,
    )
    assert (problem.status, problem.code) == (409, "taken")
    assert (await service.refused(OPS, "get-enterprise", enterprise="TWIN")).status == 404


async def test_two_registrations_race_for_one_external_id(service: Service) -> None:
    """Both look at once and find nothing: the table's key decides, and the loser is told why."""

    async def register(name: str) -> object:
        try:
            return await service.enterprise(name, OPS, external_ids=ORG)
        except Exception as problem:
            return problem

    outcomes = await asyncio.gather(*(register(f"RACE{n}") for n in range(4)))
    lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [getattr(problem, "code", problem) for problem in lost] == ["taken"] * 3
    assert len(await service.events("EnterpriseRegistered")) == 1


async def test_the_second_of_two_registrations_waits_for_the_first_and_loses(
    service: Service,
) -> None:
    """Driven by hand: the first holds its transaction open, so that the second must meet it at the key."""
    url = service.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    first = await asyncpg.connect(url)
    holding = first.transaction()
    await holding.start()
    await first.execute(
        "INSERT INTO enterprise VALUES ('FIRST', '甲', '350181', '3011', '2013-01-01');"
        "INSERT INTO external_id VALUES ('org_code', 'DEMO00024', 'FIRST', '2013-01-01')"
    )
    second = asyncio.create_task(
        service.refused(
            OPS,
            "register-enterprise",
            enterprise="SECOND",
            name="乙",
            region="350181",
            industry="3011",
            external_ids=ORG,
        )
    )
    while not await service.connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    ):
        assert not second.done()
    await holding.commit()
    await first.close()
    assert (await second).code == "taken"


async def test_a_move_counts_from_its_day_and_changes_who_sees_it(service: Service) -> None:
    await service.enterprise()
    moved = await service.ask(
        OPS, "change-enterprise", enterprise="MILL", region="350203", valid_from="2013-02-01", reason="搬迁"
    )
    assert moved["region"] == "350203"
    assert (await service.refused(FUQING, "get-enterprise", enterprise="MILL")).status == 404
    assert (await service.ask(XIAMEN, "get-enterprise", enterprise="MILL"))["region"] == "350203"
    (event,) = await service.events("EnterpriseChanged")
    assert (event.data["previous_region"], event.data["valid_from"]) == ("350181", "2013-02-01")


async def test_the_list_of_key_users_by_year_with_a_revision(service: Service) -> None:
    for name in ("MILL", "ATLINE", "BELOW"):
        await service.enterprise(name)
    listed = await service.key_users(MILL="31000", ATLINE="10000", BELOW="8200")
    assert [(u["enterprise"], u["category"]) for u in listed["enterprises"]] == [
        ("ATLINE", "threshold"),
        ("BELOW", "designated"),
        ("MILL", "threshold"),
    ]
    problem = await service.refused(
        PROVINCE,
        "designate-key-users",
        year=2013,
        basis="equivalent",
        source="x",
        enterprises=[{"enterprise": "MILL", "tce": "31000"}],
    )
    assert problem.code == "revision-without-reason"
    revised = await service.ask(
        PROVINCE,
        "designate-key-users",
        year=2013,
        basis="equivalent",
        source="x",
        enterprises=[{"enterprise": "MILL", "tce": "31000"}],
        revision_reason="两家停产",
    )
    assert revised["revision"] == 2
    page = await service.ask(FUZHOU, "get-key-users", year=2013)
    assert [user["enterprise"] for user in page["items"]] == ["MILL"]
    assert (
        await service.refused(
            FUZHOU, "designate-key-users", year=2014, basis="equal", source="x", enterprises=[]
        )
    ).status == 403


async def test_a_meter_counts_in_a_unit_that_converts(service: Service) -> None:
    await service.enterprise()
    made = await service.meter(unit="MWh", capacity="4")
    assert (made["unit_factor"], made["carrier_unit"]) == ("1000", "kWh")
    problem = await service.refused(
        OPS,
        "register-meter",
        meter="M-2",
        enterprise="MILL",
        carrier="electricity",
        unit="t",
        kind="interval",
        serial="x",
        valid_from="2013-01-01T00:00:00+08:00",
    )
    assert problem.code == "unit-does-not-convert"


async def test_meters_are_kept_by_the_administration_and_seen_by_their_enterprise(service: Service) -> None:
    await service.enterprise()
    assert (await service.refused(XIAMEN, "register-meter", **_meter("X"))).status == 404
    assert (await service.refused(MILL, "register-meter", **_meter("X"))).status == 403
    await service.ask(FUQING, "register-meter", **_meter("X"))
    assert (await service.ask(MILL, "get-meter", meter="X"))["enterprise"] == "MILL"
    assert (await service.refused(OTHER, "get-meter", meter="X")).status == 404
    assert [m["meter"] for m in (await service.ask(MILL, "list-meters"))["items"]] == ["X"]
    assert (await service.ask(XIAMEN, "list-meters"))["items"] == []


async def test_a_credential_is_told_once_and_kept_as_a_hash(service: Service) -> None:
    await service.enterprise()
    issued = await service.ask(MILL, "issue-credential", key="k", enterprise="MILL", label="网关")
    token = issued["token"]
    assert token.startswith("MILL.")
    again = await service.ask(MILL, "issue-credential", key="k", enterprise="MILL", label="网关")
    assert again == {**issued, "token": None}
    async with service.engine.connect() as conn:
        kept = await conn.scalar(text("SELECT string_agg(answer::text, '') FROM command"))
        assert token.removeprefix("MILL.") not in kept
        assert await conn.scalar(text("SELECT count(*) FROM device_credential")) == 1
    assert all(token.removeprefix("MILL.") not in str(event.data) for event in await service.events())
    assert (await service.refused(OTHER, "issue-credential", enterprise="MILL")).status == 404


async def test_a_rotation_leaves_the_old_credential_valid_for_the_overlap(service: Service) -> None:
    await service.enterprise()
    first = await service.ask(OPS, "issue-credential", enterprise="MILL")
    second = await service.ask(OPS, "rotate-credential", enterprise="MILL", overlap_hours=24)
    ends = {one["credential"]: one["valid_to"] for one in second["credentials"]}
    assert ends == {first["credential"]: "2013-01-16T04:00:00Z", second["credential"]: None}
    await service.ask(OPS, "revoke-credential", enterprise="MILL", reason="遗失")
    async with service.engine.connect() as conn:
        open_ones = await conn.scalar(
            text("SELECT count(*) FROM device_credential WHERE valid_to IS NULL OR valid_to > :now"),
            {"now": service.clock.now()},
        )
    assert open_ones == 0


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("list-enterprises", "enterprise"),
        ("list-meters", "meter"),
        ("list-suspects", "meter"),
        ("list-quarantine", "enterprise"),
        ("coverage", "enterprise"),
    ],
)
async def test_lists_come_in_pages(service: Service, operation: str, name: str) -> None:
    """Every line once, however small the pages are."""
    names = [f"E{n}" for n in range(3)]
    for one in names:
        await service.enterprise(one)
        await service.meter(f"M-{one}", enterprise=one)
        readings = [("2013-01-14 00:00", 1000.0), ("2013-01-14 00:15", 900.0)]
        await service.push(readings, meter=f"M-{one}", enterprise=one)
        await service.push(readings[:1], meter="unknown", enterprise=one)
    await service.key_users(**dict.fromkeys(names, "12120"))
    whole = (await service.ask(OPS, operation))["items"]
    assert len(whole) >= len(names)
    seen, cursor = [], None
    while True:
        page = await service.ask(OPS, operation, limit=1, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert {one[name].removeprefix("M-") for one in seen} == set(names)


def _meter(meter: str) -> dict[str, object]:
    return {
        "meter": meter,
        "enterprise": "MILL",
        "carrier": "raw_coal",
        "unit": "t",
        "kind": "interval",
        "serial": "S",
        "valid_from": "2013-01-01T00:00:00+08:00",
    }


async def test_coefficients_come_page_by_page(service: Service) -> None:
    seen, cursor = [], None
    while True:
        page = await service.ask(OPS, "list-coefficients", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [(one["carrier"], one["basis"]) for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [("electricity", "equal"), ("electricity", "equivalent"), ("raw_coal", "both")]
    beyond = lists.write(2**62)
    assert (await service.ask(OPS, "list-coefficients", cursor=beyond))["items"] == []


async def test_a_rule_of_two_plans_stays_when_one_drops_it_and_a_rebuild_ends_in_the_same_rows(
    service: Service,
) -> None:
    async def in_force() -> list[tuple[str, str]]:
        async with service.engine.connect() as conn:
            found = await conn.execute(select(RULE.c.rule, RULE.c.plan).order_by(RULE.c.rule))
            return [(row.rule, row.plan) for row in found]

    both = [("key_user", "other"), ("monitoring", "fujian-2013")]
    await service.ask(OPS, "load-plan", plan="other", key_user_rules=PLAN["key_user_rules"])
    assert await in_force() == both
    await service.ask(OPS, "load-plan", plan="other", key_user_rules=[], replace=True)
    assert await in_force() == [("key_user", "fujian-2013"), ("monitoring", "fujian-2013")]
    await service.ask(OPS, "load-plan", plan="other", key_user_rules=PLAN["key_user_rules"])
    async with service.engine.begin() as conn:
        await rebuild(conn, service.energy.log)
    assert await in_force() == both
    assert (await service.ask(OPS, "load-plan", **PLAN))["changed"] == []


async def test_a_code_that_an_enterprise_had_before_is_taken_for_itself_too(service: Service) -> None:
    await service.enterprise(external_ids=ORG)
    code = {"enterprise": "MILL", "scheme": "org_code"}
    await service.ask(OPS, "assign-external-id", **code, value="DEMO00016", valid_from="2013-01-05")
    again = {**code, "value": "DEMO00024", "valid_from": "2013-01-10"}
    assert (await service.refused(OPS, "assign-external-id", **again)).code == "taken"
