"""Compose and Kubernetes run exactly the processes of the topology, each with its own secrets and no more."""

import base64
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml

from cli.tokens import token_for
from deploy import topology
from deploy.manifests import parts, secret_files
from deploy.manifests.__main__ import drift, write
from deploy.manifests.kubernetes import labels
from deploy.nats_config import password_variable

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy" / "k8s" / "base"
NAMES = [process.name for process in topology.PROCESSES]


def kubernetes() -> list[dict[str, Any]]:
    """Every object of the base, by way of its kustomization."""
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    return [document for file in listed for document in yaml.safe_load_all((BASE / file).read_text())]


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in kubernetes() if each["kind"] == kind}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return found


def the_container(workload: dict[str, Any]) -> dict[str, Any]:
    [container] = workload["spec"]["template"]["spec"]["containers"]
    return dict(container)


def containers() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every workload with each of its containers, those that run first too."""
    workloads = [*of_kind("Deployment").values(), *of_kind("StatefulSet").values()]
    return [
        (workload, container)
        for workload in workloads
        for pod in (workload["spec"]["template"]["spec"],)
        for container in [*pod.get("initContainers", []), *pod["containers"]]
    ]


def secret_keys(container: dict[str, Any]) -> dict[str, str]:
    """Variable → name of the Secret that it comes from."""
    return {
        row["name"]: row["valueFrom"]["secretKeyRef"]["name"]
        for row in container["env"]
        if "secretKeyRef" in row.get("valueFrom", {})
    }


def test_the_files_are_what_the_topology_says_and_a_difference_is_found(tmp_path: Path) -> None:
    assert drift() == []
    write(tmp_path)
    (tmp_path / "docker-compose.yml").write_text("name: other\n")
    assert drift(tmp_path) == ["docker-compose.yml"]


def test_kubernetes_runs_the_processes_of_the_topology_and_nothing_else() -> None:
    assert set(of_kind("Deployment")) == set(NAMES)
    assert set(of_kind("StatefulSet")) == {"nats"}


@pytest.mark.parametrize("name", NAMES)
def test_a_deployment_runs_its_process_with_probes_and_its_own_secrets(name: str) -> None:
    process, deployment = topology.process(name), of_kind("Deployment")[name]
    container = the_container(deployment)
    assert container["args"] == list(process.arguments)
    plain = {row["name"]: row["value"] for row in container["env"] if "value" in row}
    assert plain.get("SHENGJI_NATS_USER") == (name if process.broker else None)
    assert plain["SHENGJI_CLOCK"] == "system"
    assert plain["SHENGJI_ENVIRONMENT"] == "production"
    secrets = secret_keys(container)
    assert set(secrets.values()) == {f"shengji-{name}"}
    assert ("SHENGJI_DATABASE_URL" in secrets) == (process.service is not None)
    assert not {key for key in plain if "PASSWORD" in key or "DATABASE_URL" in key}
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/live"
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert str(ports["health"]) == plain["SHENGJI_HEALTH_PORT"]
    assert ("http" in ports) == (process.http != "none")
    assert ("http" in ports) == (name in of_kind("Service"))
    assert deployment["spec"]["replicas"] == process.replicas
    if process.replicas == 1:
        assert deployment["spec"]["strategy"]["type"] == "Recreate"
    else:
        assert of_kind("PodDisruptionBudget")[name]["spec"]["maxUnavailable"] == 1


def test_every_pod_is_confined() -> None:
    for workload, container in containers():
        pod = workload["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
        assert container["resources"]["limits"]["memory"]


def test_every_secret_that_a_pod_asks_for_is_among_the_generated_ones() -> None:
    url = "postgresql://admin:secret@db.example:5432/postgres?sslmode=require"
    made = {each["metadata"]["name"]: each["stringData"] for each in secret_files.kubernetes_secrets(url)}
    for _, container in containers():
        for variable, secret in secret_keys(container).items():
            assert made[secret][variable], f"{secret}/{variable}"
    energy = made["shengji-energy"]["SHENGJI_DATABASE_URL"]
    assert made["shengji-energy-intake"]["SHENGJI_DATABASE_URL"].startswith(
        "postgresql+asyncpg://energy_intake:"
    )
    assert energy.startswith("postgresql+asyncpg://energy_runtime:")
    assert energy.endswith("@db.example:5432/energy?sslmode=require")
    assert made["shengji-databases"]["SHENGJI_ENERGY_PASSWORD"] in energy
    assert "signing-key.pem" not in made["shengji-gateway"]


def test_an_upgrade_keeps_the_secrets_that_are_there_and_adds_what_is_new() -> None:
    """Other keys would give everybody another reference, and refuse every token."""
    url = "postgresql://admin:secret@db.example:5432/postgres"
    before = secret_files.kubernetes_secrets(url)
    known = {
        "kind": "List",
        "items": [
            {
                "kind": "Secret",
                "data": {
                    name: base64.b64encode(value.encode()).decode()
                    for name, value in each["stringData"].items()
                    if name != "SHENGJI_ENERGY_INTAKE_PASSWORD"  # 517f57c had no such role
                },
            }
            for each in before
        ],
    }
    after = secret_files.kubernetes_secrets(url, [known])
    changed = {
        f"{old['metadata']['name']}/{name}"
        for old, new in zip(before, after, strict=True)
        for name, value in new["stringData"].items()
        if old["stringData"][name] != value
    }
    assert changed == {
        "shengji-databases/SHENGJI_ENERGY_INTAKE_PASSWORD",
        "shengji-energy-intake/SHENGJI_DATABASE_URL",
    }
    moved = [each for each in before if each["metadata"]["name"] != "shengji-token-issuer"]
    again = {each["metadata"]["name"]: each for each in secret_files.kubernetes_secrets(url, moved)}
    assert "shengji-token-issuer" not in again
    [gateway] = [each for each in before if each["metadata"]["name"] == "shengji-gateway"]
    assert again["shengji-gateway"] == gateway


def test_secrets_come_with_the_namespace_that_they_need() -> None:
    command = [sys.executable, "-m", "deploy.manifests", "--secrets", "postgresql://a:b@db/postgres"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    first, *others = yaml.safe_load_all(printed)
    assert (first["kind"], first["metadata"]["name"]) == ("Namespace", "shengji")
    assert {each["metadata"]["namespace"] for each in others} == {"shengji"}


def test_the_databases_are_made_anew_with_each_version() -> None:
    """By what can be applied again: a Job of a fixed name can't be changed, and the next version's was refused."""
    assert of_kind("Job") == {}
    pod = of_kind("Deployment")["provisioner"]["spec"]["template"]["spec"]
    [first] = pod["initContainers"]
    assert first["args"] == ["deploy.databases"]
    assert first["image"] == pod["containers"][0]["image"]
    assert "SHENGJI_POSTGRES_URL" not in secret_keys(pod["containers"][0])


def test_a_door_leaves_when_nobody_is_sent_to_it_any_more() -> None:
    for process in topology.PROCESSES:
        deployment = of_kind("Deployment")[process.name]["spec"]
        pod = deployment["template"]["spec"]
        if process.http == "none":
            assert "minReadySeconds" not in deployment
            continue
        waits = int(the_container({"spec": deployment})["lifecycle"]["preStop"]["exec"]["command"][1])
        assert waits >= 5
        assert deployment["minReadySeconds"] >= 5
        assert pod["terminationGracePeriodSeconds"] >= waits + 30


def test_a_nats_server_moves_its_clients_before_it_ends() -> None:
    pod = of_kind("StatefulSet")["nats"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["lifecycle"]["preStop"]["exec"]["command"] == ["nats-server", "--signal", "ldm=1"]
    assert pod["terminationGracePeriodSeconds"] > 35, "the duration of lame duck, and its grace period"


@pytest.mark.parametrize(
    ("answer", "alive"),
    [
        ('HTTP/1.0 200 OK\r\n\r\n{"status":"ok"}', True),
        ('HTTP/1.0 503 x\r\n\r\n{"status":"unavailable","error":"stream \'READINGS\' is not current"}', True),
        ('HTTP/1.0 503 x\r\n\r\n{"error":"stream \'READINGS\' write error: no space left on device"}', False),
        ("", False),
    ],
)
def test_a_server_that_catches_up_lives_and_one_that_cannot_write_does_not(
    tmp_path: Path, answer: str, alive: bool
) -> None:
    [container] = of_kind("StatefulSet")["nats"]["spec"]["template"]["spec"]["containers"]
    assert container["startupProbe"]["httpGet"]["path"] == "/healthz?js-server-only=true"
    (tmp_path / "answer").write_text(answer, newline="")
    nc = tmp_path / "nc"
    nc.write_text(f"#!/bin/sh\ncat {tmp_path / 'answer'}\n")
    nc.chmod(0o755)
    asked = subprocess.run(
        container["livenessProbe"]["exec"]["command"], env={"PATH": f"{tmp_path}:{os.defpath}"}, check=False
    )
    assert (asked.returncode == 0) == alive


def test_nats_keeps_three_copies_in_three_zones() -> None:
    spec = of_kind("StatefulSet")["nats"]["spec"]
    assert spec["replicas"] == 3
    zones, hosts = spec["template"]["spec"]["topologySpreadConstraints"]
    assert (hosts["topologyKey"], hosts["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "DoNotSchedule")
    # A cluster without zones would give it no node at all; the overlay for one with three insists.
    assert (zones["topologyKey"], zones["whenUnsatisfiable"]) == (
        "topology.kubernetes.io/zone",
        "ScheduleAnyway",
    )
    overlay = (ROOT / "deploy/k8s/overlays/production/kustomization.yaml").read_text()
    [patch] = [each for each in yaml.safe_load(overlay)["patches"] if each["target"]["name"] == "nats"]
    assert {
        "op": "replace",
        "path": "/spec/template/spec/topologySpreadConstraints/0/whenUnsatisfiable",
        "value": "DoNotSchedule",
    } in yaml.safe_load(patch["patch"])
    provisioner = the_container(of_kind("Deployment")["provisioner"])["env"]
    assert {"name": "SHENGJI_STREAM_REPLICAS", "value": "3"} in provisioner


@pytest.mark.parametrize(
    "path",
    ["deploy/compose/nats.conf", "deploy/k8s/base/nats.conf", "deploy/k8s/overlays/single-node/nats.conf"],
)
def test_every_nats_configuration_waits_for_the_disk_and_holds_no_password(path: str) -> None:
    text = (ROOT / path).read_text()
    assert "sync_interval: always" in text
    assert re.findall(r"password: (\S+),", text) == [
        f"${password_variable(user.name)}" for user in topology.USERS
    ]


def test_the_network_is_closed_but_for_the_ways_that_are_needed() -> None:
    policies = of_kind("NetworkPolicy")
    assert policies["deny-all"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}

    def names(policy: str) -> set[str]:
        [expression] = policies[policy]["spec"]["podSelector"]["matchExpressions"]
        return set(expression["values"])

    assert names("doors-accept") == {each.name for each in topology.PROCESSES if each.http != "none"}
    assert names("to-postgres") == {
        *(each.name for each in topology.PROCESSES if each.service),
        "provisioner",
    }
    assert names("to-nats") == {each.name for each in topology.PROCESSES if each.broker}
    [way] = policies["portal-to-gateway"]["spec"]["egress"]
    assert way["to"] == [{"podSelector": {"matchLabels": labels("gateway")}}]
    portal = {"app.kubernetes.io/name": "portal"}
    for name, policy in policies.items():
        selected = policy["spec"]["podSelector"].get("matchLabels", {}).items() >= portal.items()
        assert selected == (name == "portal-to-gateway"), "the portal reaches the gateway and nothing else"
    for policy in policies.values():
        for way in policy["spec"].get("egress", []):
            assert way["to"], f"{policy['metadata']['name']} doesn't name its destination"
        for way in policy["spec"].get("ingress", []):
            assert way["from"], f"{policy['metadata']['name']} doesn't name who may come"


def test_compose_runs_the_processes_of_the_topology() -> None:
    assert set(compose()) == {*NAMES, "postgres", "nats", "databases"}


@pytest.mark.parametrize("name", NAMES)
def test_a_container_runs_its_process_after_what_it_needs_with_its_own_secrets(name: str) -> None:
    process, container = topology.process(name), compose()[name]
    assert container["command"] == list(process.arguments)
    assert set(process.needs) | ({"nats"} if process.broker else set()) <= set(container["depends_on"])
    assert ("nats" in container["depends_on"]) == process.broker
    assert "/ready" in container["healthcheck"]["test"][-1]
    environment = container["environment"]
    assert environment.get("SHENGJI_NATS_USER") == (name if process.broker else None)
    assert set(parts.secret_variables(process)) <= set(environment)
    asked = set(re.findall(r"\$\{(\w+):\?", str(environment)))
    foreign = {password_variable(user) for user in NAMES if user != name} | {
        variable for variable in asked if "OWNER" in variable or "POSTGRES" in variable
    }
    assert not asked & foreign
    assert ("ports" in container) == (process.http != "none")
    assert all(port.startswith("127.0.0.1:") for port in container.get("ports", []))


def required() -> set[str]:
    """The variables without which compose doesn't start."""
    return set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))


def variables(file: Path) -> dict[str, str]:
    """Name → value of a .env file."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def test_the_env_file_has_every_variable_that_compose_requires(tmp_path: Path) -> None:
    secret_files.write_environment(tmp_path)
    assert set(variables(tmp_path / ".env")) == required()


def test_nobody_else_reads_the_env_file_and_the_signing_key_is_a_file_of_its_own(tmp_path: Path) -> None:
    secret_files.write_environment(tmp_path)
    for name in (".env", "token-signing-key.pem"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        ignored = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
        assert ignored.returncode == 0, f"git would take {name}"
    assert "PRIVATE KEY" not in (tmp_path / ".env").read_text()
    public = variables(tmp_path / ".env")["SHENGJI_JWT_PUBLIC_KEY"].strip('"').replace("\\n", "\n")
    token = token_for(tmp_path, role="province", signing_key=tmp_path / "token-signing-key.pem")
    assert jwt.decode(token, public, algorithms=["EdDSA"], audience="shengji")["role"] == "province"


def test_an_env_file_that_is_there_keeps_its_secrets_and_gets_what_is_new(tmp_path: Path) -> None:
    """517f57c wrote it readable for all, with the signing key in comments; a new release wants more passwords."""
    secret_files.write_environment(tmp_path)
    wanted, key = variables(tmp_path / ".env"), (tmp_path / "token-signing-key.pem").read_text()
    earlier = [f"{name}={value}" for name, value in wanted.items() if name != "SHENGJI_ENERGY_PASSWORD"]
    head = ["# Signs bearer tokens. Keep it where tokens are issued, and remove it here."]
    head += [f"# {line}" for line in key.strip().splitlines()]
    (tmp_path / "token-signing-key.pem").unlink()
    (tmp_path / ".env").write_text("\n".join(["SHENGJI_VERSION=7", *head, *earlier]) + "\n")
    (tmp_path / ".env").chmod(0o644)

    secret_files.write_environment(tmp_path)
    found = variables(tmp_path / ".env")
    assert found.pop("SHENGJI_ENERGY_PASSWORD") != wanted.pop("SHENGJI_ENERGY_PASSWORD")
    assert found == {**wanted, "SHENGJI_VERSION": "7"}
    assert (tmp_path / "token-signing-key.pem").read_text() == key
    assert "PRIVATE KEY" not in (tmp_path / ".env").read_text()
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    # The key has moved to where tokens are issued: no other is made, which the gateway would not know.
    (tmp_path / "token-signing-key.pem").unlink()
    before = (tmp_path / ".env").read_text()
    secret_files.write_environment(tmp_path)
    assert (tmp_path / ".env").read_text() == before
    assert not (tmp_path / "token-signing-key.pem").exists()


def test_every_overlay_stands_on_the_base_and_patches_what_is_there() -> None:
    known = {(each["kind"], each["metadata"]["name"]) for each in kubernetes()}
    kinds = {kind for kind, _ in known}
    overlays = sorted((ROOT / "deploy" / "k8s" / "overlays").glob("*/kustomization.yaml"))
    assert [path.parent.name for path in overlays] == ["production", "single-node"]
    for path in overlays:
        overlay = yaml.safe_load(path.read_text())
        assert [(path.parent / each).resolve() for each in overlay["resources"]] == [BASE]
        for patch in overlay["patches"]:
            target = patch["target"]
            assert (target["kind"], target["name"]) in known if "name" in target else target["kind"] in kinds
            assert yaml.safe_load(patch["patch"])


def test_the_image_has_every_package_that_a_process_imports() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE))
    needed = {process.module.split(".")[0] for process in topology.PROCESSES} | {"shared"}
    assert needed <= copied
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{package}" for package in copied} <= set(ignored)
