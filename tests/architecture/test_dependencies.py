"""What we depend on: fixed by hash, from one kind of place, installed as locked, under licences that we may use.

Whether a version has a known weakness can't be asked without the network; docs/security.md says how to ask.
"""

import importlib.metadata
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
OTHERS = [package for package in LOCK["package"] if package["name"] != "shengji"]

SOURCE_ONLY = {"nkeys"}
"""Published as source alone: small, without a build step of its own, and fixed by its hash like the others."""

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PostgreSQL",
    "PSF-2.0",
    "Zlib",
}
# What older packages say in words, as SPDX names it.
IN_WORDS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}


def installed() -> dict[str, importlib.metadata.Distribution]:
    return {
        canonicalize_name(each.metadata["Name"]): each
        for each in importlib.metadata.distributions()
        if each.metadata["Name"]
    }


def licences(found: importlib.metadata.Distribution) -> set[str]:
    """The SPDX names of a distribution's licences; what it says otherwise stays as it is."""
    if "License-Expression" in found.metadata:
        expression = found.metadata["License-Expression"]
        return set(re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", expression)) - {""}
    words = [
        line.rpartition(" :: ")[2]
        for line in found.metadata.get_all("Classifier") or []
        if line.startswith("License ::") and line != "License :: OSI Approved"
    ] or [(" ".join(found.metadata.get_all("License") or []) or "says nothing").strip().splitlines()[0]]
    return {IN_WORDS.get(word.lower(), word) for word in words}


def test_every_package_comes_from_the_registry_and_every_file_has_its_hash() -> None:
    assert len(OTHERS) > 50
    for package in OTHERS:
        assert set(package["source"]) == {"registry"}, f"{package['name']} comes from {package['source']}"
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, package["name"]
        for file in files:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file.get("hash", "")), package["name"]


def test_what_is_installed_is_what_is_locked() -> None:
    locked: dict[str, set[str]] = {}
    for package in OTHERS:
        locked.setdefault(package["name"], set()).add(package["version"])
    wrong = {
        name: each.version
        for name, each in installed().items()
        if name not in ("shengji", "pip", "setuptools") and each.version not in locked.get(name, set())
    }
    assert wrong == {}


def test_every_licence_is_one_that_we_may_use() -> None:
    strange = {
        name: sorted(said - ALLOWED)
        for name, each in installed().items()
        if name != "shengji" and (said := licences(each)) - ALLOWED - {"DFSG approved"}
    }
    assert strange == {}


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_what_runs_has_wheels_so_that_nobodys_setup_script_runs(platform: str) -> None:
    """A source distribution runs its own code at installation; a wheel doesn't."""
    here = {"sys_platform": platform, "python_full_version": "3.11.7", "python_version": "3.11"}
    only_source = {
        package["name"]
        for package in OTHERS
        if not package.get("wheels")
        and all(Marker(each).evaluate(here) for each in package.get("resolution-markers", []))
    }
    assert only_source == SOURCE_ONLY
