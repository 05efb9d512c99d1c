"""Needs and offers as answers, and as rows of their list."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import JSON, Column, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY

from services.projects.common.models import Answer, Money, Name
from services.projects.common.tables import metadata
from services.projects.matching.listings.decisions import ListingCommand
from services.projects.matching.listings.facts import (
    Listed,
    Listing,
    ListingState,
    MeetingPoint,
    Side,
    Terms,
)
from services.projects.matching.listings.index import words_of
from shared.feature import Done
from shared.kept import Kept, as_json
from shared.table_of import table_of


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


TABLE = table_of(
    "listing",
    metadata,
    ListingSummary,
    key=("listing",),
    without=("region_name", "project_name"),
    more=(
        Column("terms", JSON),
        Column("divisions", ARRAY(Text)),
        Column("regions", ARRAY(Text)),
        Column("length", SmallInteger),
    ),
)


def row(known: Listing) -> Mapping[str, Any]:
    """A need or offer as it stands in the list. `divisions`: the first two digits of its industries.

    A need without regions is wanted where it is registered; an offer without regions is for everywhere.
    """
    first, terms = known.registered, known.terms
    return {
        "listing": first.listing,
        "meeting": first.meeting,
        "side": first.side,
        "region": first.region,
        "party": first.party,
        "enterprise": first.enterprise,
        "project": first.project,
        "title": terms.title,
        "terms": as_json(terms),
        "divisions": sorted({industry[:2] for industry in terms.industries}),
        "regions": list(terms.regions or ((first.region,) if first.side is Side.NEED else ())),
        "amount_min": terms.amount_min,
        "amount_max": terms.amount_max,
        "tags": list(terms.tags),
        "valid_to": terms.valid_to,
        "revision": known.revision,
        "open": isinstance(known, Listed),
        "length": words_of(known).total(),
        "registered_on": first.registered_on,
        "changed_on": known.changed_on,
    }


KEPT: Kept[ListingState, Listing] = Kept(
    TABLE, lambda state: {"": state} if isinstance(state, Listing) else {}, row
)


def summary(row: Mapping[str, Any]) -> ListingSummary:
    """A row of the list."""
    return ListingSummary.model_validate(row, extra="ignore")


def view(row: Mapping[str, Any]) -> ListingView:
    """A row of the list, as a whole."""
    terms = msgspec.convert(row["terms"], Terms)
    said = {each.name: getattr(terms, each.name) for each in fields(terms)}
    return ListingView.model_validate({**row, **said}, extra="ignore")


def answer(done: Done[ListingState, ListingCommand]) -> ListingView:
    """The answer to every command on a need or an offer. Raises TypeError for one that isn't registered."""
    if not isinstance(done.state, Listing):
        raise TypeError("not a registered listing")
    return view(row(done.state))
