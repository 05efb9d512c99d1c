"""Commands on people's access."""

import time
from datetime import UTC, datetime
from typing import Any

from services.assessment import events
from services.assessment.domain.access import RevokeAccess
from services.assessment.people import only_ops
from shared.decider import CommandRunner
from shared.rpc import Call, Reply


async def revoke(runner: CommandRunner, call: Call, person: str, reason: str) -> Reply:
    """No token that was issued to this person before now holds any longer. Raises Problem 403 for all but ops."""
    only_ops(call.actor)
    command = RevokeAccess(person, int(time.time()), reason)

    def answer(state: Any, _: Any) -> dict[str, Any]:
        moment = datetime.fromtimestamp(state.revoked_until, UTC)
        return {"reference": person, "issued_until": moment.isoformat(), "reason": reason}

    return await runner.run(call, events.access_stream(person), events.ACCESS, command, answer=answer)
