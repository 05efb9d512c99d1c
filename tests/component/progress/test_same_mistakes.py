"""A made-up cursor, an unknown region, a region's name and a reversed span have one answer in every list."""

from tests.component.progress.world import Service, Sources
from tests.kit.mistakes import mistakes


async def test_one_answer_to_each(service: Service, sources: Sources) -> None:
    await sources.plan()
    await service.caught_up(sources)
    asked = mistakes("progress")
    for mistake in asked:
        mistake.check(await service.problem(mistake.operation, **mistake.body))
    assert {each.code for each in asked} == {"bad-cursor", "unknown-region", "bad-span"}
