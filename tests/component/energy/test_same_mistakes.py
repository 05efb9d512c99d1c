"""A made-up cursor, an unknown region, a region's name and a reversed span have one answer in every list."""

from tests.component.energy.conftest import PROVINCE, Service
from tests.kit.mistakes import mistakes


async def test_one_answer_to_each(mill: Service) -> None:
    of_one = {
        **{name: {"enterprise": "MILL"} for name in ("list-enterprise-energy", "enterprise-energy")},
        **{name: {"meter": "M-1"} for name in ("list-meter-energy", "meter-energy", "list-readings")},
    }
    asked = mistakes("energy", of_one)
    for mistake in asked:
        mistake.check(await mill.refused(PROVINCE, mistake.operation, **mistake.body))
    assert {each.code for each in asked} == {"bad-cursor", "unknown-region", "bad-span"}
