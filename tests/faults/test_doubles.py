"""What there should be one of, twice by mistake: relays, flushers, projections, workers, provisioners."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.moving import moving, recovered
from tests.faults.proof import Proof
from tests.kit.servers import wait_for

WORK = {
    "projects": "relay_published_total",
    "energy": "energy_days_flushed_total",
    "energy-worker": "shengji_readings_total",
    "progress": "consumer_applied_total",
}
"""By which metric each shows that it has had a part in the work."""


async def test_started_twice(proof: Proof) -> None:
    """The second ones do a share of the work, and what is done by two is done once."""
    await moving(proof)
    async with proof.operator.twice("provisioner", *WORK) as health, httpx.AsyncClient() as http:

        async def all_work() -> bool:
            return all([await counted(http, health[name], metric) > 0 for name, metric in WORK.items()])

        await wait_for(all_work, 60, "every second process has had a part in the work")
        await moving(proof, receipts=30, answers=10)
        told = (await http.get(f"{health['energy-worker']}/ready")).text
        assert "another worker works this partition too" in told
    await recovered(proof)


async def counted(http: httpx.AsyncClient, address: str, metric: str) -> float:
    """A process's counter, over all its labels."""
    families = text_string_to_metric_families((await http.get(f"{address}/metrics")).text)
    return sum(each.value for family in families for each in family.samples if each.name == metric)
