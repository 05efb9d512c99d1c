"""What the gateway's tests ask about: all of it lies in Fuqing (福清市 350181), a county-level city of Fuzhou."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from tests.kit.portal import START, Portal, ok, unique
from tests.kit.works import Works

CITY, COUNTY = "350100", "350181"
OTHER_CITY, OTHER_COUNTY = "350200", "350212"


@dataclass(frozen=True, slots=True)
class World:
    """Identifiers of the things that every test may read. `away` is an enterprise of another city."""

    portal: Portal
    home: str
    away: str
    meter: str
    project: str
    receipt: str
    works: Works
    need: str
    offer: str

    @classmethod
    async def made(cls, portal: Portal) -> Self:
        """Register and report everything, as the city and the province do."""
        works = await Works.registered(portal, COUNTY, unique("E-HOME"))
        away = await Works.registered(portal, OTHER_COUNTY, unique("E-AWAY"))
        meter = await works.meter()
        receipt = await works.push(meter, [(START - timedelta(days=1), 5)])
        await works.outcome(receipt)
        world = cls(
            portal,
            works.enterprise,
            away.enterprise,
            meter,
            unique("P-HOME"),
            receipt,
            works,
            unique("N-HOME"),
            unique("R-HOME"),
        )
        await world.new_project(world.project)
        await world.new_listing("need", world.need)
        await world.new_listing("offer", world.offer)
        pair = {"need": world.need, "offer": world.offer}
        ok(await portal.city(CITY).post("/matching/matches", json=pair))
        city = portal.city(CITY)
        report = {"region": CITY, "month": "2013-01", "investment": "4820000000"}
        ok(await city.post("/reports", json=report, headers={"Idempotency-Key": "world-report"}))
        ok(await city.post("/statistics", json=statistic("2011"), headers={"Idempotency-Key": "world-stat"}))
        for year in (2013, 2014):
            await world.designate(year)
        return world

    async def enterprise(self, identifier: str, region: str) -> str:
        """Register an enterprise by its county."""
        body = {"enterprise": identifier, "name": "示例", "region": region, "industry": "3011"}
        body["valid_from"] = "2013-01-01"
        ok(await self.portal.caller("county", region).post("/enterprises", json=body))
        return identifier

    async def new_enterprise(self) -> str:
        """A further enterprise in the county."""
        return await self.enterprise(unique("E-NEW"), COUNTY)

    async def new_meter(self, identifier: str | None = None) -> str:
        """A further register meter of the home enterprise."""
        body = meter(identifier or unique("M-NEW"), self.home)
        return str(ok(await self.portal.city(CITY).post("/meters", json=body))["meter"])

    async def new_project(self, identifier: str | None = None) -> str:
        """A further project of the home enterprise."""
        body = project(identifier or unique("P-NEW"), self.home)
        return str(ok(await self.portal.city(CITY).post("/projects", json=body))["project"])

    async def new_listing(self, side: str, identifier: str | None = None) -> str:
        """A further technology need of the home enterprise, or a further result of the province's."""
        body = listing(side, identifier or unique("L-NEW"), self.home if side == "need" else None)
        keeper = self.portal.city(CITY) if side == "need" else self.portal.province
        return str(ok(await keeper.post("/matching/listings", json=body))["listing"])

    async def quarantined(self) -> int:
        """The id of a reading of the home enterprise that is kept aside: nobody knows its meter."""
        nobody = unique("M-UNKNOWN")
        await self.works.send(nobody, [(START, 1)])
        query = {"enterprise": self.home, "meter": nobody}
        (kept,) = ok(await self.portal.province.get("/quarantine", params=query))["items"]
        return int(kept["id"])

    async def designate(self, year: int) -> Any:
        """The list of a year with the home enterprise on it; a later list of the year is a revision."""
        body = {
            "basis": "equivalent",
            "source": "示例名单",
            "enterprises": [
                {"enterprise": self.home, "tce": "12000"},
                {"enterprise": self.away, "tce": "15000"},
            ],
            "revision_reason": "made for a test",
        }
        return ok(await self.portal.province.post(f"/key-users/{year}", json=body))


def meter(identifier: str, enterprise: str) -> dict[str, Any]:
    """The body that registers a meter."""
    return {
        "meter": identifier,
        "enterprise": enterprise,
        "carrier": "electricity",
        "unit": "kWh",
        "kind": "register",
        "serial": f"S-{identifier}",
        "register_digits": 6,
        "capacity": "4000",
        "valid_from": "2013-01-01T00:00:00+08:00",
    }


def project(identifier: str, enterprise: str) -> dict[str, Any]:
    """The body that registers a project."""
    return {
        "project": identifier,
        "name": "示例技改项目",
        "region": COUNTY,
        "enterprise": enterprise,
        "industry": "2822",
        "total_investment": "120000000",
        "equipment_investment": "83500000",
        "programmes": ["TR"],
        "planned_on": "2013-01-10",
    }


def listing(side: str, identifier: str, enterprise: str | None) -> dict[str, Any]:
    """The body that puts a technology need of Fuqing or a research result forward."""
    return {
        "listing": identifier,
        "meeting": "technology",
        "side": side,
        "region": COUNTY if side == "need" else "350000",
        "party": "示例工厂" if side == "need" else "示例研究所",
        "title": "印染废水回用",
        "industries": ["1713"],
        **({"enterprise": enterprise} if enterprise else {}),
    }


def statistic(period: str, region: str = CITY) -> dict[str, Any]:
    """The body that reports a statistic."""
    return {
        "indicator": "total_energy",
        "region": region,
        "period": period,
        "value": "19864000",
        "unit": "tce",
        "source": "synthetic figure",
    }
