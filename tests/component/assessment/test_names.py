"""Names of regions beside their codes, in the answers of commands as in those of questions."""

from tests.component.assessment.conftest import ENERGY, FUZHOU, PROVINCE, Service


async def test_a_figure_says_what_its_region_is_called(service: Service) -> None:
    made = await service.ask(PROVINCE, "report-statistic", **ENERGY)
    (listed,) = (await service.ask(PROVINCE, "list-statistics"))["items"]
    key = {name: ENERGY[name] for name in ("indicator", "region", "period")}
    one = await service.ask(PROVINCE, "get-statistic", **key)
    assert ENERGY["region"] == "350100"
    assert made["region_name"] == listed["region_name"] == one["region_name"] == "福州市"


async def test_targets_and_their_parts_name_their_regions(service: Service) -> None:
    whole = {"plan": "fujian-2013", "target": "TR-6a"}
    parts = [{"region": "350181", "value": "150.5"}]
    made = await service.ask(FUZHOU, "decompose-target", **whole, parts=parts)
    one = await service.ask(PROVINCE, "get-target", **whole)
    (listed,) = (await service.ask(FUZHOU, "list-targets", part_of="TR-6a"))["items"]
    assert made["region_name"] == one["region_name"] == "福州市"
    (said,) = one["history"][-1]["parts"]
    for part in (made["parts"][0], one["parts"][0], listed, said):
        assert (part["region"], part["region_name"]) == ("350181", "福清市")
