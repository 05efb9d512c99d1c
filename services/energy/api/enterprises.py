"""Operations on enterprises and the yearly list of key energy users."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from services.energy.api.base import (
    Answer,
    Basis,
    Cursor,
    Day,
    EnterpriseId,
    Figure,
    Limit,
    Line,
    Note,
    Quantity,
    Reason,
    RegionCode,
    Request,
    Serving,
    ShortText,
    example,
    ops,
)
from services.energy.app import enterprise_queries, enterprises
from services.energy.domain import enterprise as domain
from services.energy.domain.identifiers import Scheme
from shared.rpc import Call, Reply

Industry = Annotated[
    str,
    Field(
        min_length=2,
        max_length=4,
        description="GB/T 4754-2011 code: division, group or class, without the section's letter",
        examples=["3011"],
    ),
]
Year = Annotated[int, Field(ge=2000, le=2099, description="year of the list", examples=[2013])]


class ExternalIdIn(Request):
    """An identifier that somebody else gives, with the days it holds (X-25)."""

    scheme: Scheme = Field(
        description="org_code 组织机构代码 (9 characters), uscc 统一社会信用代码 (from 2015-10-01)"
    )
    value: Line = Field(min_length=9, max_length=24, examples=["10000001-X"])
    valid_from: Day
    valid_to: Day | None = Field(default=None, description="last day; none: still")


class ExternalIdOut(Answer):
    """An identifier that somebody else gives."""

    scheme: str
    value: str
    valid_from: date
    valid_to: date | None


class Enterprise(Answer):
    """An enterprise (企业) as it is known now. `valid_from` is the first day on which this holds."""

    enterprise: str
    name: str
    region: str
    industry: str
    external_ids: list[ExternalIdOut]
    valid_from: date


class RegisterEnterprise(Request):
    """An enterprise whose energy is measured."""

    model_config = example(
        enterprise="E-0042",
        name="示例水泥有限公司",
        region="350881",
        industry="3011",
        external_ids=[{"scheme": "org_code", "value": "DEMO00024", "valid_from": "2001-05-01"}],
        valid_from="2013-01-01",
    )

    enterprise: EnterpriseId | None = Field(
        default=None, description="internal id; without it one is made", examples=["E-0042"]
    )
    name: ShortText
    region: RegionCode
    industry: Industry
    external_ids: list[ExternalIdIn] = Field(default=[], max_length=20)
    valid_from: Day | None = Field(default=None, description="first day; none: today by the Clock")


@ops.command(
    "register-enterprise", request=RegisterEnterprise, response=Enterprise, summary="Register an enterprise"
)
async def register_enterprise(call: Call, body: RegisterEnterprise) -> Reply:
    """Region at city, county or zone level. An external id that another registration has is refused (409)."""
    return await enterprises.register(
        Serving.energy,
        call,
        enterprise=body.enterprise,
        name=body.name,
        region=body.region,
        industry=body.industry,
        external_ids=[domain.ExternalId(**dict(one)) for one in body.external_ids],
        valid_from=body.valid_from,
    )


class ChangeEnterprise(Request):
    """What changes, from a day on. What is left out stays."""

    model_config = example(
        enterprise="E-0042", region="350802", valid_from="2013-04-01", reason="moved to the new works"
    )

    enterprise: EnterpriseId
    name: ShortText | None = None
    region: RegionCode | None = None
    industry: Industry | None = None
    valid_from: Day | None = Field(default=None, description="first day; none: today by the Clock")
    reason: Reason


@ops.command(
    "change-enterprise", request=ChangeEnterprise, response=Enterprise, summary="Change an enterprise"
)
async def change_enterprise(call: Call, body: ChangeEnterprise) -> Reply:
    """A move counts from its day on: earlier days' energy stays with the region of that day."""
    return await enterprises.change(
        Serving.energy,
        call,
        body.enterprise,
        name=body.name,
        region=body.region,
        industry=body.industry,
        valid_from=body.valid_from,
        reason=body.reason,
    )


class AssignExternalId(Request):
    """A further identifier of the outside."""

    model_config = example(
        enterprise="E-0042", scheme="uscc", value="91350100MA0000001P", valid_from="2015-10-01"
    )

    enterprise: EnterpriseId
    scheme: Scheme
    value: Line = Field(min_length=9, max_length=24)
    valid_from: Day | None = Field(default=None, description="first day; none: today by the Clock")


@ops.command(
    "assign-external-id", request=AssignExternalId, response=Enterprise, summary="Assign an external id"
)
async def assign_external_id(call: Call, body: AssignExternalId) -> Reply:
    """The one of the same scheme that held until then ends the day before."""
    return await enterprises.assign_external_id(
        Serving.energy, call, body.enterprise, body.scheme, body.value, body.valid_from
    )


class GetEnterprise(Request):
    """One enterprise."""

    model_config = example(enterprise="E-0042")

    enterprise: EnterpriseId


class KeyUserOf(Answer):
    """The enterprise's line on the list of a year."""

    year: int
    tce: Figure
    basis: str
    category: Literal["threshold", "designated"]


class Feed(Answer):
    """How its data arrive. Times by the Clock; null where nothing has come yet."""

    meters: int
    silent_since: datetime | None
    last_reading_at: datetime | None
    last_received_at: datetime | None


class EnterpriseDetail(Enterprise):
    """An enterprise with its place on the lists of key users and the state of its feed."""

    key_user: list[KeyUserOf]
    feed: Feed


@ops.query("get-enterprise", request=GetEnterprise, response=EnterpriseDetail, summary="One enterprise")
async def get_enterprise(call: Call, body: GetEnterprise) -> EnterpriseDetail:
    """404 if it isn't there, and the same if it isn't yours to see."""
    return EnterpriseDetail.model_validate(
        await enterprise_queries.get(Serving.energy, call.actor, body.enterprise)
    )


class ListEnterprises(Request):
    """Which enterprises."""

    model_config = example(region="350100", key_user_year=2013, online=True, limit=50)

    region: RegionCode | None = Field(default=None, description="lies in this region or under it")
    enterprise: EnterpriseId | None = Field(default=None, description="just this one")
    key_user_year: Year | None = Field(default=None, description="on the list of key users of this year")
    online: bool | None = Field(default=None, description="counted as online on `day`, or not")
    day: Day | None = Field(
        default=None, description="day for `online`; none: yesterday, the last closed day"
    )
    cursor: Cursor
    limit: Limit


class EnterpriseItem(Answer):
    """One line of the list. `online` is null where the day isn't judged, e.g. for other than key users."""

    enterprise: str
    name: str
    region: str
    industry: str
    key_user_tce: Figure | None
    online: bool | None
    silent_since: datetime | None


class EnterprisePage(Answer):
    """A page of enterprises, in the order of their ids."""

    items: list[EnterpriseItem]
    next_cursor: str | None


@ops.query("list-enterprises", request=ListEnterprises, response=EnterprisePage, summary="List enterprises")
async def list_enterprises(call: Call, body: ListEnterprises) -> EnterprisePage:
    """Of those that you may see: the province all, a city or county its own, an enterprise itself."""
    return EnterprisePage.model_validate(
        await enterprise_queries.listed(Serving.energy, call.actor, enterprise_queries.Filter(**dict(body)))
    )


class KeyUserIn(Request):
    """One line of the list."""

    enterprise: EnterpriseId
    tce: Quantity = Field(ge=0, description="tce a year, by the list's basis", examples=["12120"])
    reason: Note = Field(default="", description="below the threshold: who designated it, by what document")


class DesignateKeyUsers(Request):
    """The list of key energy users (重点用能单位) of a year, as a whole; or a revision of it, with its reason."""

    model_config = example(
        year=2013,
        basis="equivalent",
        source="闽经贸能源〔2013〕27号",
        enterprises=[{"enterprise": "E-0042", "tce": "12120", "reason": ""}],
    )

    year: Year
    basis: Basis = Field(
        description="equal 当量 or equivalent 等价: it decides who passes the threshold (X-4)"
    )
    source: ShortText
    enterprises: list[KeyUserIn] = Field(max_length=2000)
    revision_reason: Line | None = Field(default=None, max_length=500)


class KeyUserOut(Answer):
    """One key user."""

    enterprise: str
    region: str
    tce: Figure
    category: str
    reason: str


class KeyUserList(Answer):
    """The list in force."""

    year: int
    basis: str
    source: str
    revision: int
    revision_reason: str | None
    enterprises: list[KeyUserOut]


@ops.command(
    "designate-key-users",
    request=DesignateKeyUsers,
    response=KeyUserList,
    summary="Designate the key energy users of a year",
)
async def designate_key_users(call: Call, body: DesignateKeyUsers) -> Reply:
    """From the threshold on (以上 includes the number) by law; from the second line on by designation, with a
    reason. The lines are dated rules of the plan. One wrong line refuses the whole list and is named."""
    return await enterprises.designate_key_users(
        Serving.energy,
        call,
        year=body.year,
        basis=body.basis,
        source=body.source,
        candidates=[(one.enterprise, one.tce, one.reason) for one in body.enterprises],
        revision_reason=body.revision_reason,
    )


class GetKeyUsers(Request):
    """The list of a year, as far as you may see it."""

    model_config = example(year=2013, region="350100")

    year: Year
    region: RegionCode | None = None
    cursor: Cursor
    limit: Limit


class KeyUserPage(Answer):
    """The list's head, and a page of its lines in the order of the enterprises' ids."""

    year: int
    basis: str
    source: str
    revision: int
    revision_reason: str | None
    items: list[KeyUserOut]
    next_cursor: str | None


@ops.query(
    "get-key-users", request=GetKeyUsers, response=KeyUserPage, summary="The key energy users of a year"
)
async def get_key_users(call: Call, body: GetKeyUsers) -> KeyUserPage:
    """A list with a year: who falls below the line stays on it until the next list."""
    return KeyUserPage.model_validate(
        await enterprise_queries.key_users(
            Serving.energy, call.actor, body.year, body.region, body.cursor, body.limit
        )
    )
