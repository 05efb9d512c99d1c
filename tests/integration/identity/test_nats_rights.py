"""Everything that a NATS user might try on what is another's, made from the topology; and what the rules allow.

The rules are written here once more, in words of the architecture and not of the topology's lists, so that a list
that says too much is found. `tests/integration/local/test_permissions.py` shows that what must work does.
"""

import json
from collections.abc import Iterator

import pytest
from nats.aio.client import Client

from deploy import topology
from tests.integration.local.test_permissions import settled
from tests.kit.servers import TestNats

SERVICES = ("projects", "energy", "assessment", "progress")
STREAMS = tuple(str(stream.name) for stream in topology.streams())
DOMAIN = tuple(row.stream for row in topology.SERVICES if row.stream)
USERS = tuple(user.name for user in topology.USERS)
MAKES_STREAMS = "provisioner"
# Who reads which stream through consumers of its own; everybody follows the clock.
READERS = {
    "ASSESSMENT": {"projects", "energy", "progress"},
    "PROJECTS": {"progress"},
    "ENERGY": {"progress"},
    "LIVE": {"progress"},
    "READINGS": set[str](),
    "CLOCK": set(USERS) - {MAKES_STREAMS},
}
OWNERS = {stream: {stream.lower()} for stream in DOMAIN}
LOOKS = {
    stream: READERS[stream] | OWNERS.get(stream, set()) | {MAKES_STREAMS}
    | ({"energy", "energy-intake", "energy-worker"} if stream == "READINGS" else set())
    for stream in STREAMS
}  # fmt: skip
NOBODY: set[str] = set()


def on_streams() -> Iterator[tuple[str, set[str]]]:
    """Every request to JetStream about every stream, and who may make it."""
    for name in STREAMS:
        readers, owner = READERS[name], OWNERS.get(name, set())
        worker = {"energy-worker"} if name == "READINGS" else set()
        # It reads one type of its events, whose access was revoked, and may make consumers for no other.
        one_type = {"gateway"} if name == "ASSESSMENT" else set()
        maker = {MAKES_STREAMS}
        consumer_maker = maker if name == "READINGS" else NOBODY
        yield f"$JS.API.STREAM.CREATE.{name}", maker
        yield f"$JS.API.STREAM.UPDATE.{name}", maker
        for verb in ("DELETE", "PURGE", "SNAPSHOT", "RESTORE", "PEER.REMOVE", "LEADER.STEPDOWN"):
            yield f"$JS.API.STREAM.{verb}.{name}", NOBODY
        yield f"$JS.API.STREAM.MSG.DELETE.{name}", NOBODY
        yield f"$JS.API.STREAM.MSG.GET.{name}", readers | owner | worker
        yield f"$JS.API.STREAM.INFO.{name}", LOOKS[name]
        yield f"$JS.API.DIRECT.GET.{name}", readers
        yield f"$JS.API.CONSUMER.CREATE.{name}.mine", readers | consumer_maker
        yield f"$JS.API.CONSUMER.DURABLE.CREATE.{name}.mine", consumer_maker
        yield (
            f"$JS.API.CONSUMER.CREATE.{name}.mine.assessment.AccessRevoked",
            readers | consumer_maker | one_type,
        )
        yield f"$JS.API.CONSUMER.CREATE.{name}.mine.assessment.StatisticReported", readers | consumer_maker
        yield f"$JS.API.CONSUMER.MSG.NEXT.{name}.anybodys", readers | worker | one_type
        yield f"$JS.API.CONSUMER.DELETE.{name}.anybodys", readers
        yield f"$JS.API.CONSUMER.PAUSE.{name}.anybodys", NOBODY
        yield f"$JS.API.CONSUMER.LEADER.STEPDOWN.{name}.anybodys", NOBODY
        yield f"$JS.ACK.{name}.anybodys.1.1.1.1.0", readers | worker


def on_others() -> Iterator[tuple[str, set[str]]]:
    """A stream that isn't in the topology could be made to collect the requests, and then read."""
    for verb in ("CREATE", "UPDATE", "INFO", "DELETE", "MSG.GET"):
        yield f"$JS.API.STREAM.{verb}.MINE", NOBODY
    for verb in ("CREATE", "DURABLE.CREATE", "MSG.NEXT"):
        yield f"$JS.API.CONSUMER.{verb}.MINE.mine", NOBODY


def messages() -> Iterator[tuple[str, set[str]]]:
    """Every subject that means something, and who may say it."""
    for stream in DOMAIN:
        yield f"{stream.lower()}.Forged", {stream.lower()}
    for subject in topology.reading_subjects():
        yield subject, {"energy", "energy-intake"}
    yield "live.energy.e1", {"energy", "energy-worker"}
    yield "clock.now", {"gateway"}
    yield "hint.progress", {"progress"}
    for service in SERVICES:
        yield f"rpc.{service}.anything", {"gateway"}
    for user in USERS:
        yield f"clock.ack.{user}", {user} - {MAKES_STREAMS}
        yield f"_INBOX_{user}.guess", NOBODY
    for subject in ("$SYS.REQ.SERVER.PING", "$SYS.ACCOUNT.SHENGJI.CONNECT", "$JS.API.ACCOUNT.PURGE.SHENGJI"):
        yield subject, NOBODY
    yield "anything.else", NOBODY


def heard() -> Iterator[tuple[str, set[str]]]:
    """Every subject that somebody might listen to, and who may."""
    for subject, _ in messages():
        yield (
            subject,
            {
                "clock.now": NOBODY,
                "hint.progress": {"gateway"},
                **{f"rpc.{service}.anything": {service} for service in SERVICES},
                **{f"clock.ack.{user}": {"gateway"} for user in USERS},
                **{f"_INBOX_{user}.guess": {user} for user in USERS},
            }.get(subject, NOBODY),
        )
    for pattern in (">", "*", "*.>", "$JS.>", "$JS.API.>", "$SYS.>", "_INBOX.>", "rpc.*.*"):
        yield pattern, NOBODY
    for stream in STREAMS:
        yield f"$JS.EVENT.ADVISORY.STREAM.DELETED.{stream}", NOBODY


class Tried:
    """What one user was refused. nats-py tells errors in lower case."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    async def note(self, error: Exception) -> None:
        self.errors.append(str(error).lower())

    def refused(self, verb: str, subjects: list[str]) -> set[str]:
        text = "\n".join(self.errors)
        return {subject for subject in subjects if f'violation for {verb} to "{subject.lower()}"' in text}


async def client_of(server: TestNats, user: str, tried: Tried) -> Client:
    return await server.connect(user, error_cb=tried.note)


@pytest.mark.parametrize("user", USERS)
async def test_a_user_says_nothing_that_is_not_its_to_say(bare_nats: TestNats, user: str) -> None:
    table = {**dict(on_streams()), **dict(on_others()), **dict(messages())}
    tried = Tried()
    client = await client_of(bare_nats, user, tried)
    for subject in table:
        # A body that nobody understands: what is allowed must have no effect here.
        await client.publish(subject, json.dumps("not a request").encode())
    await settled(client)
    assert tried.refused("publish", list(table)) == {name for name, who in table.items() if user not in who}


@pytest.mark.parametrize("user", USERS)
async def test_a_user_hears_nothing_that_is_not_its_to_hear(bare_nats: TestNats, user: str) -> None:
    table = dict(heard())
    tried = Tried()
    client = await client_of(bare_nats, user, tried)
    for subject in table:
        await client.subscribe(subject)
    await settled(client)
    assert tried.refused("subscription", list(table)) == {
        name for name, who in table.items() if user not in who
    }


@pytest.mark.parametrize("user", USERS)
async def test_no_user_changes_what_is_stored(nats_server: TestNats, user: str) -> None:
    """With real requests, against real streams: after every attempt all of it is there, unchanged."""
    admin = await nats_server.jetstream()
    for subject in ("projects.Thing", "energy.Thing", "assessment.Thing", "readings.0", "clock.now"):
        await admin.publish(subject, b"kept")
    before = {name: (await admin.stream_info(name)).config for name in STREAMS}
    tried = Tried()
    client = await client_of(nats_server, user, tried)
    for name in STREAMS:
        for verb, body in (("DELETE", {}), ("PURGE", {}), ("MSG.DELETE", {"seq": 1})):
            await client.publish(f"$JS.API.STREAM.{verb}.{name}", json.dumps(body).encode())
    for partition in range(topology.READINGS_PARTITIONS):
        await client.publish(f"$JS.API.CONSUMER.DELETE.READINGS.worker-{partition}", b"")
    await settled(client)
    for name in STREAMS:
        info = await admin.stream_info(name)
        assert info.config == before[name]
        assert info.state.messages == (0 if name == "LIVE" else 1)
    assert len(await admin.consumers_info("READINGS")) == topology.READINGS_PARTITIONS
