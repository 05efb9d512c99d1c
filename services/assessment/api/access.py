"""Operations on people: who stands behind a reference, and whether their tokens hold."""

from services.assessment.api.base import Json, Serving, ops
from services.assessment.app import access
from services.assessment.people import AccessView, NotePerson, OnePerson, PersonView, RevokeAccess
from shared.rpc import Call, Reply


@ops.command(
    "note-person", request=NotePerson, response=OnePerson, summary="Note who stands behind a reference"
)
async def note_person(call: Call, body: NotePerson) -> Reply:
    """For the gateway only: what the token says of a person who sends commands. Stands in no event."""
    return await Serving.people.note(call.actor, body)


@ops.query("get-person", request=OnePerson, response=PersonView, summary="Who stands behind a reference")
async def get_person(call: Call, body: OnePerson) -> Json:
    """The person whose reference stands in an event (操作人员). For ops."""
    return await Serving.people.read(call.actor, body.reference)


@ops.command("erase-person", request=OnePerson, response=PersonView, summary="Erase a person")
async def erase_person(call: Call, body: OnePerson) -> Reply:
    """Forget who stands behind a reference (个人信息删除), and end their access: no token they have holds on.

    The events keep the reference and their chain.
    """
    erased = await Serving.people.erase(call.actor, body.reference)
    revoked = await access.revoke(Serving.app.runner, call, body.reference, "erased")
    return Reply(erased.data, revoked.source, revoked.position)


@ops.command("revoke-access", request=RevokeAccess, response=AccessView, summary="End a person's access")
async def revoke_access(call: Call, body: RevokeAccess) -> Reply:
    """No token that was issued to this person before holds any longer (撤销访问), within a second, at every endpoint.

    Live streams end too. Whoever issues the tokens must be told as well, or gives out a new one.
    """
    return await access.revoke(Serving.app.runner, call, body.reference, body.reason)
