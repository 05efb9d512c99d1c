"""Operations and routes of imports. The file itself comes in by the gateway (uploads.py), which sends its rows."""

from services.projects.access import EVERYONE, KEEPERS
from services.projects.imports import acts, queries, views
from services.projects.imports.history import HISTORY
from shared.feature import Act, Feature, Query
from shared.rpc import Route

_ONE = "/imports/{import}"

FEATURE = Feature(
    "imports",
    history=HISTORY,
    operations=(
        Act(
            name="open-import",
            ask=acts.open_import,
            response=views.ImportView,
            summary="Begin the import of a spreadsheet that the gateway has read",
        ),
        Act(
            name="add-import-rows",
            ask=acts.add_import_rows,
            response=views.ImportView,
            summary="Send rows of a spreadsheet",
        ),
        Act(
            name="run-import",
            ask=acts.run_import,
            response=views.ImportView,
            summary="Carry out a checked import",
            route=Route("POST", f"{_ONE}/run", KEEPERS, "imports"),
        ),
        Query(
            name="get-import",
            ask=queries.get_import,
            summary="One import and how far it is",
            route=Route("GET", _ONE, KEEPERS, "imports"),
        ),
        Query(
            name="list-imports",
            ask=queries.list_imports,
            summary="Your own imports",
            route=Route("GET", "/imports", KEEPERS, "imports"),
        ),
        Query(
            name="list-import-faults",
            ask=queries.list_import_faults,
            summary="What is wrong in a spreadsheet",
            route=Route("GET", f"{_ONE}/faults", KEEPERS, "imports"),
        ),
        Query(
            name="list-import-changes",
            ask=queries.list_import_changes,
            summary="What a spreadsheet changes of what is known",
            route=Route("GET", f"{_ONE}/changes", KEEPERS, "imports"),
        ),
        Query(
            name="list-import-kinds",
            ask=queries.list_import_kinds,
            summary="Which spreadsheets can be imported",
            route=Route("GET", "/import-kinds", EVERYONE, "imports"),
        ),
        Query(
            name="get-import-template",
            ask=queries.get_import_template,
            summary="What a spreadsheet of a kind looks like",
        ),
        Query(
            name="list-names",
            ask=queries.list_names,
            summary="What codes are called",
        ),
    ),
)
