"""Requests and answers about matching (对接): listings of both sides, suggestions, and what comes of a pair."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from services.projects.domain.matching.listing import MeetingPoint, Side
from services.projects.domain.matching.scoring import Criterion
from services.projects.models.base import (
    Answer,
    Cursor,
    Evidence,
    Limit,
    Line,
    Money,
    Name,
    Note,
    ProjectId,
    RegionCode,
    Request,
    SeenVersion,
    ShortText,
)

ListingId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Field(
        description="id of a need or offer: letters, digits, dot, dash, underscore", examples=["N-2013-017"]
    ),
]
Industry = Annotated[
    str,
    StringConstraints(pattern=r"^\d{2,4}$"),
    Field(description="GB/T 4754 code without the letter", examples=["1713"]),
]
Tag = Annotated[Line, Field(min_length=1, max_length=40, examples=["6·18"])]
Status = Literal["introduced", "negotiating", "matched", "declined"]
_NEED: dict[str, Any] = {
    "listing": "N-2013-017",
    "meeting": "technology",
    "side": "need",
    "region": "350181",
    "party": "福清某染整有限公司",
    "title": "印染废水深度处理回用",
    "description": "日排染整废水四千吨，色度高，求能回用一半以上的处理工艺。",
    "industries": ["1713"],
    "amount_max": "3000000",
    "tags": ["6·18"],
}


class ListingTerms(Request):
    """What is asked or offered. What isn't said is judged as unknown, not as a misfit."""

    title: ShortText = Field(
        description="what is wanted or offered, in a line", examples=["印染废水深度处理回用"]
    )
    description: Annotated[Line, Field(max_length=4000)] = Field(default="", description="in words")
    keywords: list[ShortText] = Field(default=[], max_length=20, description="further words to find it by")
    industries: list[Industry] = Field(default=[], max_length=20, description="industries it is for")
    regions: list[RegionCode] = Field(
        default=[], max_length=50, description="where it is wanted or offered; empty: everywhere"
    )
    amount_min: Money | None = Field(default=None, description="least amount, CNY (yuan)")
    amount_max: Money | None = Field(default=None, description="greatest amount, CNY (yuan)")
    valid_from: date | None = Field(default=None, description="first day; without it today")
    valid_to: date | None = Field(default=None, description="last day; null: open")
    excluded_regions: list[RegionCode] = Field(
        default=[], max_length=50, description="never with these regions"
    )
    excluded_industries: list[Industry] = Field(
        default=[], max_length=20, description="never with these industries"
    )
    excluded_parties: list[ShortText] = Field(
        default=[], max_length=50, description="never with these parties"
    )
    tags: list[Tag] = Field(
        default=[], max_length=20, description="where it was put forward, or which zone it belongs to"
    )
    confirmed: bool = Field(
        default=False,
        description="the amounts are right although they look unusual (asked for by confirm-amount)",
    )


class RegisterListing(ListingTerms):
    """A need or offer to be put forward (推介)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_NEED]})

    listing: ListingId | None = Field(
        default=None, description="id of your choice; without it one is made from the Idempotency-Key"
    )
    meeting: MeetingPoint = Field(
        description="investment 招商, technology 产学研, finance 银企, integration 两化融合"
    )
    side: Side = Field(
        description="need or offer. investment: project / investor; technology: enterprise / result; "
        "finance: project / bank; integration: zone or enterprise / software firm or platform"
    )
    region: RegionCode = Field(description="region that keeps it; a need's place")
    party: ShortText = Field(description="who needs or offers")
    enterprise: ProjectId | None = Field(default=None, description="enterprise id, if registered")
    project: ProjectId | None = Field(default=None, description="the project it is about, if registered")


class ReviseListing(ListingTerms):
    """Other terms in place of the present ones, as a whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "listing": "N-2013-017",
                    "title": "印染废水深度处理与盐回收",
                    "industries": ["1713"],
                    "amount_max": "5000000",
                    "reason": "budget raised",
                    "revision": 1,
                }
            ]
        }
    )

    listing: ListingId
    reason: ShortText = Field(description="why it changes")
    revision: SeenVersion


class WithdrawListing(Request):
    """It is no longer put forward."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"listing": "N-2013-017", "reason": "solved in house"}]}
    )

    listing: ListingId
    reason: ShortText = Field(description="why")
    revision: SeenVersion


class GetListing(Request):
    """Ask for one listing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"listing": "N-2013-017"}]})

    listing: ListingId


class ListListings(Request):
    """Ask for needs and offers; every filter narrows. In order of their ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"meeting": "technology", "side": "offer"}]})

    meeting: MeetingPoint | None = Field(default=None, description="of this meeting point")
    side: Side | None = Field(default=None, description="need or offer")
    region: RegionCode | None = Field(default=None, description="kept in this region or under it")
    enterprise: ProjectId | None = Field(default=None, description="of this enterprise")
    tag: Tag | None = Field(default=None, description="with this tag")
    text: ShortText | None = Field(default=None, description="part of its title or of its party's name")
    open: bool | None = Field(default=None, description="true: not withdrawn")
    limit: Limit
    cursor: Cursor


class Suggest(Request):
    """Ask which listings of the other side fit one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"listing": "N-2013-017", "limit": 5}]})

    listing: ListingId
    limit: int = Field(default=10, ge=1, le=50, description="how many")


class IntroduceMatch(Request):
    """Bring a need and an offer together."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"need": "N-2013-017", "offer": "R-2013-204", "on": "2013-06-18", "note": "6·18"}]
        }
    )

    need: ListingId
    offer: ListingId
    on: date | None = Field(default=None, description="the day; without it today")
    note: Note = Field(default="", description="in words")


class MoveMatch(Request):
    """The next step of a pair."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "need": "N-2013-017",
                    "offer": "R-2013-204",
                    "step": "matched",
                    "evidence": "技术合作协议〔2013〕9号",
                    "amount": "2800000",
                }
            ]
        }
    )

    need: ListingId
    offer: ListingId
    step: Literal["negotiating", "matched", "declined", "reopened"] = Field(
        description="negotiating 洽谈, matched 对接成功, declined 未成, reopened: what was agreed did not hold"
    )
    on: date | None = Field(default=None, description="the day; without it today")
    evidence: Evidence | None = Field(
        default=None, description="needed for matched: the agreement's reference"
    )
    amount: Money | None = Field(default=None, description="agreed amount, CNY (yuan); needed for finance")
    by: Literal["need", "offer", "office"] | None = Field(
        default=None, description="needed for declined: who said no"
    )
    reason: Note = Field(default="", description="needed for declined and reopened")


class GetMatch(Request):
    """Ask for one pair."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"need": "N-2013-017", "offer": "R-2013-204"}]})

    need: ListingId
    offer: ListingId


class ListMatches(Request):
    """Ask for pairs; every filter narrows. In order of need and offer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"meeting": "finance", "status": "matched"}]})

    meeting: MeetingPoint | None = Field(default=None, description="of this meeting point")
    region: RegionCode | None = Field(default=None, description="whose need lies in this region or under it")
    status: Status | None = Field(default=None, description="where the pair stands")
    need: ListingId | None = Field(default=None, description="of this need")
    offer: ListingId | None = Field(default=None, description="of this offer")
    limit: Limit
    cursor: Cursor


class MatchingFigures(Request):
    """Ask how many needs, offers and matches there are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"year": 2013, "region": "350100"}]})

    year: int | None = Field(
        default=None,
        ge=2000,
        le=2100,
        description="put forward, introduced, matched in this year; null: ever",
    )
    region: RegionCode | None = Field(default=None, description="this region and what lies under it")


class ListingSummary(Answer):
    """A need or offer as a list shows it."""

    listing: str
    meeting: MeetingPoint
    side: Side
    region: str
    region_name: Name = None
    party: str
    enterprise: str | None
    project: str | None
    project_name: Name = None
    title: str
    amount_min: Money | None
    amount_max: Money | None
    tags: list[str]
    valid_to: date | None
    revision: int
    open: bool
    registered_on: date
    changed_on: date


class ListingView(ListingSummary):
    """A need or offer as a whole."""

    description: str
    keywords: list[str]
    industries: list[str]
    regions: list[str]
    valid_from: date
    excluded_regions: list[str]
    excluded_industries: list[str]
    excluded_parties: list[str]


class ListingPage(Answer):
    """A page of needs and offers."""

    items: list[ListingSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class ReasonView(Answer):
    """One criterion's part in a score."""

    criterion: Criterion
    share: Decimal | None = Field(description="0 to 1; null: not said on both sides")
    weight: Decimal
    words: str = Field(description="why, in words")


class SuggestionView(Answer):
    """One listing of the other side that fits."""

    listing: str
    title: str
    party: str
    region: str
    region_name: Name = None
    revision: int
    score: Decimal = Field(description="weighted mean of the shares, 0 to 1")
    reasons: list[ReasonView]
    declined_before: bool = Field(description="declined once; one of the two has been revised since")


class Suggestions(Answer):
    """What fits, best first."""

    listing: str
    revision: int
    considered: int = Field(description="how many listings of the other side were scored in full")
    excluded: int = Field(description="how many of those fell to an exclusion of either side")
    weights_from: date = Field(description="since when the weights hold that were used")
    weights_source: str
    items: list[SuggestionView]


class MatchStep(Answer):
    """One fact of a pair's history."""

    status: str = Field(description="introduced, negotiating, matched, declined, reopened")
    on: date
    words: str = Field(description="reason, evidence or note")
    amount: Money | None


class MatchSummary(Answer):
    """A pair as a list shows it."""

    need: str
    offer: str
    meeting: MeetingPoint
    region: str
    region_name: Name = None
    status: Status
    since: date
    score: Decimal | None = Field(description="on the day of the introduction")
    amount: Money | None
    reason: str = Field(description="why it was declined or reopened")


class MatchView(MatchSummary):
    """A pair with its history."""

    reasons: list[ReasonView] = Field(description="what the score was made of")
    steps: list[MatchStep]


class MatchPage(Answer):
    """A page of pairs."""

    items: list[MatchSummary]
    next_cursor: str | None = Field(description="for the next page; null: this was the last")


class MeetingFigures(Answer):
    """What a meeting point has come to."""

    meeting: MeetingPoint
    offers: int = Field(description="put forward; technology: results (IN-3)")
    needs: int = Field(description="put forward; technology: needs of enterprises (IN-4)")
    introduced: int = Field(description="pairs brought together, whatever came of them")
    negotiating: int = Field(description="in talks now")
    matched: int = Field(description="agreed; technology: IN-5")
    declined: int = Field(description="declined, as they stand now")
    amount: Money = Field(description="agreed on, CNY (yuan)")


class MatchingFiguresView(Answer):
    """The figures of the four meeting points."""

    year: int | None
    region: str | None
    items: list[MeetingFigures]
