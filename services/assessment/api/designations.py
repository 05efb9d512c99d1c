"""Operations on designations (认定): EI-10, EI-12, IN-1, IN-2, IN-7, IN-9 to IN-11, IN-13, DI-5."""

from typing import Any

from services.assessment import models_designations as models
from services.assessment import queries_designations as queries
from services.assessment.api.base import Serving, ops
from services.assessment.app import designations
from shared.rpc import Call, Reply

Json = dict[str, Any]


@ops.command(
    "designate",
    request=models.Designate,
    response=models.DesignationView,
    summary="Designate an enterprise, centre or park",
)
async def designate(call: Call, body: models.Designate) -> Reply:
    """It stands as one of its kind (认定) from its day on, and counts for the plan's target of that kind.

    One thing stands once as one of a kind and level. The same again changes nothing.
    """
    return await designations.designate(Serving.app, call, body)


@ops.command(
    "assess-designation",
    request=models.AssessDesignation,
    response=models.DesignationView,
    summary="Enter a periodic assessment",
)
async def assess_designation(call: Call, body: models.AssessDesignation) -> Reply:
    """A score (考核评价) makes it excellent, qualified, warned or failed by the kind's scale of that day.

    Who failed stands until it is withdrawn: that is a decision of its own.
    """
    return await designations.assess(Serving.app, call, body)


@ops.command(
    "warn-designation",
    request=models.WarnDesignation,
    response=models.DesignationView,
    summary="Warn a designated one",
)
async def warn_designation(call: Call, body: models.WarnDesignation) -> Reply:
    """A warning (警告) leaves it standing; a later assessment lifts it."""
    return await designations.warn(Serving.app, call, body)


@ops.command(
    "withdraw-designation",
    request=models.WithdrawDesignation,
    response=models.DesignationView,
    summary="Withdraw a designation",
)
async def withdraw_designation(call: Call, body: models.WithdrawDesignation) -> Reply:
    """From that day on it doesn't stand (撤销). With `annul` it never did: a mistake is set right (更正)."""
    return await designations.withdraw(Serving.app, call, body)


@ops.query(
    "list-designations",
    request=models.ListDesignations,
    response=models.DesignationPage,
    summary="List designations",
)
async def list_designations(call: Call, body: models.ListDesignations) -> Json:
    """By id. With `on`: those that stood on that day, whatever became of them later."""
    return await queries.list_designations(Serving.app, body)


@ops.query(
    "get-designation",
    request=models.GetDesignation,
    response=models.DesignationDetail,
    summary="Read a designation with its history",
)
async def get_designation(call: Call, body: models.GetDesignation) -> Json:
    """How it stands, and everything that happened to it with the documents that say so."""
    return await queries.get_designation(Serving.app, body.designation)


@ops.query(
    "list-designation-kinds",
    request=models.ListDesignationKinds,
    response=models.KindList,
    summary="List the kinds of designations",
)
async def list_designation_kinds(call: Call, body: models.ListDesignationKinds) -> Json:
    """What there is to be designated: levels, fields, the scale of assessments, and the time for which that holds."""
    return queries.list_kinds()
