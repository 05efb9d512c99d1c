"""Hand-made domain streams, and questions to progress as the gateway would put them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any

from nats.js import JetStreamContext

from plans.loader import load_plan
from services.progress.board.live import LiveEnergy
from services.progress.measures.store.read_model import ReadModel
from services.progress.service import ops
from shared.clock import SteppedClock
from shared.envelope import Envelope
from shared.health import Health
from shared.identity import Actor
from shared.rpc import Call
from tests.kit.servers import Database, wait_for

PROVINCE = Actor("p", "province", "350000")
CITIES = ("350100", "350200", "350300", "350400", "350500", "350600", "350700", "350800", "350900")


def moment(day: str, time: str = "09:00") -> datetime:
    """A moment of the plan's time (+08:00)."""
    return datetime.fromisoformat(f"{day}T{time}:00+08:00").astimezone(UTC)


@dataclass
class Source:
    """One service's log, written straight into its stream: position, chain and all."""

    name: str
    js: JetStreamContext
    envelopes: list[Envelope] = field(default_factory=list)

    @property
    def position(self) -> int:
        return len(self.envelopes)

    async def publish(self, type_name: str, data: dict[str, Any], at: datetime, version: int = 1) -> int:
        """Append one event, recorded and occurred at `at`; its position."""
        previous = self.envelopes[-1].hash if self.envelopes else ""
        position = self.position + 1
        digest = sha256(f"{previous}{position}{json.dumps(data)}".encode()).hexdigest()
        envelope = Envelope(
            specversion="1.0",
            id=f"{position}-{digest[:16]}",
            source=self.name,
            type=type_name,
            subject="stream",
            time=at,
            datacontenttype="application/json",
            schemaversion=version,
            sequence=position,
            streamversion=position,
            recordedtime=at,
            hash=digest,
            previoushash=previous,
            simulated=True,
            data=data,
        )
        ack = await self.js.publish(f"{self.name}.{type_name}", envelope.encode())
        assert ack.seq == position, f"the stream is at {ack.seq}"
        self.envelopes.append(envelope)
        return position


class Sources:
    """The three sources, with words for what they publish."""

    def __init__(self, js: JetStreamContext) -> None:
        self.js = js
        self.assessment = Source("assessment", js)
        self.projects = Source("projects", js)
        self.energy = Source("energy", js)

    async def plan(self, at: datetime | None = None) -> None:
        """Publish the plan of 2013: header, regions, all targets."""
        at = at or moment("2013-01-27")
        part = load_plan("fujian-2013").parts()["assessment"]
        header = {
            k: part[k] for k in ("plan", "title", "issuer", "issued_on", "year", "source", "programmes")
        }
        await self.assessment.publish("PlanPublished", header, at)
        await self.assessment.publish(
            "RegionsDefined", {"plan": part["plan"], "regions": part["regions"]}, at
        )
        for target in part["targets"]:
            await self.assessment.publish(
                "TargetSet", {"plan": part["plan"], **target, "origin": "publication"}, at
            )

    async def report(self, region: str, month: str, hundred_millions: str | int, at: datetime) -> int:
        """A city's monthly report, in 亿元; the position in projects' log."""
        return await self.projects.publish("MonthlyReportFiled", _report(region, month, hundred_millions), at)

    async def correct(self, region: str, month: str, hundred_millions: str | int, at: datetime) -> int:
        data = {
            **_report(region, month, hundred_millions),
            "previous_investment": "1",
            "reason": "typing error",
        }
        return await self.projects.publish("MonthlyReportCorrected", data, at)

    async def withdraw(self, region: str, month: str, at: datetime) -> int:
        data = {
            "report": f"{region}:{month}",
            "region": region,
            "month": month,
            "previous_investment": "1",
            "reason": "not verified",
            "withdrawn_on": "2013-02-05",
        }
        return await self.projects.publish("MonthlyReportWithdrawn", data, at)

    async def enterprise(self, enterprise: str, region: str, at: datetime) -> int:
        data = {"enterprise": enterprise, "name": enterprise, "region": region, "industry": "3110"}
        return await self.energy.publish("EnterpriseRegistered", data, at)

    async def key_users(self, at: datetime, revision: int = 1, **regions: tuple[str, str]) -> int:
        """The list of 2013: enterprise=(region, tce)."""
        enterprises = [
            {"enterprise": name, "region": region, "tce": tce, "category": "threshold", "reason": ""}
            for name, (region, tce) in regions.items()
        ]
        data = {"year": 2013, "basis": "equivalent", "source": "list", "revision": revision}
        return await self.energy.publish("KeyUsersDesignated", {**data, "enterprises": enterprises}, at)

    async def judged(self, enterprise: str, region: str, day: str, online: bool, at: datetime) -> int:
        data = {"enterprise": enterprise, "region": region, "day": day, "online": online, "reason": "test"}
        return await self.energy.publish("CoverageChanged", data, at)

    async def day(
        self, enterprise: str, region: str, day: str, tce: str | None, at: datetime, revision: int = 1
    ) -> int:
        data = {
            "enterprise": enterprise,
            "region": region,
            "day": day,
            "revision": revision,
            "carriers": [],
            "tce_equal": tce,
            "tce_equivalent": tce,
            "coefficients": [],
            "completeness": {"present": 96, "expected": 96},
        }
        return await self.energy.publish("EnterpriseDayMeasured", data, at)

    async def live(self, enterprise: str, region: str, day: str, tce: str) -> None:
        """A running figure, outside the logs."""
        data = {
            "enterprise": enterprise,
            "region": region,
            "day": day,
            "tce_equal": tce,
            "tce_equivalent": tce,
            "present": 4,
            "expected": 4,
            "last_reading_at": f"{day}T01:00:00+08:00",
            "received_at": f"{day}T01:00:01+08:00",
            "sent_at": datetime.now(UTC).isoformat(),
            "provisional": True,
        }
        await self.js.publish(f"live.energy.{enterprise}", json.dumps(data).encode())

    @property
    def positions(self) -> dict[str, int]:
        """Where the logs end: what an answer must hold to hold everything."""
        every = (self.assessment, self.projects, self.energy)
        return {source.name: source.position for source in every if source.position}


def _report(region: str, month: str, hundred_millions: str | int) -> dict[str, Any]:
    return {
        "report": f"{region}:{month}",
        "region": region,
        "month": month,
        "investment": str(int(float(hundred_millions) * 100_000_000)),
        "projects": [],
        "due_on": "2013-02-05",
        "reported_on": "2013-02-01",
        "late": False,
    }


@dataclass
class Service:
    """Progress, running; `ask` puts a question to it as the gateway does."""

    database: Database
    js: JetStreamContext
    clock: SteppedClock
    model: ReadModel
    live: LiveEnergy
    health: Health

    async def raw(self, operation: str, actor: Actor = PROVINCE, **body: Any) -> dict[str, Any]:
        """The whole reply: {"data": …} or {"problem": …}."""
        call = Call("c1", actor, operation, body)
        reply: dict[str, Any] = json.loads(await ops.answer(call.encode()))
        return reply

    async def ask(self, operation: str, actor: Actor = PROVINCE, **body: Any) -> dict[str, Any]:
        """The answer's data; AssertionError on a problem."""
        reply = await self.raw(operation, actor, **body)
        assert "data" in reply, reply
        data: dict[str, Any] = reply["data"]
        return data

    async def problem(self, operation: str, actor: Actor = PROVINCE, **body: Any) -> dict[str, Any]:
        reply = await self.raw(operation, actor, **body)
        assert "problem" in reply, reply
        problem: dict[str, Any] = reply["problem"]
        return problem

    async def figure(self, target: str, actor: Actor = PROVINCE, **body: Any) -> dict[str, Any]:
        return (await self.ask("figure", actor, target=target, **body))["figure"]

    async def caught_up(self, sources: Sources) -> None:
        """Wait until everything that the sources have published is applied."""
        for source, position in sources.positions.items():
            await wait_for(
                partial(self.model.checkpoints.wait_for, source, position, 1.0),
                timeout=30,
                what=f"{source} up to {position}",
            )
