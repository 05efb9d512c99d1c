"""The committed contracts are what the code says; the tool that keeps them so does what it says."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy import contracts

MEND = f"mend with `{contracts.MEND}`"


@pytest.mark.parametrize("service", contracts.SERVICES)
def test_a_services_contracts_are_what_its_code_says(service: str) -> None:
    assert [str(each) for each in contracts.drift(contracts.generated(service))] == [], MEND


def test_the_public_api_is_what_the_gateways_routes_say() -> None:
    document = {contracts.HOME / contracts.GATEWAY / "openapi.json": contracts.openapi()}
    assert [str(each) for each in contracts.drift(document)] == [], MEND


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for contracts, of this test alone."""
    made = tmp_path / "shared" / "contracts"
    monkeypatch.setattr(contracts, "HOME", made)
    return made


def test_check_names_every_kind_of_drift_and_the_command_that_mends_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert contracts.main(["assessment"]) == 0
    assert contracts.main(["assessment", "--check"]) == 0
    folder = home / "assessment"
    (folder / "operations.json").write_text("{}\n", "utf-8")
    (folder / "TargetSet.v1.schema.json").unlink()
    (folder / "TargetMoved.v1.schema.json").write_text("{}\n", "utf-8")
    (folder / "TargetSet.v2.schema.json").write_text("{}\n", "utf-8")
    capsys.readouterr()
    assert contracts.main(["assessment", "--check"]) == 1
    said = capsys.readouterr().out
    for line in (
        "assessment/operations.json: changed",
        "assessment/TargetSet.v1.schema.json: missing",
        "assessment/TargetMoved.v1.schema.json: stale",
        "assessment/TargetSet.v2.schema.json: stale",
        contracts.MEND,
    ):
        assert line in said
    assert contracts.main(["assessment"]) == 0
    assert contracts.main(["assessment", "--check"]) == 0
    assert not (folder / "TargetMoved.v1.schema.json").exists()


def test_schemas_of_earlier_versions_stay(home: Path) -> None:
    schema: dict[str, Any] = {"$defs": {}}
    kept = home / "x" / "Thing.v1.schema.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}", "utf-8")
    newest = {home / "x" / "Thing.v2.schema.json": schema}
    assert [each.kind for each in contracts.write(newest)] == ["missing"]
    assert kept.exists()
    assert list(contracts.drift(newest)) == []


@pytest.mark.parametrize(
    ("properties", "required", "why"),
    [
        ({"a": {"type": "string"}}, ["a"], ["Thing.b is gone"]),
        ({"a": {"type": "string"}, "b": {"type": "string"}}, ["a"], ["Thing.b is of another type"]),
        ({"a": {"type": "string"}, "b": {"type": "integer"}}, ["a", "b"], ["Thing.b is required now"]),
        (
            {"a": {"type": "string", "description": "said better"}, "b": {"type": "integer"}, "c": {}},
            ["a"],
            [],
        ),
    ],
)
def test_within_a_version_only_optional_additions(
    home: Path, properties: dict[str, Any], required: list[str], why: list[str]
) -> None:
    path = home / "x" / "Thing.v1.schema.json"
    before = {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a"]}
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"$defs": {"Thing": before}}), "utf-8")
    after = {"$defs": {"Thing": {"properties": properties, "required": required}}}
    assert contracts.breaks(path, after) == [f"Thing.v1.schema.json: {each}" for each in why]


def test_a_break_is_not_written_unless_that_version_was_never_deployed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contracts.main(["assessment"])
    path = home / "assessment" / "TargetSet.v1.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    schema["$defs"]["TargetSet"]["properties"]["quota"] = {"type": "string"}
    path.write_text(json.dumps(schema), "utf-8")
    committed = path.read_text("utf-8")
    capsys.readouterr()
    assert contracts.main(["assessment"]) == 1
    assert "TargetSet.quota is gone" in capsys.readouterr().out
    assert path.read_text("utf-8") == committed
    assert contracts.main(["assessment", "--break"]) == 0
    assert contracts.main(["assessment", "--check"]) == 0


def test_an_unknown_service_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        contracts.main(["weather"])
    assert "no such service: weather" in capsys.readouterr().err
