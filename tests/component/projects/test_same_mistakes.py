"""A made-up cursor, an unknown region, a region's name and a reversed span have one answer in every list."""

from tests.component.projects.conftest import PROVINCE, Service
from tests.kit.mistakes import mistakes

NOT_THERE = {"list-import-changes", "list-import-faults", "meeting-pack", "register-acceptance"}
"""Lists of one thing, which is looked for first, and isn't here."""


async def test_one_answer_to_each(service: Service) -> None:
    asked = mistakes("projects")
    for mistake in asked:
        problem = await service.refused(PROVINCE, mistake.operation, **mistake.body)
        if problem.status not in (404, 409) or mistake.operation not in NOT_THERE:
            mistake.check(problem)
    assert {each.code for each in asked} == {"bad-cursor", "unknown-region", "bad-span"}
