"""Operations and routes of awards and their payment out of a fund."""

from functools import partial

from services.projects.access import GOVERNMENT, KEEPERS
from services.projects.funds.awards import commands, queries, views
from services.projects.funds.awards.decisions import (
    CommitAward,
    PayAward,
    RecoverAward,
    ReleaseAward,
    ReserveAward,
)
from services.projects.funds.facts import is_about_award
from services.projects.funds.history import HISTORY
from shared.decider import Edit
from shared.feature import Command, Feature, Query
from shared.rpc import Attached, Route

_PAID = "/funds/{fund}/awards/{award}"
# An award rests on verified completions in assessment, whose figures may have changed in progress since.
_OUTDATED = Attached(
    "assessment",
    "list-outdated-scores",
    (),
    {},
    attached=Attached("progress", "figures", (), {"measure": "tech_renovation_investment", "limit": 200}),
)

FEATURE = Feature(
    "awards",
    history=HISTORY,
    answer=views.answer,
    edit=lambda command: Edit(command.version, partial(is_about_award, command.award)),
    operations=(
        Command(
            name="reserve-award",
            command=ReserveAward,
            check=commands.decide,
            summary="Reserve money of a fund for an award",
            description="Money is kept for what an appraisal has granted a city: never more than granted, nor than the "
            "fund has.\n\n    The fund is named by who decides, and its terms say that it pays awards. "
            "One fund pays an award, no other.",
            route=Route("POST", f"{_PAID}/reservations", KEEPERS, "money"),
        ),
        Command(
            name="commit-award",
            command=CommitAward,
            check=commands.decide,
            summary="Commit what is reserved",
            description="The decision is issued (下达); what was reserved above it goes back to the fund.",
            route=Route("POST", f"{_PAID}/commitments", KEEPERS, "money"),
        ),
        Command(
            name="pay-award",
            command=PayAward,
            check=commands.decide,
            summary="Pay an award",
            description="A payment (拨付) of what is committed. A voucher pays once, so that "
            "two clerks can't pay twice.",
            route=Route("POST", f"{_PAID}/payments", KEEPERS, "money"),
        ),
        Command(
            name="release-award",
            command=ReleaseAward,
            check=commands.decide,
            summary="Release what is held for an award",
            description="Reserved or committed money goes back to the fund (释放), with the reason."
            "\n\n    What another edition of the ranking takes away is released without anybody.",
            route=Route("POST", f"{_PAID}/releases", KEEPERS, "money"),
        ),
        Command(
            name="recover-award",
            command=RecoverAward,
            check=commands.decide,
            summary="Recover a paid award",
            description="Paid money is back in the fund (收回); a payment that was entered "
            "wrongly is put right the same way.",
            route=Route("POST", f"{_PAID}/recoveries", KEEPERS, "money"),
        ),
        Query(
            name="get-award",
            ask=queries.get_award,
            summary="One award",
            route=Route("GET", "/awards/{award}", GOVERNMENT, "money", attached=_OUTDATED),
        ),
        Query(
            name="list-awards",
            ask=queries.list_awards,
            summary="Awards, filtered",
            route=Route("GET", "/awards", GOVERNMENT, "money", area="region", attached=_OUTDATED),
        ),
    ),
)
