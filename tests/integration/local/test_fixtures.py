"""The servers that the other tests stand on."""

import asyncpg
import pytest
from nats.js.errors import APIError

from deploy import topology
from tests.conftest import DatabaseFactory
from tests.kit.servers import TestNats


async def test_an_empty_database_lets_its_owner_and_only_its_owner_create_tables(
    empty_database: DatabaseFactory,
) -> None:
    database = await empty_database("projects")
    owner = await asyncpg.connect(database.owner_dsn)
    runtime = await asyncpg.connect(database.dsn)
    try:
        await owner.execute("CREATE TABLE thing (id int)")
        await owner.execute(f'GRANT SELECT ON thing TO "{topology.service("projects").runtime_role}"')
        assert await runtime.fetch("SELECT * FROM thing") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute("CREATE TABLE other (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute("CREATE SCHEMA other")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute("DROP TABLE thing")
        await runtime.execute("CREATE TEMPORARY TABLE staging (id int)")
    finally:
        await owner.close()
        await runtime.close()


async def test_one_service_cannot_enter_anothers_database(empty_database: DatabaseFactory) -> None:
    projects, energy = await empty_database("projects"), await empty_database("energy")
    foreign = projects.dsn.rsplit("/", 1)[0] + "/" + energy.name
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(foreign)


async def test_a_wrong_password_is_refused(empty_database: DatabaseFactory) -> None:
    database = await empty_database("projects")
    head, _, tail = database.dsn.partition("@")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(head + "wrong@" + tail)


async def test_every_stream_of_the_topology_has_the_configuration_it_asks_for(nats_server: TestNats) -> None:
    js = await nats_server.jetstream()
    for wanted in topology.streams():
        assert wanted.name is not None
        config = (await js.stream_info(wanted.name)).config
        for name, value in wanted.as_dict().items():
            assert config.as_dict().get(name) == value, f"{wanted.name}.{name}"


async def test_a_domain_stream_keeps_what_it_has(nats_server: TestNats) -> None:
    js = await nats_server.jetstream()
    await js.publish("projects.Thing", b"x", stream="PROJECTS")
    with pytest.raises(APIError):
        await js.purge_stream("PROJECTS")
    with pytest.raises(APIError):
        await js.delete_msg("PROJECTS", 1)
    assert (await js.stream_info("PROJECTS")).state.messages == 1


async def test_what_was_acknowledged_is_there_after_the_server_comes_back(nats_server: TestNats) -> None:
    js = await nats_server.jetstream()
    ack = await js.publish("readings.0", b"x", stream="READINGS")
    await nats_server.restart()
    message = await (await nats_server.jetstream()).get_msg("READINGS", ack.seq)
    assert message.data == b"x"
