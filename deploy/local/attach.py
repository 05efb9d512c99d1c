"""Reach a system that runs in a data folder, from another terminal: its addresses, and its rights if asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import topology
from deploy.databases import as_role, for_sqlalchemy
from deploy.local.environment import SystemAddresses, process_environment
from deploy.local.folder import DataFolder
from deploy.local.process import StartError
from deploy.local.runner import running_system
from deploy.local.secrets import Secrets, load_or_create
from deploy.local.settings import LocalSettings


@dataclass(frozen=True, slots=True)
class Attached:
    """A running system seen from outside. `secrets` are readable only by who owns the data folder."""

    portal: str
    gateway: str
    intake: str
    health: Mapping[str, str]
    data: Path
    logs: Path
    traces: Path
    secrets: Secrets
    addresses: SystemAddresses

    def environment(self, process: str, *, owner: bool = False) -> dict[str, str]:
        """The environment to run a command in with that process's rights."""
        settings = LocalSettings.from_environment()
        return process_environment(self.addresses, settings, self.secrets, process, owner=owner)


def attach(data: Path) -> Attached:
    """The system that runs in `data`. Raises StartError when none does."""
    found = running_system(data)
    if found is None:
        raise StartError(
            "find the running system",
            f"none runs in {data}. Start one with `shengji up` or `make demo`, or name its folder with --data.",
        )
    settings = LocalSettings.from_environment()
    secrets = load_or_create(data)
    health = {str(name): str(url) for name, url in _mapping(found["health"]).items()}
    folders = {name: Path(str(found[name])) for name in ("data", "logs", "traces")}
    portal, gateway, intake = (str(found[name]) for name in ("portal", "gateway", "intake"))
    addresses = SystemAddresses(
        nats_url=str(found["nats"]),
        databases={
            service.name: _database(service, found, settings, secrets) for service in topology.SERVICES
        },
        http={"portal": _port(portal), "gateway": _port(gateway), "energy-intake": _port(intake)},
        health={name: _port(url) for name, url in health.items()},
        logs=folders["logs"],
        traces=folders["traces"],
        anchors=DataFolder(data).anchors,
    )
    return Attached(portal, gateway, intake, health, **folders, secrets=secrets, addresses=addresses)


def _database(
    service: topology.Service, found: Mapping[str, object], settings: LocalSettings, secrets: Secrets
) -> tuple[str, str | None]:
    outside = settings.databases.get(service.name)
    if outside is not None:
        owner = for_sqlalchemy(outside.owner_url) if outside.owner_url else None
        return for_sqlalchemy(outside.url), owner
    base = settings.postgres_url or f"postgresql://postgres@{found['postgres']}/postgres"
    runtime, owner_role = service.runtime_role, service.owner_role
    return (
        for_sqlalchemy(as_role(base, runtime, secrets.roles[runtime], service.database)),
        for_sqlalchemy(as_role(base, owner_role, secrets.roles[owner_role], service.database)),
    )


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"not a mapping: {value!r}")
    return value


def _port(url: str) -> int:
    return int(url.rsplit(":", 1)[1])
