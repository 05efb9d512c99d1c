"""`python -m deploy.local.clean`: remove the data folder, unless a system runs on it."""

import shutil
import sys

from deploy.local.folder import DataFolder
from deploy.local.process import StartError
from deploy.local.settings import LocalSettings
from deploy.local.supervisor import stop_leftovers

# What the runner itself puts there; a folder with anything else isn't its own.
_OURS = {"anchors", "backups", "demo", "imports", "logs", "nats", "postgres", "postgres.new", "run", "traces"}
_OURS |= {"secrets.json", "secrets.new"}


def clean(folder: DataFolder) -> str:
    """Remove the folder; what was done, in words. Raises StartError if it is in use or holds other things."""
    if not folder.root.exists():
        return f"{folder.root} is not there: nothing to remove."
    foreign = sorted(path.name for path in folder.root.iterdir() if path.name not in _OURS)
    if foreign:
        raise StartError(
            "clean the data folder",
            f"{folder.root} also holds {', '.join(foreign[:5])}: move that away first",
        )
    folder.lock()
    try:
        stop_leftovers(folder.children)
        shutil.rmtree(folder.root)
    finally:
        folder.unlock()
    return f"{folder.root} is removed: the next run starts from nothing."


def main() -> int:
    """For `make clean-data`."""
    try:
        print(clean(DataFolder(LocalSettings.from_environment().data)))
    except (StartError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
