"""A copy of Fujian's plan, beside one of the country's folder, for tests that spoil it."""

import shutil
from pathlib import Path

from plans.loader import COMMON, HOME, Plan, load_folder
from plans.source import Fault, PlanError


def copied(into: Path) -> Path:
    """The copy's folder, into/fujian-2013; into/common stands beside it."""
    shutil.copytree(COMMON, into / "common")
    return Path(shutil.copytree(HOME / "fujian-2013", into / "fujian-2013"))


def place_of(folder: Path, file: str) -> Path:
    """Where a file stands: "common/…" beside the plan's folder."""
    return folder.parent / file if file.startswith("common/") else folder / file


def change(file: Path, old: str, new: str) -> int:
    """Replace the first `old` by `new`; the line on which it stood."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} doesn't say {old!r}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def loaded(folder: Path) -> Plan:
    """The plan of the copy. Raises PlanError."""
    return load_folder(folder, folder.parent / "common")


def faults(folder: Path) -> list[Fault]:
    """What is wrong with the copy; nothing: it loads."""
    try:
        loaded(folder)
    except PlanError as error:
        return error.faults
    return []
