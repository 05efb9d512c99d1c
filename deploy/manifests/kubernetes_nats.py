"""NATS in Kubernetes: three servers in three zones, so that an acknowledged message is in two of them."""

from typing import Any

from deploy import nats_config
from deploy.local.nats import WRITE_ERROR
from deploy.manifests import parts
from deploy.manifests.kubernetes import ZONE, disruption_budget, labels, metadata, spread
from deploy.topology import USERS

Document = dict[str, Any]


def nats_conf() -> str:
    """The configuration of each server of the cluster."""
    routes = [
        f"nats://nats-{number}.nats-cluster:{parts.NATS_CLUSTER_PORT}"
        for number in range(parts.NATS_REPLICAS)
    ]
    return nats_config.render(
        host=parts.EVERYWHERE,
        port=parts.NATS_PORT,
        store="/data",
        monitor_port=parts.NATS_MONITOR_PORT,
        cluster=nats_config.Cluster("shengji", "POD_NAME", parts.NATS_CLUSTER_PORT, routes),
    )


def single_nats_conf() -> str:
    """The configuration where there is one server only."""
    return nats_config.render(
        host=parts.EVERYWHERE, port=parts.NATS_PORT, store="/data", monitor_port=parts.NATS_MONITOR_PORT
    )


def nats() -> list[Document]:
    """The servers, the address that clients use, and the addresses that the servers use among themselves."""
    selector = labels("nats")
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata("nats"),
            "spec": {
                "selector": selector,
                "ports": [{"name": "client", "port": parts.NATS_PORT, "targetPort": "client"}],
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata("nats-cluster", "nats"),
            "spec": {
                "clusterIP": "None",
                # They must find each other before any of them is ready.
                "publishNotReadyAddresses": True,
                "selector": selector,
                "ports": [{"name": "cluster", "port": parts.NATS_CLUSTER_PORT, "targetPort": "cluster"}],
            },
        },
        _stateful_set(selector),
        disruption_budget("nats"),
    ]


def _stateful_set(selector: dict[str, str]) -> Document:
    pod = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 60,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10002,
            "runAsGroup": 10002,
            "fsGroup": 10002,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        # Two copies in one failure domain would be lost together. Only an overlay may require zones: on nodes without
        # zone labels no server would be scheduled.
        "topologySpreadConstraints": [
            spread("nats", ZONE, "ScheduleAnyway"),
            spread("nats", "kubernetes.io/hostname", "DoNotSchedule"),
        ],
        "containers": [_container()],
        "volumes": [{"name": "config", "configMap": {"name": "nats-config"}}],
    }
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Gi"}}},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": metadata("nats"),
        "spec": {
            "serviceName": "nats-cluster",
            "replicas": parts.NATS_REPLICAS,
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": selector},
            "template": {"metadata": {"labels": selector}, "spec": pod},
            "volumeClaimTemplates": [claim],
        },
    }


# Alive means any answer but one about a store that could not be written, which only a restart repairs (ADR 0084). A
# server that is catching up with the others reports itself unhealthy too, and must not be restarted for that. busybox'
# wget drops the body of a 503, so this speaks HTTP by hand.
_ALIVE = (
    f"told=$(printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' | nc -w 4 127.0.0.1 {parts.NATS_MONITOR_PORT}) && "
    f"""[ -n "$told" ] && ! echo "$told" | grep -qi '{WRITE_ERROR}'"""
)


def _container() -> Document:
    passwords = [nats_config.password_variable(user.name) for user in USERS]
    return {
        "name": "nats",
        "image": parts.NATS_IMAGE,
        "args": ["--config", "/etc/nats/nats.conf"],
        "env": [
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            *(
                {"name": name, "valueFrom": {"secretKeyRef": {"name": "shengji-nats", "key": name}}}
                for name in passwords
            ),
        ],
        "ports": [
            {"name": "client", "containerPort": parts.NATS_PORT},
            {"name": "cluster", "containerPort": parts.NATS_CLUSTER_PORT},
            {"name": "monitor", "containerPort": parts.NATS_MONITOR_PORT},
        ],
        "startupProbe": _probe("/healthz?js-server-only=true", 5, 60),
        "livenessProbe": {
            "exec": {"command": ["/bin/sh", "-c", _ALIVE]},
            "periodSeconds": 10,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
        "readinessProbe": _probe("/healthz?js-server-only=true", 5, 2),
        # Lame duck first: clients move to the other servers one after the other. After it the server ignores TERM.
        "lifecycle": {"preStop": {"exec": {"command": ["nats-server", "--signal", "ldm=1"]}}},
        "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "config", "mountPath": "/etc/nats", "readOnly": True},
            {"name": "data", "mountPath": "/data"},
        ],
    }


def _probe(path: str, period: int, failures: int) -> Document:
    return {
        "httpGet": {"path": path, "port": "monitor"},
        "periodSeconds": period,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }
