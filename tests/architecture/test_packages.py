"""Every folder of services with Python files is a package: import contracts of `pyproject.toml` see packages only."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOADED_BY_PATH = "migrations"
"""Alembic loads these files by their paths; nothing imports them, and no contract is about them."""
FOLDERS = sorted({path.parent for path in (ROOT / "services").rglob("*.py")})


def test_there_are_features_within_features() -> None:
    assert ROOT / "services" / "projects" / "funds" / "awards" in FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_folder_with_python_files_is_a_package(folder: Path) -> None:
    assert folder.name == LOADED_BY_PATH or (folder / "__init__.py").is_file()
