"""The question who stands behind a reference."""

from pydantic import ConfigDict

from services.assessment.common.models import Request
from services.assessment.people import directory
from services.assessment.people.commands import check_ops
from services.assessment.people.decisions import EXAMPLE, Reference
from services.assessment.people.views import PersonView
from shared.rpc import Call
from shared.service import Service


class OnePerson(Request):
    """A reference."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reference": EXAMPLE}]})

    reference: Reference


async def get_person(service: Service, call: Call, body: OnePerson) -> PersonView:
    """The person whose reference stands in an event (操作人员). For ops."""
    check_ops(call.actor)
    async with service.snapshots.connect() as conn:
        return await directory.read(conn, body.reference)
