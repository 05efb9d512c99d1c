"""Operations on special funds (专项资金) and subsidies (贴息、补助): TR-19 to TR-22."""

from services.projects.api.base import Serving, ops
from services.projects.app import money
from services.projects.models import funds, subsidies
from services.projects.queries import money as queries
from shared.rpc import Call, Reply


@ops.command(
    "open-fund", request=funds.OpenFund, response=funds.FundView, summary="Set money aside in a fund"
)
async def open_fund(call: Call, body: funds.OpenFund) -> Reply:
    """A fund (专项资金) with its amount, its days, and what it pays for. The same content again changes nothing.

    Funds of the province, its cities and counties stand beside each other, and one project may have money of
    several (政策叠加, TR-21).
    """
    return await money.open_fund(Serving.app, call, body)


@ops.command(
    "change-appropriation",
    request=funds.ChangeAppropriation,
    response=funds.FundView,
    summary="Add money to a fund, or cut it",
)
async def change_appropriation(call: Call, body: funds.ChangeAppropriation) -> Reply:
    """More or less money (追加、调减). What is reserved, committed or paid can't be cut away."""
    return await money.change_appropriation(Serving.app, call, body)


@ops.command(
    "change-fund-terms",
    request=funds.ChangeFundTerms,
    response=funds.FundView,
    summary="Change what a fund pays for",
)
async def change_fund_terms(call: Call, body: funds.ChangeFundTerms) -> Reply:
    """All terms with their days. An application goes by the terms of the day on which it asked."""
    return await money.change_terms(Serving.app, call, body)


@ops.command(
    "request-subsidy",
    request=subsidies.RequestSubsidy,
    response=subsidies.SubsidyView,
    summary="Apply to a fund for a project",
)
async def request_subsidy(call: Call, body: subsidies.RequestSubsidy) -> Reply:
    """An application (申报) with its base: bank loan drawn or equipment bought, one of them (X-11).

    The answer says what the terms give: min(rate × base, cap). A project asks a fund once. A base that looks
    like one in the wrong unit is asked back once (problem code confirm-amount).
    """
    return await money.request_subsidy(Serving.app, call, body)


@ops.command(
    "assess-subsidy",
    request=subsidies.AssessSubsidy,
    response=subsidies.SubsidyView,
    summary="Put the audited base in place",
)
async def assess_subsidy(call: Call, body: subsidies.AssessSubsidy) -> Reply:
    """The audited base (核定). What was reserved above the new entitlement goes back to the fund."""
    return await money.decide_subsidy(Serving.app, call, body)


@ops.command(
    "reserve-subsidy",
    request=subsidies.ReserveSubsidy,
    response=subsidies.SubsidyView,
    summary="Reserve money of the fund",
)
async def reserve_subsidy(call: Call, body: subsidies.ReserveSubsidy) -> Reply:
    """Money is kept for the project (预留): never more than the fund has, also when two decide at once."""
    return await money.decide_subsidy(Serving.app, call, body)


@ops.command(
    "commit-subsidy",
    request=subsidies.CommitSubsidy,
    response=subsidies.SubsidyView,
    summary="Commit what is reserved",
)
async def commit_subsidy(call: Call, body: subsidies.CommitSubsidy) -> Reply:
    """The decision is issued (下达); what was reserved above it goes back to the fund."""
    return await money.decide_subsidy(Serving.app, call, body)


@ops.command(
    "pay-subsidy",
    request=subsidies.PaySubsidy,
    response=subsidies.SubsidyView,
    summary="Pay what is committed",
)
async def pay_subsidy(call: Call, body: subsidies.PaySubsidy) -> Reply:
    """A payment (拨付), in parts if need be. A voucher pays once, so that two clerks can't pay twice."""
    return await money.decide_subsidy(Serving.app, call, body)


@ops.command(
    "release-subsidy",
    request=subsidies.ReleaseSubsidy,
    response=subsidies.SubsidyView,
    summary="Release what is held and not paid",
)
async def release_subsidy(call: Call, body: subsidies.ReleaseSubsidy) -> Reply:
    """Reserved or committed money goes back to the fund (释放), with the reason."""
    return await money.decide_subsidy(Serving.app, call, body)


@ops.command(
    "recover-subsidy",
    request=subsidies.RecoverSubsidy,
    response=subsidies.SubsidyView,
    summary="Recover what was paid",
)
async def recover_subsidy(call: Call, body: subsidies.RecoverSubsidy) -> Reply:
    """Paid money is back in the fund (收回); a payment that was entered wrongly is put right the same way."""
    return await money.decide_subsidy(Serving.app, call, body)


@ops.command(
    "close-subsidy",
    request=subsidies.CloseSubsidy,
    response=subsidies.SubsidyView,
    summary="Reject or withdraw an application",
)
async def close_subsidy(call: Call, body: subsidies.CloseSubsidy) -> Reply:
    """Rejected by the fund, or withdrawn by the project's keeper; nothing may be held or paid."""
    return await money.decide_subsidy(Serving.app, call, body)


@ops.query("get-fund", request=funds.GetFund, response=funds.FundView, summary="One fund with its balance")
async def get_fund(call: Call, body: funds.GetFund) -> funds.FundView:
    """What was set aside, on which terms, and how it stands."""
    return await queries.get_fund(Serving.app, call, body)


@ops.query("list-funds", request=funds.ListFunds, response=funds.FundPage, summary="Funds, filtered")
async def list_funds(call: Call, body: funds.ListFunds) -> funds.FundPage:
    """Funds of every government, with the sums of all that the filters leave."""
    return await queries.list_funds(Serving.app, call, body)


@ops.query("get-ledger", request=funds.GetLedger, response=funds.Ledger, summary="A fund's entries")
async def get_ledger(call: Call, body: funds.GetLedger) -> funds.Ledger:
    """Every entry with the balance after it, as it stood at any position of the log."""
    return await queries.get_ledger(Serving.app, call, body)


@ops.query(
    "get-subsidy", request=subsidies.GetSubsidy, response=subsidies.SubsidyView, summary="One application"
)
async def get_subsidy(call: Call, body: subsidies.GetSubsidy) -> subsidies.SubsidyView:
    """An application with its base, its evidence, and its money."""
    return await queries.get_subsidy(Serving.app, call, body)


@ops.query(
    "list-subsidies",
    request=subsidies.ListSubsidies,
    response=subsidies.SubsidyPage,
    summary="Applications, filtered",
)
async def list_subsidies(call: Call, body: subsidies.ListSubsidies) -> subsidies.SubsidyPage:
    """Every filter narrows; count and sums are of all that they leave. By project: its money from every fund."""
    return await queries.list_subsidies(Serving.app, call, body)
