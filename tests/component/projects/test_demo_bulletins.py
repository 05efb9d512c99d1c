"""The demo's bulletins and dispatches, played day by day against the service: every one of them goes out."""

from typing import cast

from cli.demo import bulletins
from cli.door import Door
from shared.identity import Actor
from tests.component.projects.conftest import PROVINCE, Service, local
from tests.component.projects.test_demo_projects import ServiceDoor


async def test_the_demos_documents_go_out_in_order_and_one_is_corrected(service: Service) -> None:
    author = cast(Door, ServiceDoor(service, PROVINCE))
    reviewer = cast(Door, ServiceDoor(service, Actor("demo-reviewer", "province", "350000")))
    for day, _, act in bulletins.acts(author, reviewer):
        service.clock.set(local(day.year, day.month, day.day, 15))
        await act()
        await act()  # a second run repeats it without effect
    listed = (await service.ask(PROVINCE, "list-documents"))["items"]
    numbers = [(each["year"], each["number"]) for each in listed if each["kind"] == "monthly_bulletin"]
    assert sorted(numbers) == [*((2013, number) for number in range(1, 13)), (2014, 1)]
    (corrected,) = [each for each in listed if each["corrected_by"]]
    assert (corrected["document"], corrected["corrected_by"]) == (
        "demo-bulletin-2013-06",
        "demo-bulletin-2013-06-2",
    )
