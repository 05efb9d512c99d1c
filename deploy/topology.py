"""The one table of what runs where: services, processes, streams, consumers, users and their rights.

The one-machine runner, compose, Kubernetes, the provisioner and the tests all read it, so that a process,
a stream or a permission is written down once. Subjects and streams are named as in docs/architecture.md.
"""

from dataclasses import dataclass
from typing import Literal

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamConfig

from shared.streams import ConsumerSpec, domain_stream, last_value_stream, work_queue

READINGS_PARTITIONS = 4
MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Service:
    """A service that owns one PostgreSQL database; `stream` is the domain stream its relay writes, if any."""

    name: str
    stream: str | None

    @property
    def database(self) -> str:
        """The database's name."""
        return self.name

    @property
    def owner_role(self) -> str:
        """The role that migrates: it owns the tables and no process runs with it."""
        return f"{self.name}_owner"

    @property
    def runtime_role(self) -> str:
        """The role that takes commands and answers queries: no DDL, and of the tables what the migrations grant."""
        return f"{self.name}_runtime"

    @property
    def process_roles(self) -> tuple[str, ...]:
        """The roles that its processes run with. Those beyond `runtime_role` may what `rights.yaml` grants them."""
        roles = (each.database_role for each in PROCESSES if each.service == self.name)
        return tuple(dict.fromkeys((self.runtime_role, *(role for role in roles if role))))

    @property
    def roles(self) -> tuple[str, ...]:
        """All of its roles."""
        return (self.owner_role, *self.process_roles)


@dataclass(frozen=True, slots=True)
class Process:
    """One operating-system process. Its name is also its NATS user and its log file's name.

    `broker`: it has a NATS user. Without, it is a client of the public API alone.
    """

    name: str
    module: str
    role: str | None = None
    service: str | None = None
    needs: tuple[str, ...] = ()
    http: Literal["none", "public"] = "none"
    replicas: int = 2
    own_role: bool = False
    broker: bool = True

    @property
    def database_role(self) -> str | None:
        """The role it has in its service's database: with `own_role` a narrow one of its own. None: no database."""
        if self.service is None:
            return None
        return self.name.replace("-", "_") if self.own_role else service(self.service).runtime_role

    @property
    def arguments(self) -> tuple[str, ...]:
        """What follows `python -m`."""
        return (self.module, self.role) if self.role else (self.module,)

    @property
    def inbox_prefix(self) -> str:
        """Where answers to this process arrive; nobody else may listen there."""
        return inbox_prefix(self.name)


@dataclass(frozen=True, slots=True)
class User:
    """A NATS user and all it may do. `responds`: may answer what it was asked, once per request."""

    name: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    responds: bool = False


SERVICES = (
    Service("projects", stream="PROJECTS"),
    Service("energy", stream="ENERGY"),
    Service("assessment", stream="ASSESSMENT"),
    Service("progress", stream=None),
)

PROCESSES = (
    Process("provisioner", "deploy.provisioner", replicas=1),
    Process("assessment", "services.assessment.main", service="assessment", needs=("provisioner",)),
    Process("projects", "services.projects.main", service="projects", needs=("provisioner",)),
    Process("energy", "services.energy.main", "api", service="energy", needs=("provisioner",)),
    # One process holds the series' last values in memory and is the only writer of its partitions.
    Process(
        "energy-worker",
        "services.energy.main",
        "worker",
        "energy",
        ("provisioner",),
        replicas=1,
        own_role=True,
    ),
    Process(
        "energy-intake",
        "services.energy.main",
        "intake",
        "energy",
        ("provisioner",),
        http="public",
        own_role=True,
    ),
    Process("progress", "services.progress.main", service="progress", needs=("provisioner",), replicas=1),
    Process(
        "gateway",
        "services.gateway.main",
        needs=("assessment", "projects", "energy", "progress"),
        http="public",
    ),
    Process("portal", "services.portal.main", needs=("gateway",), http="public", broker=False),
)


def process(name: str) -> Process:
    """The process of that name; KeyError if the table has none."""
    return {each.name: each for each in PROCESSES}[name]


def service(name: str) -> Service:
    """The service of that name; KeyError if the table has none."""
    return {each.name: each for each in SERVICES}[name]


def inbox_prefix(user: str) -> str:
    """The prefix of a NATS user's reply subjects, given to the client as `inbox_prefix`."""
    return f"_INBOX_{user}"


def reading_subjects(partitions: int = READINGS_PARTITIONS) -> list[str]:
    """The subjects of READINGS, listed one by one: a publish to a partition without a worker is refused."""
    return [f"readings.{partition}" for partition in range(partitions)]


def streams(
    partitions: int = READINGS_PARTITIONS, replicas: int = 1, readings_bytes: int = 2 * GIB
) -> list[StreamConfig]:
    """Every stream's whole configuration. `readings_bytes` is where intake starts to answer "full, retry"."""
    return [
        *(domain_stream(each.name, replicas) for each in SERVICES if each.stream is not None),
        work_queue(
            "READINGS",
            reading_subjects(partitions),
            readings_bytes,
            replicas,
            description="readings on their way from intake to the worker; removed when acknowledged",
        ),
        last_value_stream(
            "LIVE",
            ["live.energy.*"],
            replicas,
            max_bytes=256 * MIB,
            description="running figures of today, last value per enterprise, provisional, outside the log",
        ),
        last_value_stream(
            "CLOCK", ["clock.now"], replicas, max_msgs=1, description="the last step of the simulated time"
        ),
    ]


def consumers(
    partitions: int = READINGS_PARTITIONS, replicas: int = 1, ack_wait: float = 30.0
) -> list[ConsumerSpec]:
    """The durable consumers, as (stream, configuration): one per partition of READINGS.

    `ack_wait` (s): how long until a killed worker's unacknowledged messages are delivered again.

    Readers of domain streams have no durable consumer: their checkpoint is in PostgreSQL, and they read on from it.
    """
    return [
        (
            "READINGS",
            ConsumerConfig(
                durable_name=f"worker-{partition}",
                description="the readings worker; acknowledged after its commit",
                filter_subject=subject,
                deliver_policy=DeliverPolicy.ALL,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ack_wait,
                max_deliver=-1,
                max_ack_pending=2_000,
                max_waiting=64,
                num_replicas=replicas,
            ),
        )
        for partition, subject in enumerate(reading_subjects(partitions))
    ]


def _tail(stream: str) -> tuple[str, ...]:
    """To look at a stream's state and at one message of it."""
    return (f"$JS.API.STREAM.INFO.{stream}", f"$JS.API.STREAM.MSG.GET.{stream}")


def _read(stream: str) -> tuple[str, ...]:
    """To read a stream through consumers of one's own."""
    return (
        *_tail(stream),
        f"$JS.API.DIRECT.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}.>",
        f"$JS.API.CONSUMER.CREATE.{stream}",
        f"$JS.API.CONSUMER.CREATE.{stream}.>",
        f"$JS.API.CONSUMER.INFO.{stream}.>",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.>",
        f"$JS.API.CONSUMER.DELETE.{stream}.>",
        f"$JS.ACK.{stream}.>",
        f"$JS.FC.{stream}.>",
    )


def _read_one(stream: str, subject: str) -> tuple[str, ...]:
    """To read the messages of one subject, through consumers that are made for it."""
    return (
        f"$JS.API.CONSUMER.CREATE.{stream}.*.{subject}",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.*",
    )


def _work(stream: str) -> tuple[str, ...]:
    """To pull from a stream's provisioned consumers and acknowledge; not to make or remove any."""
    return (
        *_tail(stream),
        f"$JS.API.CONSUMER.INFO.{stream}.*",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.*",
        f"$JS.ACK.{stream}.>",
    )


def _user(
    name: str,
    *publish: str,
    reads: tuple[str, ...] = (),
    relays: str | None = None,
    answers: str | None = None,
    subscribe: tuple[str, ...] = (),
) -> User:
    """A process's user: its own inbox, the clock, and what the arguments name."""
    relay = (f"{relays.lower()}.*", *_tail(relays)) if relays else ()
    read = tuple(subject for stream in (*reads, "CLOCK") for subject in _read(stream))
    return User(
        name,
        publish=("$JS.API.INFO", "$JS.API.STREAM.NAMES", f"clock.ack.{name}", *publish, *relay, *read),
        subscribe=(
            f"{inbox_prefix(name)}.>",
            *subscribe,
            *((f"rpc.{answers}.*",) if answers else ()),
        ),
        responds=answers is not None,
    )


USERS = (
    # Makes what is missing, by name: a stream of its own making could collect the requests. It may neither publish nor
    # read anybody's messages, nor remove a stream.
    User(
        "provisioner",
        publish=(
            "$JS.API.INFO",
            "$JS.API.STREAM.NAMES",
            "$JS.API.STREAM.LIST",
            *(
                f"$JS.API.STREAM.{verb}.{stream.name}"
                for verb in ("INFO", "CREATE", "UPDATE")
                for stream in streams()
            ),
            "$JS.API.CONSUMER.INFO.READINGS.*",
            "$JS.API.CONSUMER.CREATE.READINGS.>",
            "$JS.API.CONSUMER.DURABLE.CREATE.READINGS.*",
            "$JS.API.CONSUMER.NAMES.READINGS",
            "$JS.API.CONSUMER.LIST.READINGS",
        ),
        subscribe=(f"{inbox_prefix('provisioner')}.>",),
    ),
    _user("assessment", relays="ASSESSMENT", answers="assessment"),
    _user("projects", reads=("ASSESSMENT",), relays="PROJECTS", answers="projects"),
    # energy releases quarantined readings by publishing them again, with their original receipt.
    _user(
        "energy",
        "live.energy.*",
        "readings.*",
        "$JS.API.STREAM.INFO.READINGS",
        reads=("ASSESSMENT",),
        relays="ENERGY",
        answers="energy",
    ),
    _user("energy-worker", "live.energy.*", "$JS.API.STREAM.INFO.READINGS", *_work("READINGS")),
    _user("energy-intake", "readings.*", "$JS.API.STREAM.INFO.READINGS"),
    _user(
        "progress", "hint.progress", reads=("PROJECTS", "ENERGY", "ASSESSMENT", "LIVE"), answers="progress"
    ),
    # Of the assessment's events it reads one type alone: whose access was revoked.
    _user(
        "gateway",
        "rpc.>",
        "clock.now",
        *_read_one("ASSESSMENT", "assessment.AccessRevoked"),
        subscribe=("clock.ack.*", "hint.progress"),
    ),
)

ADMIN = User("admin", publish=(">",), subscribe=(">",), responds=True)
"""For tests and for an operator's shell; no process runs with it."""
