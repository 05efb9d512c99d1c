"""docker-compose.yml on this machine: where there is a Docker engine its image is built and everything started.

Where there is none, initdb runs with exactly the arguments of the file, and the runbook's first command makes .env.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from deploy.local.postgres import binaries
from deploy.local.rights import unprivileged
from deploy.manifests import secret_files
from tests.kit.servers import server_folder

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
# As docker.io/postgres sets them; the entry point runs initdb in them.
ENTRY_POINT = {"LANG": "en_US.utf8", "PATH": os.defpath}


def engine() -> str | None:
    """Why the image can't be built here; None if it can."""
    if shutil.which("docker") is None:
        return "there is no docker on this machine"
    for words in (["info"], ["compose", "version"]):
        asked = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
        if asked.returncode:
            return f"docker {words[0]}: {asked.stderr.strip().splitlines()[0]}"
    return None


def initdb(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run initdb as the image's entry point does, as a user that may."""
    rights = unprivileged(binaries(), folder.parent)
    folder.mkdir(mode=0o700)
    if rights is not None:
        os.chown(folder, rights.uid, rights.gid)
    return subprocess.run(
        [binaries() / "initdb", "--username=postgres", "-D", folder, *arguments, "--auth=trust", "--no-sync"],
        env=ENTRY_POINT,
        preexec_fn=rights.take if rights else None,
        capture_output=True,
        text=True,
        check=False,
    )


def test_initdb_takes_the_arguments_of_the_compose_file() -> None:
    arguments = shlex.split(COMPOSE["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"])
    with server_folder("initdb") as folder:
        made = initdb(folder / "cluster", arguments)
        assert made.returncode == 0, made.stderr
        assert (folder / "cluster" / "PG_VERSION").exists()
        # As 517f57c had them: this machine finds the fault, too.
        refused = initdb(folder / "without", [each for each in arguments if "encoding" not in each])
        assert refused.returncode != 0


def test_the_first_commands_of_the_runbook_work(tmp_path: Path) -> None:
    section = (
        (ROOT / "docs/runbook.md").read_text("utf-8").partition("\n## On servers\n")[2].partition("\n## ")[0]
    )
    row = next(line for line in section.splitlines() if line.startswith("| Docker"))
    install, secrets, start = re.findall(r"`((?:make|\.venv|docker)[^`]*)`", row)[:3]
    assert subprocess.run([*shlex.split(install), "--dry-run"], cwd=ROOT, check=False).returncode == 0
    words = shlex.split(secrets)
    made = subprocess.run([ROOT / words[0], *words[1:], str(tmp_path)], cwd=ROOT, check=False)
    assert made.returncode == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == [".env", "token-signing-key.pem"]
    assert start == "docker compose up --build"


@pytest.mark.timeout(1800)
@pytest.mark.skipif(engine() is not None, reason=f"the image can't be built here: {engine()}")
def test_the_image_is_built_and_everything_gets_healthy(tmp_path: Path) -> None:
    secret_files.write_environment(tmp_path)
    settings = tmp_path / ".env"
    settings.write_text(settings.read_text() + "SHENGJI_GATEWAY_PORT=0\nSHENGJI_INTAKE_PORT=0\n")
    compose = ["docker", "compose", "-p", f"shengji-test-{os.getpid()}", "--env-file", str(settings)]

    def run(*words: str) -> str:
        done = subprocess.run([*compose, *words], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-4000:]
        return done.stdout

    try:
        run("up", "--build", "--detach", "--wait", "--wait-timeout", "600")
        healthy = run("ps", "--status", "running", "--services").split()
        assert set(healthy) == set(COMPOSE["services"]) - {"databases"}
    finally:
        run("down", "--volumes", "--timeout", "30")
