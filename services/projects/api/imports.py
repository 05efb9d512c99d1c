"""Operations on imports of spreadsheets (表格导入)."""

from services.projects.api.base import Serving, ops
from services.projects.app import imports
from services.projects.models import imports as models
from services.projects.queries import imports as queries
from shared.rpc import Call, Reply


@ops.command(
    "open-import",
    request=models.OpenImport,
    response=models.ImportView,
    summary="Begin the import of a spreadsheet that the gateway has read",
)
async def open_import(call: Call, body: models.OpenImport) -> Reply:
    """Its heading is checked at once; its rows follow, and with the last one the check begins."""
    return await imports.open_import(Serving.app, call, body)


@ops.command(
    "add-import-rows",
    request=models.AddImportRows,
    response=models.ImportView,
    summary="Send rows of a spreadsheet",
)
async def add_import_rows(call: Call, body: models.AddImportRows) -> Reply:
    """Some rows; the same again changes nothing."""
    return await imports.add_import_rows(Serving.app, call, body)


@ops.command(
    "run-import", request=models.RunImport, response=models.ImportView, summary="Carry out a checked import"
)
async def run_import(call: Call, body: models.RunImport) -> Reply:
    """Every row or none, or the good rows with a report of the others, as you choose; it goes on by itself."""
    return await imports.run_import(Serving.app, call, body)


@ops.query(
    "get-import", request=models.GetImport, response=models.ImportView, summary="One import and how far it is"
)
async def get_import(call: Call, body: models.GetImport) -> models.ImportView:
    """How many rows this step has gone through, and what they led to."""
    return await queries.get_import(Serving.app, call, body)


@ops.query("list-imports", request=models.ListImports, response=models.ImportPage, summary="Your own imports")
async def list_imports(call: Call, body: models.ListImports) -> models.ImportPage:
    """The newest first; kept for 30 days. What they did stays in the log."""
    return await queries.list_imports(Serving.app, call, body)


@ops.query(
    "list-import-faults",
    request=models.ListImportFaults,
    response=models.ImportFaultPage,
    summary="What is wrong in a spreadsheet",
)
async def list_import_faults(call: Call, body: models.ListImportFaults) -> models.ImportFaultPage:
    """Row, column, what is wrong and what to do; after the check, and after a run for what it refused."""
    return await queries.list_import_faults(Serving.app, call, body)


@ops.query(
    "list-import-changes",
    request=models.ListImportChanges,
    response=models.ImportChangePage,
    summary="What a spreadsheet changes of what is known",
)
async def list_import_changes(call: Call, body: models.ListImportChanges) -> models.ImportChangePage:
    """Field by field: old and new. Nothing is changed before the import is run with a reason."""
    return await queries.list_import_changes(Serving.app, call, body)


@ops.query(
    "list-import-kinds",
    request=models.ListImportKinds,
    response=models.ImportKinds,
    summary="Which spreadsheets can be imported",
)
async def list_import_kinds(call: Call, body: models.ListImportKinds) -> models.ImportKinds:
    """Their columns: Chinese and English headings, and which are needed."""
    return await queries.list_import_kinds(Serving.app, call, body)


@ops.query(
    "get-import-template",
    request=models.GetImportTemplate,
    response=models.ImportTemplate,
    summary="What a spreadsheet of a kind looks like",
)
async def get_import_template(call: Call, body: models.GetImportTemplate) -> models.ImportTemplate:
    """Headings with units, how cells are written, an example, and the lists that they are chosen from."""
    return await queries.get_import_template(Serving.app, call, body)


@ops.query("list-names", request=models.ListNames, response=models.CodeNames, summary="What codes are called")
async def list_names(call: Call, body: models.ListNames) -> models.CodeNames:
    """Regions, industries of today, programmes, tags, and the words for stages and lights."""
    return await queries.list_names(Serving.app, call, body)
