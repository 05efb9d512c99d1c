"""A made-up cursor, an unknown region, a region's name and a reversed span have one answer in every list."""

from tests.component.assessment.conftest import PROVINCE, Service
from tests.kit.mistakes import mistakes


async def test_one_answer_to_each(service: Service) -> None:
    asked = mistakes("assessment")
    for mistake in asked:
        mistake.check(await service.refused(PROVINCE, mistake.operation, **mistake.body))
    assert {each.code for each in asked} == {"bad-cursor", "unknown-region"}
