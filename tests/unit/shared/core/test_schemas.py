"""A service's schemas stand once each by name; one name is one schema."""

import json
import re
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel, TypeAdapter, create_model

from deploy import contracts
from shared.rpc import Operations
from shared.rpc.schemas import Schemas, TwoSchemas, resolved, used


class Place(BaseModel):
    """Where."""

    code: str


class Ask(BaseModel):
    """A question, about a place perhaps."""

    place: Place | None = None


class Person(BaseModel):
    """Who, and under whom."""

    name: str
    superior: "Person | None" = None


class Told(BaseModel):
    """An answer."""

    place: Place
    people: list[Person]


ASK, TOLD = TypeAdapter[Any](Ask), TypeAdapter[Any](Told)


def elsewhere(name: str, **fields: Any) -> Any:
    """A class of another module."""
    made: Any = create_model(name, __module__="things.elsewhere", **fields)
    return made


def test_what_several_operations_use_stands_once_and_is_referred_to() -> None:
    schemas = Schemas()
    first = schemas.add("one", ASK, TOLD)
    assert schemas.add("two", ASK, TOLD) == first == ({"$ref": "#/schemas/Ask"}, {"$ref": "#/schemas/Told"})
    found = schemas.by_name()
    assert list(found) == ["Ask", "Person", "Place", "Told"]
    assert found["Told"]["properties"]["place"] == {"$ref": "#/schemas/Place"}


def test_the_references_hold_for_any_reader_of_json_schema() -> None:
    schemas = Schemas()
    _, answer = schemas.add("one", ASK, TOLD)
    reader = jsonschema.Draft202012Validator({**answer, "schemas": schemas.by_name()})
    chief = {"name": "b", "superior": None}
    reader.validate({"place": {"code": "1"}, "people": [{"name": "a", "superior": chief}]})
    assert not reader.is_valid({"place": {"code": "1"}, "people": [{"superior": chief}]})


def test_resolved_and_used_follow_references_also_of_what_refers_to_itself() -> None:
    schemas = Schemas()
    asked, answer = schemas.add("one", ASK, TOLD)
    found = schemas.by_name()
    assert resolved(found, asked) is found["Ask"]
    assert resolved(found, {"type": "string"}) == {"type": "string"}
    assert used(found, asked) == {name: found[name] for name in ("Ask", "Place")}
    assert used(found, answer) == {name: found[name] for name in ("Told", "Place", "Person")}
    assert used(found, {"type": "string"}) == {}
    with pytest.raises(KeyError, match="Gone"):
        used(found, {"$ref": "#/schemas/Gone"})


def test_two_schemas_of_one_name_are_refused_with_the_classes_and_operations_of_both() -> None:
    schemas = Schemas()
    schemas.add("list-things", ASK, TOLD)
    other = elsewhere("Told", place=(elsewhere("Place", town=int), ...))
    both = "Place would stand for different schemas: {} in list-things; things.elsewhere.Place in why."
    with pytest.raises(TwoSchemas, match=re.escape(both.format(f"{__name__}.Place"))):
        schemas.add("why", TypeAdapter(Person), TypeAdapter(other))


@pytest.mark.parametrize("request_", [Ask, Person], ids=["Place-Input", "module__Place"])
def test_two_classes_of_one_name_within_one_operation_are_refused_too(request_: type[Any]) -> None:
    """pydantic would name both by itself: by their modules, or by who has it where each has one."""
    other = elsewhere("Place", town=int)
    answer = elsewhere("Answer", here=(other, ...), **({"there": (Place, ...)} if request_ is Person else {}))
    both = "Place would stand for different schemas: {} in why; things.elsewhere.Place in why."
    with pytest.raises(TwoSchemas, match=re.escape(both.format(f"{__name__}.Place"))):
        Schemas().add("why", TypeAdapter(request_), TypeAdapter(answer))


def test_a_class_whose_answers_look_otherwise_than_its_requests_has_two_names() -> None:
    """An amount may be a number in a request, and is a text in an answer."""
    schemas = Schemas()
    asked, answer = schemas.add("one", ASK, ASK)
    assert (asked, answer) == ({"$ref": "#/schemas/Ask"}, {"$ref": "#/schemas/Ask"})
    counted: Any = elsewhere("Count", least=(Decimal, Decimal(0)))
    asked, answer = schemas.add("two", TypeAdapter(counted), TypeAdapter(counted))
    assert (asked, answer) == ({"$ref": "#/schemas/Count-Input"}, {"$ref": "#/schemas/Count-Output"})


def test_two_classes_that_say_the_same_are_one_schema() -> None:
    schemas = Schemas()
    schemas.add("one", ASK, TOLD)
    same = elsewhere("Place", code=str, __doc__="Where.")
    schemas.add("two", TypeAdapter(same), TOLD)
    assert list(schemas.by_name()) == ["Ask", "Person", "Place", "Told"]


def test_the_tool_says_it_and_writes_nothing(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ops = Operations("assessment")
    for name, answer in (("one", Told), ("two", elsewhere("Told", why=str))):
        ops.query(name, request=Ask, response=answer, summary="")(lambda call, body: None)  # type: ignore[arg-type,return-value]
    monkeypatch.setattr(contracts, "HOME", tmp_path / "shared" / "contracts")
    monkeypatch.setattr(contracts, "served", lambda service: ops)
    for arguments in (["assessment"], ["assessment", "--check"]):
        assert contracts.main(arguments) == 1
        assert "things.elsewhere.Told in two" in capsys.readouterr().out
    assert not (tmp_path / "shared").exists()


def test_a_committed_contract_has_no_schema_that_nothing_uses() -> None:
    for service in contracts.SERVICES:
        document = json.loads((contracts.HOME / service / "operations.json").read_text("utf-8"))
        roots = [each[side] for each in document["operations"].values() for side in ("request", "response")]
        assert used(document["schemas"], *roots).keys() == document["schemas"].keys()
