"""Operations on awards (奖励) and their payment out of a fund: TR-26."""

from services.projects.api.base import Serving, ops
from services.projects.app import awards
from services.projects.models import awards as models
from services.projects.queries import awards as queries
from shared.rpc import Call, Reply

_VIEW = models.AwardView


@ops.command(
    "reserve-award",
    request=models.ReserveAward,
    response=_VIEW,
    summary="Reserve money of a fund for an award",
)
async def reserve_award(call: Call, body: models.ReserveAward) -> Reply:
    """Money is kept for what an appraisal has granted a city: never more than granted, nor than the fund has.

    The fund is named by who decides, and its terms say that it pays awards. One fund pays an award, no other.
    """
    return await awards.decide_award(Serving.app, call, body)


@ops.command("commit-award", request=models.CommitAward, response=_VIEW, summary="Commit what is reserved")
async def commit_award(call: Call, body: models.CommitAward) -> Reply:
    """The decision is issued (下达); what was reserved above it goes back to the fund."""
    return await awards.decide_award(Serving.app, call, body)


@ops.command("pay-award", request=models.PayAward, response=_VIEW, summary="Pay an award")
async def pay_award(call: Call, body: models.PayAward) -> Reply:
    """A payment (拨付) of what is committed. A voucher pays once, so that two clerks can't pay twice."""
    return await awards.decide_award(Serving.app, call, body)


@ops.command(
    "release-award", request=models.ReleaseAward, response=_VIEW, summary="Release what is held for an award"
)
async def release_award(call: Call, body: models.ReleaseAward) -> Reply:
    """Reserved or committed money goes back to the fund (释放), with the reason.

    What another edition of the ranking takes away is released without anybody.
    """
    return await awards.decide_award(Serving.app, call, body)


@ops.command("recover-award", request=models.RecoverAward, response=_VIEW, summary="Recover a paid award")
async def recover_award(call: Call, body: models.RecoverAward) -> Reply:
    """Paid money is back in the fund (收回); a payment that was entered wrongly is put right the same way."""
    return await awards.decide_award(Serving.app, call, body)


@ops.query("get-award", request=models.GetAward, response=models.AwardDetails, summary="One award")
async def get_award(call: Call, body: models.GetAward) -> models.AwardDetails:
    """From the decision of the appraisal to the lines of the ledger of the fund that pays it."""
    return await queries.get_award(Serving.app, call, body)


@ops.query("list-awards", request=models.ListAwards, response=models.AwardPage, summary="Awards, filtered")
async def list_awards(call: Call, body: models.ListAwards) -> models.AwardPage:
    """What was granted, how it stands with its payment, and what is to be done next; a city sees its own."""
    return await queries.list_awards(Serving.app, call, body)
