"""Who may open a connection to whom in Kubernetes: nobody, but for what is listed here."""

from typing import Any

from deploy.manifests import parts
from deploy.manifests.kubernetes import labels, metadata
from deploy.topology import PROCESSES

Document = dict[str, Any]


def network() -> list[Document]:
    """Default deny, then the few ways that are needed."""
    names = [process.name for process in PROCESSES]
    with_database = [process.name for process in PROCESSES if process.service is not None]
    with_broker = [process.name for process in PROCESSES if process.broker]
    doors = [process.name for process in PROCESSES if process.http != "none"]
    nats = {"podSelector": {"matchLabels": labels("nats")}}
    return [
        _policy("deny-all", {}, {"policyTypes": ["Ingress", "Egress"]}),
        _policy("names", {}, {"policyTypes": ["Egress"], "egress": [_dns()]}),
        _policy(
            "to-nats",
            _any_of(with_broker),
            {"policyTypes": ["Egress"], "egress": [{"to": [nats], "ports": [_tcp(parts.NATS_PORT)]}]},
        ),
        _policy(
            "to-postgres",
            _any_of([*with_database, "provisioner"]),  # whose pod makes the databases first
            # In a namespace that is marked for it; for one outside the cluster an overlay names its addresses.
            {
                "policyTypes": ["Egress"],
                "egress": [{"to": [_in_namespace("postgres")], "ports": [_tcp(parts.POSTGRES_PORT)]}],
            },
        ),
        _policy(
            "to-collector",
            _any_of(names),
            {
                "policyTypes": ["Egress"],
                "egress": [{"to": [_in_namespace("observability")], "ports": [_tcp(4318)]}],
            },
        ),
        _policy(
            "nats-accepts",
            {"matchLabels": labels("nats")},
            {
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [
                    {"from": [{"podSelector": _any_of(with_broker)}], "ports": [_tcp(parts.NATS_PORT)]},
                    {"from": [nats], "ports": [_tcp(parts.NATS_CLUSTER_PORT)]},
                ],
                "egress": [{"to": [nats], "ports": [_tcp(parts.NATS_CLUSTER_PORT)]}],
            },
        ),
        _policy(
            "doors-accept",
            _any_of(doors),
            {
                "policyTypes": ["Ingress"],
                "ingress": [{"from": [_in_namespace("ingress")], "ports": [_tcp(parts.HTTP_PORT)]}],
            },
        ),
        _policy(
            "portal-to-gateway",
            {"matchLabels": labels(parts.PORTAL)},
            # And to the issuer, where people sign in: an overlay names its addresses.
            {
                "policyTypes": ["Egress"],
                "egress": [
                    {
                        "to": [{"podSelector": {"matchLabels": labels("gateway")}}],
                        "ports": [_tcp(parts.HTTP_PORT)],
                    }
                ],
            },
        ),
        _policy(
            "gateway-accepts-portal",
            {"matchLabels": labels("gateway")},
            {
                "policyTypes": ["Ingress"],
                "ingress": [
                    {
                        "from": [{"podSelector": {"matchLabels": labels(parts.PORTAL)}}],
                        "ports": [_tcp(parts.HTTP_PORT)],
                    }
                ],
            },
        ),
        _policy(
            "metrics",
            _any_of(names),
            {
                "policyTypes": ["Ingress"],
                "ingress": [{"from": [_in_namespace("observability")], "ports": [_tcp(parts.HEALTH_PORT)]}],
            },
        ),
    ]


def _policy(name: str, selector: Document, spec: Document) -> Document:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, "network"),
        "spec": {"podSelector": selector, **spec},
    }


def _any_of(names: list[str]) -> Document:
    return {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": names}]}


def _in_namespace(role: str) -> Document:
    """A namespace that the cluster's operator has marked: shengji.access=<role>."""
    return {"namespaceSelector": {"matchLabels": {"shengji.access": role}}}


def _dns() -> Document:
    system = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
    return {"to": [system], "ports": [{"protocol": "UDP", "port": 53}, _tcp(53)]}


def _tcp(port: int) -> Document:
    return {"protocol": "TCP", "port": port}
