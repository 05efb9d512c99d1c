"""The release before this one, as it was: `previous.tar.xz` holds the code that runs (no tests, no documents).

It is kept here and not taken out of git's history, because a clone may have none. After a release, make it anew from
that release's commit: `python -m tests.upgrades.previous COMMIT` (docs/runbook.md, "Upgrade").
"""

import lzma
import subprocess
import sys
import tarfile
from pathlib import Path

ARCHIVE = Path(__file__).with_name("previous.tar.xz")
PACKAGES = ("services", "shared", "deploy", "plans")


def unpack(folder: Path) -> Path:
    """The previous release's packages, below `folder`: put it on PYTHONPATH to run them."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def commit() -> str:
    """The commit that the archive was made from."""
    with tarfile.open(ARCHIVE) as archive:
        return archive.pax_headers["comment"]


def renew(revision: str) -> None:
    """Write the archive anew from a commit of this repository. Raises CalledProcessError where there is none."""
    found = _git("rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()
    ARCHIVE.write_bytes(lzma.compress(_git("archive", found, *PACKAGES), preset=9 | lzma.PRESET_EXTREME))


def _git(*arguments: str) -> bytes:
    return subprocess.run(
        ["git", *arguments], check=True, stdout=subprocess.PIPE, cwd=ARCHIVE.parents[2]
    ).stdout


if __name__ == "__main__":
    renew(sys.argv[1])
    print(f"{ARCHIVE.name}: {commit()}")
