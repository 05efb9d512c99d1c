"""Imports of files."""

from tests.component.gateway.authorisation.base import Ask, Sample, same
from tests.component.gateway.world import World
from tests.kit.portal import ok
from tests.kit.servers import wait_for

TABLE = """
#                              province ops city city' county county' enterprise enterprise'
GET  /import-kinds                  200 200  200   200    200     200        200         200
GET  /imports                       200 403  200   200    200     200        403         403
GET  /import-kinds/{kind}/template  200 200  200   200    200     200        200         200
POST /imports/{kind}                415 403  415   415    415     415        403         403
GET  /imports/{import}              200 403  404   404    404     404        403         403
GET  /imports/{import}/faults       200 403  404   404    404     404        403         403
GET  /imports/{import}/changes      200 403  404   404    404     404        403         403
POST /imports/{import}/run          200 403  404   404    404     404        403         403
"""

CSV = {"Content-Type": "text/csv"}


async def _checked(world: World) -> Ask:
    """An import of the province's, checked: it is nobody else's to see."""
    text = "项目名称,地区,行业代码,总投资（万元）,设备投资（万元）,策划日期\n示例,福清市,1751,12000,8350,2013-01-10\n"
    made = await world.portal.province.post("/imports/projects", content=text.encode(), headers=CSV)
    name = ok(made)["import"]

    async def checked() -> bool:
        return bool(ok(await world.portal.province.get(f"/imports/{name}"))["standing"] == "checked")

    await wait_for(checked, 20, "the import is checked")
    return Ask({"import": name})


async def _run_import(world: World) -> Ask:
    return Ask((await _checked(world)).path, body={"mode": "all"})


async def _json_file(world: World) -> Ask:
    """The table's requests are JSON, and a file isn't: 415 says that the caller got that far."""
    return Ask({"kind": "projects"}, body={})


SAMPLES: dict[str, Sample] = {
    "GET /import-kinds": same(),
    "GET /imports": same(),
    "GET /import-kinds/{kind}/template": same(lambda _: {"kind": "projects"}),
    "POST /imports/{kind}": _json_file,
    "GET /imports/{import}": _checked,
    "GET /imports/{import}/faults": _checked,
    "GET /imports/{import}/changes": _checked,
    "POST /imports/{import}/run": _run_import,
}
