"""What nats-server refused in a run: what a lost connection explains, and a right that is missing."""

from collections import Counter

from tests.faults.load import CITIES
from tests.faults.system import Operator
from tests.kit.servers import refused_rights

IN_HAND = len(CITIES) + 1
"""So many questions at most are on their way to a service at once: each city's, and one of the proof's."""


def unexplained(operator: Operator) -> list[str]:
    """What nats-server refused, without what a lost connection explains.

    The right to answer goes with the connection that heard the request: after a cut the answers to what was in hand
    are refused, and the gateway asks again under the same ids. Any other refusal is a right that is missing.
    """
    found = refused_rights(operator.system.urls.logs)
    late = [each for each in found if '"_INBOX_gateway.' in each]
    by_user = Counter(each.partition(":")[0] for each in late)
    cuts = {
        name: line.accepted - 1 for (name, server), line in operator.network.lines.items() if server == "nats"
    }
    too_many = [
        f"{name}: {count} late answers after {cuts.get(name, 0)} cuts"
        for name, count in by_user.items()
        if count > IN_HAND * cuts.get(name, 0)
    ]
    return [*(each for each in found if each not in late), *too_many]
