"""`shared/` is mechanism: no word of the business may stand in its code.

A service's event or rule that leaks into the mechanism would tie every service to it.
"""

import re
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
# "meter" and "reading" are left out: telemetry has meters, and everything is read.
BUSINESS = re.compile(
    r"(\btce\b|\bcoal\b|meter_id|enterprise|\bcit(y|ies)\b|\bcount(y|ies)\b|province|fujian|\bregion"
    r"|investment|programme|kwh|subsid|key_user|renovation|readings?_(worker|intake))",
    re.IGNORECASE,
)

SPEAKS = {"unknown_region.py"}
"""The one refusal that every service gives in the same words, and that names what it refuses."""


@pytest.mark.parametrize(
    "path",
    sorted(each for each in SHARED.rglob("*.py") if each.name not in SPEAKS),
    ids=lambda path: path.name,
)
def test_no_business_word(path: Path) -> None:
    found = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if BUSINESS.search(line)
    ]
    assert not found, f"{path.name} speaks of the business:\n" + "\n".join(found)


def test_the_check_itself_finds_something() -> None:
    assert BUSINESS.search("sum of tce by enterprise")
    assert not BUSINESS.search("a stream and its consumer")
