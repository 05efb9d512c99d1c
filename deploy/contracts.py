"""Writes down what the services say to each other and to the world, and finds where that has drifted.

    python -m deploy.contracts            write every generated file under shared/contracts/
    python -m deploy.contracts --check    compare only; name each file that differs
    python -m deploy.contracts energy     one service (and not the gateway's document)
    python -m deploy.contracts --break    write even where a version would mean something else than before

Generated: `operations.json` (requests and answers of every operation, from commands and the models of questions and
answers: each schema once under `schemas`, referred to by `#/schemas/Name`),
`<EventType>.v<N>.schema.json` (from the event classes, their newest version), `asyncapi.json`, and
`gateway/openapi.json`. Golden samples, `<EventType>.v<N>.json`, are written by hand: see the README there.
"""

import argparse
import importlib
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from deploy import topology
from shared.catalogue import Catalogue, schema_version
from shared.clock import SteppedClock
from shared.envelope import CONTENT_TYPE, Envelope
from shared.rpc import Operations
from shared.rpc.schemas import TwoSchemas

HOME = Path(__file__).parent.parent / "shared" / "contracts"
GATEWAY = "gateway"
MEND = "python -m deploy.contracts"
SERVICES = tuple(service.name for service in topology.SERVICES)
"""Every service that can be asked; those with a stream also publish events."""

Json = dict[str, Any]
_SCHEMA_FILE = re.compile(r"^(?P<type>[A-Za-z0-9]+)\.v(?P<version>\d+)\.schema\.json$")
_SCHEMAS = "#/components/schemas/"
_JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Drift:
    """A generated file that isn't as the code says: `changed`, `missing` or `stale`."""

    path: Path
    kind: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(HOME.parent.parent)}: {self.kind}"


def catalogue(service: str) -> Catalogue | None:
    """The events a service publishes; None for one without a stream of its own."""
    if topology.service(service).stream is None:
        return None
    found: Catalogue = importlib.import_module(f"services.{service}.service").CATALOGUE
    return found


def operations(service: str) -> Json:
    """The contract of a service's operations, as `shared.rpc.Operations.contract` describes it."""
    return served(service).contract()


def served(service: str) -> Operations:
    """The operations of a service, which its module `service` names `ops`."""
    found: Operations = importlib.import_module(f"services.{service}.service").ops
    return found


def event_schema(cls: type) -> Json:
    """The JSON Schema of an event's data. What a newer writer adds is allowed: readers ignore it."""
    version = schema_version(cls)
    return {
        "$schema": _JSON_SCHEMA,
        "title": f"{cls.__name__} v{version}",
        **msgspec.json.schema(cls),
    }


def asyncapi(service: str, events: Catalogue) -> Json:
    """The service's domain stream as an AsyncAPI 3 document: one channel per event type."""
    stream = topology.service(service).stream
    classes = [events.classes[name] for name in sorted(events.classes)]
    _, schemas = msgspec.json.schema_components([Envelope, *classes], ref_template=f"{_SCHEMAS}{{name}}")
    schemas = _named_for_readers(schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Shengji: domain events of {service}",
            "version": "1",
            "description": f"JetStream stream {stream}; sequence = position in the service's event log. "
            "Every message is a CloudEvents 1.0 envelope in structured mode.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            cls.__name__: {
                "address": f"{service}.{cls.__name__}",
                "messages": {cls.__name__: {"$ref": f"#/components/messages/{cls.__name__}"}},
            }
            for cls in classes
        },
        "operations": {
            f"publish{cls.__name__}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{cls.__name__}"},
                "messages": [{"$ref": f"#/channels/{cls.__name__}/messages/{cls.__name__}"}],
            }
            for cls in classes
        },
        "components": {
            "messages": {cls.__name__: _message(service, cls) for cls in classes},
            "schemas": {name: schemas[name] for name in sorted(schemas)},
        },
    }


def _named_for_readers(schemas: Json) -> Json:
    """The schemas without Python's modules in their names, which classes of one name in two modules get.

    Such a schema bears the name of what first refers to it in front of its own: FundOpenedTerms.
    """
    names, text = {}, json.dumps(schemas)
    for name in filter(lambda each: "." in each, schemas):
        reference = json.dumps(f"{_SCHEMAS}{name}")
        holders = [each for each, schema in schemas.items() if reference in json.dumps(schema)]
        names[name] = min(each for each in holders if "." not in each) + name.rpartition(".")[2]
        text = text.replace(reference, json.dumps(_SCHEMAS + names[name]))
    return {names.get(name, name): schema for name, schema in json.loads(text).items()}


def _message(service: str, cls: type) -> Json:
    constants = {
        "source": {"const": service},
        "type": {"const": cls.__name__},
        "schemaversion": {"const": schema_version(cls)},
        "data": {"$ref": f"#/components/schemas/{cls.__name__}"},
    }
    return {
        "name": cls.__name__,
        "title": f"{cls.__name__} v{schema_version(cls)}",
        "summary": (cls.__doc__ or "").strip().splitlines()[0],
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {"type": "object", "properties": constants},
            ]
        },
    }


def openapi() -> Json:
    """The gateway's OpenAPI document. It is made of the services' committed operations.json."""
    gateway = importlib.import_module("services.gateway.main")
    settings = importlib.import_module("services.gateway.settings")
    door = importlib.import_module("services.gateway.simulated_clock").ClockDoor
    # The document depends on neither keys nor connections, but the application isn't built without them.
    key = Ed25519PrivateKey.generate().public_key()
    made = settings.GatewaySettings(
        environment="local",
        jwt_public_key=key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        position_key=SecretStr("x" * 32),
        pseudonym_key=SecretStr("x" * 32),
    )
    clock = SteppedClock(datetime(1970, 1, 1, tzinfo=UTC))
    document: Json = gateway.create_app(made, None, door(clock, None, None, [])).openapi()
    return document


def generated(service: str) -> Mapping[Path, Json]:
    """Every generated file of a service, by path."""
    files: dict[Path, Json] = {HOME / service / "operations.json": operations(service)}
    events = catalogue(service)
    if events is not None:
        for cls in events.classes.values():
            name = f"{cls.__name__}.v{schema_version(cls)}.schema.json"
            files[HOME / service / name] = event_schema(cls)
        files[HOME / service / "asyncapi.json"] = asyncapi(service, events)
    return files


def text(document: Json) -> str:
    """A document as it stands in its file."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def drift(files: Mapping[Path, Json]) -> Iterator[Drift]:
    """Where the files on disk differ from what the code says."""
    for path, document in files.items():
        if not path.exists():
            yield Drift(path, "missing")
        elif path.read_text("utf-8") != text(document):
            yield Drift(path, "changed")
    for folder in sorted({path.parent for path in files}):
        yield from _stale(folder, files)


def _stale(folder: Path, files: Mapping[Path, Json]) -> Iterator[Drift]:
    """Schemas of events that are no more. Those of earlier versions stay for as long as the log has them."""
    newest = {
        match["type"]: int(match["version"])
        for path in files
        if path.parent == folder and (match := _SCHEMA_FILE.match(path.name))
    }
    for path in sorted(folder.glob("*.schema.json")):
        match = _SCHEMA_FILE.match(path.name)
        if match is None or int(match["version"]) > newest.get(match["type"], 0):
            yield Drift(path, "stale")


def everything(services: Sequence[str] = SERVICES) -> Iterator[Mapping[Path, Json]]:
    """The generated files, one service after the other; the gateway's last: it is made of the others'."""
    for service in services:
        yield generated(service)
    if set(services) == set(SERVICES):
        yield {HOME / GATEWAY / "openapi.json": openapi()}


def breaks(path: Path, document: Json) -> list[str]:
    """Why an event's committed schema may not become `document`: within a version only optional additions.

    Empty for a new file and for anything but an event's schema: events are kept for ever, requests and answers only as
    long as two releases roll out side by side. A break is the next version, with an upcaster.
    """
    if not _SCHEMA_FILE.match(path.name) or not path.exists():
        return []
    before: dict[str, Json] = json.loads(path.read_text("utf-8"))["$defs"]
    after: dict[str, Json] = document["$defs"]
    found = [f"{name} is gone" for name in before if name not in after]
    for name in before.keys() & after.keys():
        had, has = before[name].get("properties", {}), after[name].get("properties", {})
        needed = set(after[name].get("required", [])) - set(before[name].get("required", []))
        found += [f"{name}.{field} is gone" for field in had if field not in has]
        found += [f"{name}.{field} is required now" for field in sorted(needed)]
        found += [
            f"{name}.{field} is of another type"
            for field in had
            if field in has and _other(had[field], has[field])
        ]
    return [f"{path.name}: {why}" for why in sorted(found)]


def _other(before: Json, after: Json) -> bool:
    words = ("description", "title", "default", "examples")
    return {k: v for k, v in before.items() if k not in words} != {
        k: v for k, v in after.items() if k not in words
    }


def write(files: Mapping[Path, Json]) -> list[Drift]:
    """Bring the files to what the code says; answers what had drifted."""
    found = list(drift(files))
    for each in found:
        if each.kind == "stale":
            each.path.unlink()
        else:
            each.path.parent.mkdir(parents=True, exist_ok=True)
            each.path.write_text(text(files[each.path]), "utf-8")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when nothing had drifted or all was written.

    1 when `--check` found something, a version would break, or one name would stand for two schemas.
    """
    parser = argparse.ArgumentParser(prog="python -m deploy.contracts", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("services", nargs="*", metavar="SERVICE", help=", ".join(SERVICES))
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--break", action="store_true", dest="may_break", help="nobody has that version yet")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.services) - set(SERVICES))
    if unknown:
        parser.error(f"no such service: {', '.join(unknown)}; there are {', '.join(SERVICES)}")
    services = given.services or SERVICES
    try:
        return _check(services) if given.check else _mend(services, given.may_break)
    except TwoSchemas as error:
        _say(str(error))
        return 1


def _check(services: Sequence[str]) -> int:
    found = [each for files in everything(services) for each in drift(files)]
    for each in found:
        _say(str(each))
    if found:
        _say(f"{len(found)} files have drifted from the code. Mend them with: {MEND}")
    return 1 if found else 0


def _mend(services: Sequence[str], may_break: bool) -> int:
    for files in everything(services):
        broken = (
            [] if may_break else [why for path, document in files.items() for why in breaks(path, document)]
        )
        if broken:
            for why in broken:
                _say(why)
            _say(
                "Readers of the committed version would break. Give the class the next schema_version and an "
                "upcaster, and deploy the readers first. (--break, if that version was never deployed.)"
            )
            return 1
        for each in write(files):
            _say(f"{each}, written")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    raise SystemExit(main())
