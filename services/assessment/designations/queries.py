"""Questions about designations. Who is designated is published by notice (公布名单): everybody may read it."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, func, or_, select

from services.assessment.common.models import Cursor, NextCursor, Request
from services.assessment.common.values import RegionCode
from services.assessment.designations.decisions import (
    DESIGNATION,
    DesignationId,
    EnterpriseId,
    FieldCode,
    KindCode,
    LevelCode,
)
from services.assessment.designations.facts import Standing, stream
from services.assessment.designations.kinds import kinds
from services.assessment.designations.views import (
    TABLE,
    DesignationDetail,
    DesignationView,
    KindView,
    step,
    view,
)
from services.assessment.regions.queries import area_tree
from shared import lists
from shared.areas import AreaTree
from shared.problems import not_found
from shared.rpc import Call
from shared.service import Service
from shared.unknown_region import check_region

_T = TABLE.c
_ORDER = lists.Order(_T.designation)


class ListDesignations(Request):
    """Designations by id; every filter is optional."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "enterprise_technology_centre", "on": "2013-12-31"}]}
    )
    kind: KindCode | None = None
    level: LevelCode | None = None
    region: Annotated[RegionCode | None, Field(description="there and in what lies under it")] = None
    field: Annotated[FieldCode | None, Field(description="field of the emerging industries (EI-4)")] = None
    enterprise: EnterpriseId | None = None
    standing: Annotated[Standing | None, Field(description="how it stands now", examples=["warned"])] = None
    on: Annotated[
        date | None,
        Field(description="those that stood on this day, whatever became of them", examples=["2013-12-31"]),
    ] = None
    cursor: Cursor = None
    limit: Annotated[int, Field(ge=1, le=200, description="designations per page")] = 100


class GetDesignation(Request):
    """One designation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"designation": "ETC-2013-001"}]})
    designation: DesignationId


class ListDesignationKinds(Request):
    """All kinds."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class DesignationPage(BaseModel):
    """One page of designations; `count`: of all that the filters leave."""

    items: list[DesignationView]
    count: int
    next_cursor: NextCursor


class KindList(BaseModel):
    """All kinds."""

    items: list[KindView]


async def list_designations(service: Service, call: Call, body: ListDesignations) -> DesignationPage:
    """By id. With `on`: those that stood on that day, whatever became of them later."""
    async with service.snapshots.connect() as conn:
        where = _filters(body, await area_tree(conn))
        query = select(TABLE).where(*where)
        page = await _ORDER.page(conn, query, body)
        sums = await lists.totals(conn, query, count=func.count())
    return DesignationPage(
        items=[DesignationView(**row._mapping) for row in page.rows], next_cursor=page.next_cursor, **sums
    )


async def get_designation(service: Service, call: Call, body: GetDesignation) -> DesignationDetail:
    """How it stands, and everything that happened to it with the documents that say so."""
    async with service.snapshots.connect() as conn:
        history = await service.log.load(conn, stream(body.designation))
    if not history:
        raise not_found("designation", body.designation, remedy="List the designations.")
    made = [service.catalogue.decode(event) for event in history]
    return DesignationDetail(
        **view(DESIGNATION.fold(made)).model_dump(),
        history=[step(stored, event) for stored, event in zip(history, made, strict=True)],
    )


async def list_kinds(service: Service, call: Call, body: ListDesignationKinds) -> KindList:
    """What there is to be designated: levels, fields, the scale of assessments, and the time for which that holds."""
    return KindList(items=[KindView(**asdict(each)) for each in kinds()])


def _filters(body: ListDesignations, tree: AreaTree) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (_T.kind, body.kind),
            (_T.level, body.level),
            (_T.enterprise, body.enterprise),
            (_T.standing, body.standing),
        )
        if value is not None
    ]
    check_region(tree, body.region)
    if body.region is not None:
        found.append(_T.region.in_([body.region, *tree.covered_by(body.region)]))
    if body.field is not None:
        found.append(_T.fields.contains([body.field]))
    if body.on is not None:
        stood = or_(_T.withdrawn_on.is_(None), _T.withdrawn_on > body.on)
        found.append(and_(_T.designated_on <= body.on, stood, _T.standing != "annulled"))
    return found
