"""What compose and Kubernetes tell a process alike."""

from deploy.topology import READINGS_PARTITIONS, Process

# Inside a container or pod; what reaches it from outside, compose's ports and network policies say.
EVERYWHERE = "0.0.0.0"  # noqa: S104
SCRATCH = "/tmp"  # noqa: S108
HEALTH_PORT = 9000
HTTP_PORT = 8000
NATS_PORT, NATS_MONITOR_PORT, NATS_CLUSTER_PORT = 4222, 8222, 6222
POSTGRES_PORT = 5432
NATS_IMAGE = "nats:2.15.1-alpine"
POSTGRES_IMAGE = "postgres:18.1-alpine"
APP_IMAGE = "shengji"
PORTAL = "portal"
NATS_REPLICAS = 3
HEADER = "# Generated from deploy/topology.py by `make contracts`; change that table, not this file.\n"


def plain_environment(
    process: Process, *, replicas: int, readings_bytes: int, gateway_url: str
) -> dict[str, str]:
    """The settings of a process that are no secret; copies of each stream, and the size of READINGS.

    `gateway_url`: where the portal finds the gateway.
    """
    env = {
        "SHENGJI_ENVIRONMENT": "production",
        "SHENGJI_CLOCK": "system",
        **_broker(process),
        "SHENGJI_HEALTH_HOST": EVERYWHERE,
        "SHENGJI_HEALTH_PORT": str(HEALTH_PORT),
    }
    if process.http != "none":
        env |= {"SHENGJI_HTTP_HOST": EVERYWHERE, "SHENGJI_HTTP_PORT": str(HTTP_PORT)}
    if process.name == PORTAL:
        env["SHENGJI_GATEWAY_URL"] = gateway_url
    if process.name == "provisioner":
        env |= {"SHENGJI_STREAM_REPLICAS": str(replicas), "SHENGJI_READINGS_BYTES": str(readings_bytes)}
    return env


def secret_variables(process: Process) -> tuple[str, ...]:
    """The settings of a process that are secret, by the name it reads them under."""
    names = ["SHENGJI_NATS_PASSWORD"] if process.broker else []
    if process.service is not None:
        names.append("SHENGJI_DATABASE_URL")
    if process.name == "gateway":
        names += ["SHENGJI_JWT_PUBLIC_KEY", "SHENGJI_POSITION_KEY", "SHENGJI_PSEUDONYM_KEY"]
    if process.name == PORTAL:
        names.append("SHENGJI_SESSION_KEY")
    return tuple(names)


def _broker(process: Process) -> dict[str, str]:
    if not process.broker:
        return {}
    return {
        "SHENGJI_NATS_URL": f"nats://nats:{NATS_PORT}",
        "SHENGJI_NATS_USER": process.name,
        "SHENGJI_READINGS_PARTITIONS": str(READINGS_PARTITIONS),
    }
