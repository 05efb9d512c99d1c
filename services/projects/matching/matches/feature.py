"""Operations and routes of pairs."""

from services.projects.access import GOVERNMENT, KEEPERS
from services.projects.matching.matches import commands, queries, views
from services.projects.matching.matches.decisions import MATCH, IntroduceMatch, MoveMatch
from services.projects.matching.matches.facts import MatchEvent, stream
from shared.feature import Command, Feature, History, Query
from shared.rpc import Route

_ALL = "/matching/matches"
_ONE = f"{_ALL}/{{need}}/{{offer}}"

FEATURE = Feature(
    "matches",
    history=History(MatchEvent, MATCH, lambda command: stream(command.need, command.offer), (views.KEPT,)),
    answer=views.answer,
    operations=(
        Command(
            name="introduce-match",
            command=IntroduceMatch,
            check=commands.introduce,
            summary="Bring a need and an offer together",
            route=Route("POST", _ALL, KEEPERS, "matching", status=201),
        ),
        Command(
            name="move-match",
            command=MoveMatch,
            check=commands.move,
            summary="The next step of a pair",
            route=Route("POST", f"{_ONE}/steps", KEEPERS, "matching", status=201),
        ),
        Query(
            name="get-match",
            ask=queries.get_match,
            summary="One pair with its history",
            route=Route("GET", _ONE, GOVERNMENT, "matching"),
        ),
        Query(
            name="list-matches",
            ask=queries.list_matches,
            summary="Pairs, filtered",
            route=Route("GET", _ALL, GOVERNMENT, "matching", area="region"),
        ),
    ),
)
