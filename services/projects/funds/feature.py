"""Operations and routes of special funds, their subsidies and their awards."""

from services.projects.access import EVERYONE, GOVERNMENT, KEEPERS
from services.projects.funds import commands, queries, views
from services.projects.funds.awards.feature import FEATURE as AWARDS
from services.projects.funds.decisions import ChangeAppropriation, ChangeFundTerms, OpenFund
from services.projects.funds.history import HISTORY
from services.projects.funds.subsidies.feature import FEATURE as SUBSIDIES
from shared.feature import Command, Feature, Query
from shared.rpc import Route

_ONE = "/funds/{fund}"

FEATURE = Feature(
    "funds",
    history=HISTORY,
    answer=views.answer,
    operations=(
        Command(
            name="open-fund",
            command=OpenFund,
            check=commands.open_fund,
            summary="Set money aside in a fund",
            route=Route("POST", "/funds", KEEPERS, "money", area="region", status=201),
        ),
        Command(
            name="change-appropriation",
            command=ChangeAppropriation,
            check=commands.change,
            summary="Add money to a fund, or cut it",
            description="More or less money (追加、调减). What is reserved, committed or paid can't be cut away.",
            route=Route("POST", f"{_ONE}/appropriations", KEEPERS, "money", status=201),
        ),
        Command(
            name="change-fund-terms",
            command=ChangeFundTerms,
            check=commands.change,
            summary="Change what a fund pays for",
            description="All terms with their days. An application goes by the terms of the day on which it asked.",
            route=Route("POST", f"{_ONE}/terms", KEEPERS, "money"),
        ),
        Query(
            name="get-fund",
            ask=queries.get_fund,
            summary="One fund with its balance",
            route=Route("GET", _ONE, EVERYONE, "money"),
        ),
        # Funds are public: `region` only filters and is no access scope.
        Query(
            name="list-funds",
            ask=queries.list_funds,
            summary="Funds, filtered",
            route=Route("GET", "/funds", EVERYONE, "money"),
        ),
        Query(
            name="get-ledger",
            ask=queries.get_ledger,
            summary="A fund's entries",
            route=Route("GET", f"{_ONE}/ledger", GOVERNMENT, "money"),
        ),
    ),
    parts=(SUBSIDIES, AWARDS),
)
