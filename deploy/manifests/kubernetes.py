"""The Kubernetes base: a Deployment per process, its Service and its probes, and who may talk to whom."""

from typing import Any

from deploy.databases import all_roles, password_variable
from deploy.manifests import parts
from deploy.topology import GIB, PROCESSES, Process

Document = dict[str, Any]
_NAMESPACE = "shengji"
ZONE = "topology.kubernetes.io/zone"
_LEAVES_S = 5
"""Seconds that a public endpoint waits before it stops, because balancers may still send it requests."""


def labels(name: str) -> dict[str, str]:
    """The labels by which Services, spreads and network policies find a process."""
    return {"app.kubernetes.io/part-of": "shengji", "app.kubernetes.io/name": name}


def metadata(name: str, component: str | None = None) -> Document:
    """An object's metadata; `component`, if the labels are those of another name."""
    return {"name": name, "labels": labels(component or name)}


def processes() -> list[Document]:
    """Everything of every process."""
    return [document for process in PROCESSES for document in _process(process)]


_MIGRATES = "provisioner"
"""The process whose pod creates the databases first: it has one replica, and an upgrade replaces it first."""


def databases() -> Document:
    """Makes roles and databases and migrates, before the new version's provisioner starts.

    It runs in that pod and not in a Job because a Job is immutable: a second `kubectl apply` with a new image would be
    refused.
    """
    names = [password_variable(role) for role in all_roles()]
    return {
        "name": "databases",
        "image": parts.APP_IMAGE,
        "args": ["deploy.databases"],
        "env": [_from_secret(name, "shengji-databases") for name in ["SHENGJI_POSTGRES_URL", *names]],
        **_confined("200m", "256Mi"),
    }


def _process(process: Process) -> list[Document]:
    documents = [_deployment(process)]
    if process.http != "none":
        documents.append(_service(process))
    if process.replicas > 1:
        documents.append(disruption_budget(process.name))
    return documents


def _deployment(process: Process) -> Document:
    plain = parts.plain_environment(
        process,
        replicas=parts.NATS_REPLICAS,
        readings_bytes=20 * GIB,
        gateway_url="http://gateway",
    )
    ports = [{"name": "health", "containerPort": parts.HEALTH_PORT}]
    if process.http != "none":
        ports.append({"name": "http", "containerPort": parts.HTTP_PORT})
    container = {
        "name": process.name,
        "image": parts.APP_IMAGE,
        "args": list(process.arguments),
        "env": [
            *({"name": name, "value": value} for name, value in plain.items()),
            *(_from_secret(name, f"shengji-{process.name}") for name in parts.secret_variables(process)),
        ],
        "ports": ports,
        "startupProbe": _probe("/live", period=2, failures=30),
        "livenessProbe": _probe("/live", period=10, failures=3),
        "readinessProbe": _probe("/ready", period=5, failures=2),
        **_confined("500m" if process.name == "energy-worker" else "200m", "512Mi"),
    }
    if process.http != "none":
        container["lifecycle"] = {"preStop": {"exec": {"command": ["sleep", str(_LEAVES_S)]}}}
    # A single writer must be gone before its successor starts.
    strategy = {"type": "RollingUpdate"} if process.replicas > 1 else {"type": "Recreate"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(process.name),
        "spec": {
            "replicas": process.replicas,
            # A new endpoint must have been ready for a moment before an old one is removed.
            **({"minReadySeconds": _LEAVES_S} if process.http != "none" else {}),
            "strategy": strategy,
            "selector": {"matchLabels": labels(process.name)},
            "template": {
                "metadata": {"labels": labels(process.name)},
                "spec": {
                    "terminationGracePeriodSeconds": 30 + (_LEAVES_S if process.http != "none" else 0),
                    "topologySpreadConstraints": [spread(process.name, ZONE, "ScheduleAnyway")],
                    **_pod([container], first=[databases()] if process.name == _MIGRATES else []),
                },
            },
        },
    }


def _service(process: Process) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(process.name),
        "spec": {
            "selector": labels(process.name),
            "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
        },
    }


def disruption_budget(name: str) -> Document:
    """At most one of them may be taken away on purpose at a time."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(name),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels(name)}},
    }


def _pod(containers: list[Document], first: list[Document]) -> Document:
    """`first`: containers that run to their end, one after the other, before the others start."""
    mounts = [{"name": "tmp", "mountPath": parts.SCRATCH}]
    return {
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        **({"initContainers": [{**each, "volumeMounts": mounts} for each in first]} if first else {}),
        "containers": [{**each, "volumeMounts": mounts} for each in containers],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}],
    }


def _confined(cpu: str, memory: str) -> Document:
    return {
        "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def _from_secret(name: str, secret: str) -> Document:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}}


def _probe(path: str, *, period: int, failures: int) -> Document:
    return {
        "httpGet": {"path": path, "port": "health"},
        "periodSeconds": period,
        "timeoutSeconds": 4,
        "failureThreshold": failures,
    }


def spread(name: str, across: str, otherwise: str) -> Document:
    """Keep the pods of `name` apart, across zones or hosts; `otherwise`: what to do where that can't be."""
    return {
        "maxSkew": 1,
        "topologyKey": across,
        "whenUnsatisfiable": otherwise,
        "labelSelector": {"matchLabels": labels(name)},
    }


def namespace() -> list[Document]:
    """The namespace, where only confined pods are admitted."""
    enforce = {"pod-security.kubernetes.io/enforce": "restricted"}
    own = {"name": _NAMESPACE, "labels": {**labels(_NAMESPACE), **enforce}}
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": own}]


def kustomization() -> Document:
    """The base's list of files; nats.conf becomes a ConfigMap whose name changes with its content."""
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": _NAMESPACE,
        "resources": [
            "namespace.yaml",
            "nats.yaml",
            "processes.yaml",
            "network.yaml",
        ],
        "configMapGenerator": [{"name": "nats-config", "files": ["nats.conf"]}],
        "images": [{"name": parts.APP_IMAGE, "newName": parts.APP_IMAGE, "newTag": "local"}],
    }
