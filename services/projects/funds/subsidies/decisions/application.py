"""Decisions on applications (申报): whether a project may apply to a fund, and its entitlement."""

from decimal import Decimal

from services.projects.common.asking import ask_back
from services.projects.common.plausibility import AmountCare, doubt_audited, doubt_subsidy
from services.projects.common.refusal import Refused
from services.projects.funds.facts import Fund
from services.projects.funds.subsidies.decisions.commands import (
    Asking,
    AssessSubsidy,
    CriterionPart,
    Deciding,
    KnownProject,
    RequestSubsidy,
)
from services.projects.funds.subsidies.facts import Application, CriterionMet, Outcome, SubsidyRequested
from services.projects.funds.terms import Aid, Base, Terms, entitlement, in_force


def request(command: RequestSubsidy, fund: Fund, given: Asking) -> SubsidyRequested:
    """The application, or Refused."""
    on = command.on or given.today
    terms, known = in_force(fund.terms, on), given.project
    _check_project(known, terms, fund)
    _check_alone(command, fund)
    if command.aid == Aid.AWARD:
        raise Refused(
            "An award isn't asked for: an appraisal grants it.",
            code="aid-not-given",
            where="aid",
            remedy="Ask for an interest subsidy or a grant.",
        )
    if command.aid not in terms.aids:
        raise Refused(
            f"The fund gives {', '.join(terms.aids)}, not {command.aid}.", code="aid-not-given", where="aid"
        )
    if terms.bases and command.base_kind not in terms.bases:
        raise Refused(
            f"The fund reckons by one of {', '.join(terms.bases)}.",
            code="base-kind",
            where="base_kind",
            remedy="Name one of them, and its amount in base; they are alternatives and are not added.",
        )
    return SubsidyRequested(
        application=given.application,
        fund=command.fund,
        project=known.project,
        region=known.region,
        enterprise=known.enterprise,
        aid=command.aid,
        base_kind=command.base_kind if terms.bases else None,
        base=command.base if terms.bases else None,
        evidence=command.evidence,
        criteria=_criteria(command.criteria, terms),
        entitlement=entitled(terms, command.base, command.amount),
        on=on,
        requested_by=given.by,
        confirmed=_confirmed(command, given),
        note=command.note,
    )


def same(command: RequestSubsidy, application: Application, given: Asking) -> bool:
    """Whether the command repeats this application, whoever sends it and whatever happened since."""
    known = application.requested
    asked = command.base if known.base_kind is not None else command.amount
    return (
        command.project,
        command.aid,
        command.base_kind,
        asked,
        command.evidence,
        _met(command.criteria),
        command.on or given.today,
    ) == (
        known.project,
        known.aid,
        known.base_kind,
        known.base if known.base_kind is not None else known.entitlement,
        known.evidence,
        known.criteria,
        known.on,
    )


def assessed(command: AssessSubsidy, fund: Fund, application: Application, given: Deciding) -> Decimal:
    """The entitlement by the audited base and the terms in force on the day of the application. Raises Refused."""
    requested = application.requested
    terms = in_force(fund.terms, requested.on)
    result = entitled(terms, command.base, command.amount)
    asked = requested.base if command.base is not None else requested.entitlement
    audited = command.base if command.base is not None else result
    if asked is not None and requested.base_kind != Base.ENERGY_SAVING:
        where = "base" if command.base is not None else "amount"
        ask_back(doubt_audited(audited, asked, given.care), command.confirmed, where)
    return result


def entitled(terms: Terms, base: Decimal | None, amount: Decimal | None) -> Decimal:
    """The entitlement (yuan) by a base, or by an amount if the terms have no formula. Raises Refused."""
    if terms.rate is None:
        return _case_by_case(terms, base, amount)
    if base is None or amount is not None:
        raise Refused(
            "The amount follows from the base here.",
            code="base-missing",
            where="base",
            remedy="Give base, and no amount.",
        )
    below, least = terms.base_below, terms.base_from
    if (least is not None and base < least) or (below is not None and base >= below):
        raise Refused(
            f"A base of {base:f} lies outside what the fund supports: from {least or 0:f}"
            + (f" to below {below:f}." if below is not None else " on."),
            code="base-out-of-range",
            where="base",
        )
    result = entitlement(terms, base)
    if result <= 0:
        raise Refused(f"A base of {base:f} gives nothing.", code="amount", where="base")
    return result


def _case_by_case(terms: Terms, base: Decimal | None, amount: Decimal | None) -> Decimal:
    if amount is None or amount <= 0 or base is not None:
        raise Refused(
            "The fund has no formula; it decides case by case.",
            code="amount-missing",
            where="amount",
            remedy="Give the amount that is asked for, in yuan, and no base.",
        )
    if terms.cap is not None and amount > terms.cap:
        raise Refused(f"One project gets {terms.cap:f} yuan at most.", code="over-cap", where="amount")
    return amount


def _check_project(known: KnownProject, terms: Terms, fund: Fund) -> None:
    if not known.in_area:
        raise Refused(
            f"Project {known.project} lies in {known.region}, which the fund of {fund.opened.region} is not for.",
            code="foreign-project",
            where="project",
        )
    if terms.programmes and not set(terms.programmes) & set(known.programmes):
        raise Refused(
            f"The fund is for projects of {', '.join(terms.programmes)}; {known.project} is one of "
            f"{', '.join(known.programmes)}.",
            code="other-programme",
            where="project",
        )
    if terms.stages and known.stage not in terms.stages:
        raise Refused(
            f"Project {known.project} is {known.stage}; the fund is for projects that are "
            f"{', '.join(terms.stages)}.",
            code="stage",
            where="project",
            remedy="Report the project's stage first, if it has gone on.",
        )


def _check_alone(command: RequestSubsidy, fund: Fund) -> None:
    """One open application per project and fund: two would add up loan and equipment, and double the cap."""
    for name, other in fund.applications.items():
        if other.requested.project == command.project and other.closed is None:
            raise Refused(
                f"Project {command.project} has asked this fund already, with {name}.",
                code="already-asked",
                status=409,
                where="project",
                remedy="Have that application assessed anew, or close it first.",
            )


def _criteria(answered: tuple[CriterionPart, ...], terms: Terms) -> tuple[CriterionMet, ...]:
    named = [each.criterion for each in answered]
    if sorted(named) != sorted(terms.criteria):
        raise Refused(
            f"The fund's criteria are {', '.join(terms.criteria) or 'none'}; answered are "
            f"{', '.join(named) or 'none'}.",
            code="criteria",
            where="criteria",
            remedy="Answer each of them once, with what shows it.",
        )
    return _met(answered)


def _met(answered: tuple[CriterionPart, ...]) -> tuple[CriterionMet, ...]:
    found = (CriterionMet(criterion=each.criterion, evidence=each.evidence) for each in answered)
    return tuple(sorted(found, key=lambda met: met.criterion))


def _confirmed(command: RequestSubsidy, given: Asking) -> bool:
    """Whether a doubtful amount was confirmed. Raises Refused (ask back) for an unconfirmed doubtful amount."""
    known, where = given.project, "base"
    if command.base is None:
        where, why = "amount", _doubt_of("aid", command.amount, known.total_investment, given.care)
    elif command.base_kind == Base.ENERGY_SAVING:
        return False
    else:
        most = known.total_investment
        if command.base_kind == Base.EQUIPMENT:
            most = known.equipment_investment
        elif command.base_kind == Base.BANK_LOAN and known.bank_loan is not None:
            most = known.bank_loan
        why = _doubt_of(str(command.base_kind), command.base, most, given.care)
    ask_back(why, command.confirmed, where)
    return why is not None


def _doubt_of(what: str, amount: Decimal | None, most: Decimal, care: AmountCare) -> str | None:
    return None if amount is None else doubt_subsidy(what, amount, most, care)


def open_application(fund: Fund, name: str) -> Application:
    """The application with that name. Raises Refused if it is unknown or closed."""
    found = fund.applications.get(name)
    if found is None:
        raise Refused(
            f"There is no application {name!r} to {fund.opened.fund}.",
            code="not-found",
            status=404,
            where="application",
        )
    if found.closed is not None:
        word = "rejected" if found.closed == Outcome.REJECTED else "withdrawn"
        raise Refused(
            f"Application {name} was {word} on {found.last_on}.",
            code="closed",
            status=409,
            where="application",
            remedy="Ask again with a new application.",
        )
    return found
