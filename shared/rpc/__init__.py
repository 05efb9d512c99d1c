"""Commands and queries between the gateway and the services: request/reply over NATS, made exact.

Core NATS delivers at most once, so a command carries an id under which the service stores its answer; the
client repeats the same id until it has an answer or the time is up. Every handler always replies, errors
as a problem: a handler that raises in silence would leave its caller with a timeout.

`message`: what is sent and what is answered; `operations`: the service's side; `routes`: where the gateway
offers an operation; `client`: the gateway's side.
"""

from shared.rpc.client import Client
from shared.rpc.fields import invalid_fields
from shared.rpc.message import MAX_REPLY_BYTES, Call, Encoded, Reply
from shared.rpc.operations import Operation, Operations
from shared.rpc.routes import Attached, Route

__all__ = [
    "MAX_REPLY_BYTES",
    "Attached",
    "Call",
    "Client",
    "Encoded",
    "Operation",
    "Operations",
    "Reply",
    "Route",
    "invalid_fields",
]
