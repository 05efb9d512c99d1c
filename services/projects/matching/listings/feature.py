"""Operations and routes of needs and offers."""

from services.projects.access import EVERYONE, KEEPERS
from services.projects.matching.listings import commands, index, queries, views
from services.projects.matching.listings.decisions import (
    LISTING,
    RegisterListing,
    ReviseListing,
    WithdrawListing,
)
from services.projects.matching.listings.facts import ListingEvent, ListingWithdrawn, stream
from shared.decider import Edit
from shared.feature import Command, Feature, History, Query
from shared.rpc import Attached, Route

_ALL = "/matching/listings"
_ONE = f"{_ALL}/{{listing}}"
_ENTERPRISE = ("enterprise",)
_LISTERS = (*KEEPERS, *_ENTERPRISE)
# An enterprise's own need or offer must bear the name and region that the registry has of it.
_REGISTERED = Attached("energy", "get-enterprise", ("enterprise",), {}, roles=_ENTERPRISE)

HISTORY = History(ListingEvent, LISTING, lambda command: stream(command.listing), (views.KEPT, index.WRITTEN))
FEATURE = Feature(
    "listings",
    history=HISTORY,
    answer=views.answer,
    # A revision is of the terms: withdrawing them makes no new one.
    edit=lambda command: Edit(
        getattr(command, "revision", None),
        lambda event: not isinstance(event, ListingWithdrawn),
        field="revision",
    ),
    operations=(
        Command(
            name="register-listing",
            command=RegisterListing,
            check=commands.register,
            named=commands.named,
            summary="Put a need or an offer forward",
            route=Route(
                "POST",
                _ALL,
                _LISTERS,
                "matching",
                area="region",
                organisation="enterprise",
                status=201,
                attached=_REGISTERED,
            ),
        ),
        Command(
            name="revise-listing",
            command=ReviseListing,
            check=commands.revise,
            summary="Change what is needed or offered",
            route=Route("POST", f"{_ONE}/revisions", _LISTERS, "matching"),
        ),
        Command(
            name="withdraw-listing",
            command=WithdrawListing,
            check=commands.withdraw,
            summary="Put a need or an offer forward no longer",
            route=Route("POST", f"{_ONE}/withdrawal", _LISTERS, "matching"),
        ),
        Query(
            name="get-listing",
            ask=queries.get_listing,
            summary="One need or offer",
            route=Route("GET", _ONE, EVERYONE, "matching"),
        ),
        Query(
            name="list-listings",
            ask=queries.list_listings,
            summary="Needs and offers, filtered",
            route=Route("GET", _ALL, EVERYONE, "matching", area="region", organisation="enterprise"),
        ),
    ),
)
