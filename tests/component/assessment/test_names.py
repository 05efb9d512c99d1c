"""Names of regions beside their codes, in the answers of commands as in those of questions."""

from tests.component.assessment.conftest import ENERGY, PROVINCE, Service


async def test_a_figure_says_what_its_region_is_called(service: Service) -> None:
    made = await service.ask(PROVINCE, "report-statistic", **ENERGY)
    (listed,) = (await service.ask(PROVINCE, "list-statistics"))["items"]
    key = {name: ENERGY[name] for name in ("indicator", "region", "period")}
    one = await service.ask(PROVINCE, "get-statistic", **key)
    assert ENERGY["region"] == "350100"
    assert made["region_name"] == listed["region_name"] == one["region_name"] == "福州市"
