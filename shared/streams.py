"""What kinds of stream there are, and the one place that makes them: `reconcile`, run by the provisioner.

Nothing here deletes. A setting whose change could lose messages, or that the server can't change, is
reported and left alone: that is a person's decision.
"""

from collections.abc import Sequence
from typing import Any

from nats.js import JetStreamContext, api
from nats.js.errors import APIError, NotFoundError

ConsumerSpec = tuple[str, api.ConsumerConfig]
"""A durable consumer: the stream's name, and the configuration with its `durable_name`."""


def domain_stream(source: str, replicas: int = 1, *, description: str = "") -> api.StreamConfig:
    """The stream of a service's domain events: sequence = position in its log, kept for ever.

    `deny_delete` and `deny_purge`: a hole in it would be a hole in every reader. `allow_direct` off: a
    replica may answer a direct get with an old tail, and the relay must see the real one.
    """
    return api.StreamConfig(
        name=source.upper(),
        description=description or f"domain events of {source}; sequence = position in its event log",
        subjects=[f"{source}.>"],
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        discard=api.DiscardPolicy.NEW,
        num_replicas=replicas,
        deny_delete=True,
        deny_purge=True,
        allow_atomic=True,
        allow_direct=False,
        duplicate_window=120.0,
    )


def work_queue(
    name: str, subjects: Sequence[str], max_bytes: int, replicas: int = 1, *, description: str = ""
) -> api.StreamConfig:
    """A queue whose messages go when they are acknowledged; full means refused, never dropped.

    No `max_age`: it would drop what was promised. `max_bytes` is where publishers start to get an error.
    """
    return api.StreamConfig(
        name=name,
        description=description or None,
        subjects=list(subjects),
        retention=api.RetentionPolicy.WORK_QUEUE,
        storage=api.StorageType.FILE,
        discard=api.DiscardPolicy.NEW,
        max_bytes=max_bytes,
        num_replicas=replicas,
        allow_atomic=True,
        duplicate_window=120.0,
    )


def last_value_stream(
    name: str,
    subjects: Sequence[str],
    replicas: int = 1,
    *,
    max_bytes: int = -1,
    max_msgs: int = -1,
    description: str = "",
) -> api.StreamConfig:
    """The last message per subject, outside the log: running figures, the clock."""
    return api.StreamConfig(
        name=name,
        description=description or None,
        subjects=list(subjects),
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        discard=api.DiscardPolicy.OLD,
        max_msgs_per_subject=1,
        max_bytes=max_bytes,
        max_msgs=max_msgs,
        num_replicas=replicas,
        allow_direct=True,
        duplicate_window=120.0,
    )


async def reconcile(
    js: JetStreamContext, streams: Sequence[api.StreamConfig], consumers: Sequence[ConsumerSpec] = ()
) -> list[str]:
    """Create what is missing, update what differs and is safe to update; what was done, one line each.

    [] means that everything is as it should be. A line that begins with "left" names a difference that was
    not touched, and why. Raises what nats-py raises when the server is away: the caller's loop tries again.
    """
    done: list[str] = []
    for wanted in streams:
        done += await _stream(js, wanted)
    for stream, consumer in consumers:
        done += await _consumer(js, stream, consumer)
    return done


async def _stream(js: JetStreamContext, wanted: api.StreamConfig) -> list[str]:
    name = str(wanted.name)
    try:
        found = (await js.stream_info(name)).config
    except NotFoundError:
        await js.add_stream(wanted)
        return [f"created stream {name}"]
    safe, unsafe = _compare(wanted.as_dict(), found.as_dict(), _STREAM_DEFAULTS, _safe_stream_change)
    lines = [f"left stream {name}: {difference}" for difference in unsafe]
    if safe:
        # The found configuration with the safe changes: what is unsafe keeps the server's value.
        merged = found.evolve(**{key: getattr(wanted, key) for key in safe})
        try:
            await js.update_stream(merged)
            lines.append(f"updated stream {name}: {', '.join(sorted(safe))}")
        except APIError as error:
            lines.append(
                f"left stream {name}: the server refused {', '.join(sorted(safe))}: {error.description}"
            )
    return lines


async def _consumer(js: JetStreamContext, stream: str, wanted: api.ConsumerConfig) -> list[str]:
    name = str(wanted.durable_name or wanted.name)
    label = f"consumer {stream}/{name}"
    try:
        found = (await js.consumer_info(stream, name)).config
    except NotFoundError:
        await js.add_consumer(stream, wanted)
        return [f"created {label}"]
    safe, unsafe = _compare(wanted.as_dict(), found.as_dict(), _CONSUMER_DEFAULTS, _safe_consumer_change)
    lines = [f"left {label}: {difference}" for difference in unsafe]
    if safe:
        merged = found.evolve(**{key: getattr(wanted, key) for key in safe})
        try:
            await js.add_consumer(stream, merged)  # creates or updates
            lines.append(f"updated {label}: {', '.join(sorted(safe))}")
        except APIError as error:
            lines.append(f"left {label}: the server refused {', '.join(sorted(safe))}: {error.description}")
    return lines


def _compare(
    wanted: dict[str, Any], found: dict[str, Any], defaults: dict[str, Any], is_safe: Any
) -> tuple[list[str], list[str]]:
    """Names of settings to change, and descriptions of differences to leave alone."""
    safe: list[str] = []
    unsafe: list[str] = []
    for key, value in wanted.items():
        if key in ("name", "durable_name", "metadata"):
            continue
        now = found.get(key, defaults.get(key))
        if _same(value, now) or (key in defaults and _same(value, defaults[key]) and now in (None, 0, -1)):
            continue
        reason = is_safe(key, value, now)
        if reason is None:
            safe.append(key)
        else:
            unsafe.append(f"{key} is {_plain(now)!r}, wanted {_plain(value)!r}: {reason}")
    return safe, unsafe


def _safe_stream_change(key: str, wanted: Any, now: Any) -> str | None:
    match key:
        case "description" | "num_replicas" | "duplicate_window" | "allow_direct" | "placement" | "discard":
            return None
        case "allow_atomic" | "deny_delete" | "deny_purge":
            return None if wanted else "it would take a guard away"
        case "subjects":
            return None if set(now or ()) <= set(wanted) else "it would orphan subjects that are stored"
        case "max_bytes" | "max_msgs" | "max_msg_size" | "max_msgs_per_subject":
            return (
                None
                if wanted in (-1, 0) or (now not in (-1, 0) and wanted > now)
                else "it could drop messages"
            )
        case _:
            return "the server can't change it, or messages could be lost"


def _safe_consumer_change(key: str, _wanted: Any, _now: Any) -> str | None:
    changeable = {"description", "ack_wait", "max_deliver", "max_ack_pending", "max_waiting", "backoff"}
    return None if key in changeable | {"num_replicas"} else "its place in the stream depends on it"


def _same(one: Any, other: Any) -> bool:
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return sorted(str(item) for item in value)
    return getattr(value, "value", value)


# What the server fills in where a setting is left out.
_STREAM_DEFAULTS: dict[str, Any] = {
    "max_bytes": -1,
    "max_msgs": -1,
    "max_msg_size": -1,
    "max_age": 0,
    "max_msgs_per_subject": -1,
    "max_consumers": -1,
    "allow_direct": False,
    "allow_atomic": False,
    "num_replicas": 1,
    "no_ack": False,
    "sealed": False,
    "deny_delete": False,
    "deny_purge": False,
    "allow_rollup_hdrs": False,
    "discard_new_per_subject": False,
}
_CONSUMER_DEFAULTS: dict[str, Any] = {
    "max_deliver": -1,
    "idle_heartbeat": 0,
    "inactive_threshold": 0,
    "ack_wait": 0,
    "num_replicas": 0,
}
