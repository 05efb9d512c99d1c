"""`python -m deploy.manifests`: write the deployment files; `--check`: fail if one is not as it would be.

`--env`: write what is missing of compose's `.env`. `--secrets POSTGRES_URL`: print Kubernetes Secrets, with `--known`
keeping those that are there.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from deploy.manifests import compose, kubernetes, kubernetes_nats, kubernetes_network, secret_files
from deploy.manifests.parts import HEADER

ROOT = Path(__file__).parents[2]


def files() -> dict[str, str]:
    """Every generated file's content, by its path from the project's root."""
    base = "deploy/k8s/base"
    return {
        "docker-compose.yml": _yaml([compose.compose()]),
        "deploy/compose/nats.conf": compose.nats_conf(),
        f"{base}/kustomization.yaml": _yaml([kubernetes.kustomization()]),
        f"{base}/namespace.yaml": _yaml(kubernetes.namespace()),
        f"{base}/nats.yaml": _yaml(kubernetes_nats.nats()),
        f"{base}/nats.conf": kubernetes_nats.nats_conf(),
        f"{base}/processes.yaml": _yaml(kubernetes.processes()),
        f"{base}/network.yaml": _yaml(kubernetes_network.network()),
        "deploy/k8s/overlays/single-node/nats.conf": kubernetes_nats.single_nats_conf(),
    }


def drift(root: Path = ROOT) -> list[str]:
    """The generated files that are missing or different."""
    return [
        path
        for path, text in files().items()
        if not (root / path).exists() or (root / path).read_text("utf-8") != text
    ]


def write(root: Path = ROOT) -> None:
    """Write every file."""
    for path, text in files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m deploy.manifests", description="Deployment files.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="fail if a file is not as it would be written")
    choice.add_argument(
        "--env",
        nargs="?",
        type=Path,
        const=ROOT,
        metavar="FOLDER",
        help="write compose's .env, or what it lacks",
    )
    choice.add_argument("--secrets", metavar="POSTGRES_URL", help="print fresh secrets for Kubernetes")
    parser.add_argument(
        "--known",
        type=Path,
        metavar="FILE",
        help="with --secrets: the Secrets that are there (kubectl -n shengji get secrets -o yaml); they stay",
    )
    options = parser.parse_args()
    if options.env:
        for line in secret_files.write_environment(options.env):
            print(line)
    elif options.secrets:
        known = list(yaml.safe_load_all(options.known.read_text("utf-8"))) if options.known else []
        made = [*kubernetes.namespace(), *secret_files.kubernetes_secrets(options.secrets, known)]
        sys.stdout.write(yaml.safe_dump_all(made, sort_keys=False))
    elif options.check:
        different = drift()
        for path in different:
            print(f"{path} is not what deploy/topology.py says: run `make contracts`", file=sys.stderr)
        return 1 if different else 0
    else:
        write()
    return 0


class _Plain(yaml.SafeDumper):
    """Writes repeated values out instead of referring to the first."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(documents: Sequence[dict[str, Any]]) -> str:
    text = yaml.dump_all(documents, Dumper=_Plain, sort_keys=False, width=110, allow_unicode=True)
    return HEADER + text


if __name__ == "__main__":
    raise SystemExit(main())
