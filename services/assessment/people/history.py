"""The event stream of a person's access. No table is kept of it: gateways read the events themselves."""

from services.assessment.people.decisions import ACCESS
from services.assessment.people.facts import AccessRevoked, stream
from shared.feature import History

HISTORY = History(AccessRevoked, ACCESS, lambda command: stream(command.reference))
