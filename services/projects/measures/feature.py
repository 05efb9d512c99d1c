"""Operations and routes of measures (措施): TR-23, and the plan's other promises without a figure."""

from services.projects.access import EVERYONE, KEEPERS
from services.projects.measures import commands, queries, views
from services.projects.measures.decisions import (
    MEASURE,
    AddMeasureItem,
    CompleteMeasure,
    FollowUpMeasure,
    OpenMeasure,
    ReopenMeasure,
)
from services.projects.measures.facts import MeasureEvent, stream
from shared.decider import Edit
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ONE = "/measures/{measure}"

FEATURE = Feature(
    "measures",
    history=History(MeasureEvent, MEASURE, lambda command: stream(command.measure), (views.KEPT,)),
    answer=views.answer,
    edit=lambda command: Edit(getattr(command, "version", None)),
    operations=(
        Command(
            name="open-measure",
            command=OpenMeasure,
            check=commands.open_measure,
            summary="Promise a measure",
            route=Route("POST", "/measures", KEEPERS, "measures", area="region", status=201),
        ),
        Command(
            name="add-measure-item",
            command=AddMeasureItem,
            check=commands.change,
            summary="Name a further part of a measure",
            description="An item (分项) that the plan's list left open (等), with what names it. "
            "The same again changes nothing.",
            route=Route("POST", f"{_ONE}/items", KEEPERS, "measures", status=201),
        ),
        Command(
            name="follow-up-measure",
            command=FollowUpMeasure,
            check=commands.change,
            summary="Say what was done for a measure",
            description="A follow-up (跟踪落实): what was done on a day, and what shows it.",
            route=Route("POST", f"{_ONE}/follow-ups", KEEPERS, "measures", status=201),
        ),
        Command(
            name="complete-measure",
            command=CompleteMeasure,
            check=commands.change,
            summary="Say that a measure is done",
            description="Done, by the document that shows it: one item, or the measure once all of its items are.",
            route=Route("POST", f"{_ONE}/completion", KEEPERS, "measures"),
        ),
        Command(
            name="reopen-measure",
            command=ReopenMeasure,
            check=commands.change,
            summary="Say that a measure is not done after all",
            description="A completion that was wrong is put right, with the reason and perhaps a new day.",
            route=Route("POST", f"{_ONE}/reopening", KEEPERS, "measures"),
        ),
        Query(
            name="get-measure",
            ask=queries.get_measure,
            summary="One measure, and whom it reached",
            route=Route("GET", _ONE, EVERYONE, "measures"),
        ),
        # Measures are public: `region` only filters and is no access scope.
        Query(
            name="list-measures",
            ask=queries.list_measures,
            summary="Measures, filtered",
            route=Route("GET", "/measures", EVERYONE, "measures"),
        ),
    ),
)
