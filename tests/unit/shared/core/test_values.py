"""A limit that can't hold is found when the check is built, not when the first wrong value has passed."""

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.command import command
from shared.rpc import invalid_fields
from shared.values import Checked, Exact, Json, Many, Number, Says, Text, Time

Name = Annotated[str, Text(max_length=3, pattern="^[a-z]*$", description="name", example="abc")]


@command(example={"name": "abc"})
class Order:
    """Something is ordered."""

    name: Annotated[Name, Says(description="of what")]
    pieces: Annotated[int, Number(ge=0, le=9)] = 0
    parts: Annotated[tuple[Name, ...], Many(max_length=2)] = ()
    note: Name | None = None


def test_limits_hold_and_are_documented() -> None:
    accepts = TypeAdapter(Order)
    made = accepts.validate_python({"name": "a", "parts": ["b"]})
    assert made == Order(name="a", parts=("b",))
    wrong = (
        ("name", "abcd"),
        ("name", "A"),
        ("pieces", -1),
        ("parts", ["a"] * 3),
        ("note", "abcd"),
        ("x", 1),
    )
    for field, value in wrong:
        with pytest.raises(ValidationError) as refused:
            accepts.validate_python({"name": "a", field: value})
        assert [each["loc"][0] for each in refused.value.errors()] == [field]
    said = accepts.json_schema()
    assert (said["description"], said["examples"]) == ("Something is ordered.", [{"name": "abc"}])
    assert (said["additionalProperties"], said["required"]) == (False, ["name"])
    name = said["properties"]["name"]
    assert (name["description"], name["examples"], name["maxLength"]) == ("of what", ["abc"], 3)
    assert said["properties"]["pieces"]["minimum"] == 0


def test_a_value_of_two_forms_has_two_examples() -> None:
    kind = Annotated[str, Text(max_length=5, examples=("2822", "C2822"))]
    assert TypeAdapter(kind).json_schema()["examples"] == ["2822", "C2822"]


@pytest.mark.parametrize("kind", [Annotated[str | None, Text(max_length=3)], Annotated[str, Number(ge=1)]])
def test_a_limit_in_the_wrong_place_is_an_error(kind: Any) -> None:
    with pytest.raises(TypeError, match="limit nothing"):
        TypeAdapter(kind)


def test_a_misspelt_limit_is_an_error() -> None:
    with pytest.raises(TypeError, match="max_lenght"):
        Text(max_lenght=3)  # type: ignore[call-arg]


def test_a_field_that_is_not_known_is_refused_in_the_words_of_every_request() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Order).validate_python({"name": "a", "nmae": "b"})
    assert invalid_fields(refused.value, Order).errors == [
        {"where": "nmae", "why": "Extra inputs are not permitted"}
    ]


def _in_utc(moment: datetime) -> datetime:
    if moment.microsecond:
        raise ValueError("whole seconds")
    return moment.astimezone(UTC)


def test_a_moment_says_its_offset_and_is_brought_into_its_form() -> None:
    accepts = TypeAdapter(Annotated[datetime, Time(tz_constraint="aware"), Checked(check=_in_utc)])
    made = accepts.validate_python("2013-01-15T08:00:00+08:00")
    assert (made, made.tzinfo) == (datetime(2013, 1, 15, tzinfo=UTC), UTC)
    for wrong, why in (("2013-01-15T08:00:00", "timezone"), ("2013-01-15T08:00:00.5Z", "whole seconds")):
        with pytest.raises(ValidationError, match=why):
            accepts.validate_python(wrong)


def test_a_limit_holds_on_a_value_that_others_have_checked_already() -> None:
    exact = Annotated[Decimal, Exact(decimal_places=1)]
    accepts = TypeAdapter(Annotated[exact, Number(gt=0)])
    assert accepts.validate_python("1.5") == Decimal("1.5")
    with pytest.raises(ValidationError, match="greater than 0"):
        accepts.validate_python(0)
    assert accepts.json_schema()["anyOf"][0]["exclusiveMinimum"] == 0


@command(called={"start": "from"})
class Rule:
    """A rule whose parameters are up to its reader."""

    start: int
    parameters: Annotated[dict[str, Annotated[Any, Json()]], Many(max_length=1)] = dataclasses.field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        if self.start < 0:
            raise ValueError("a rule starts at 0")


def test_a_request_may_call_a_field_by_a_word_that_python_has_taken() -> None:
    accepts = TypeAdapter(Rule)
    nested = {"from": 1, "parameters": {"days": [1, {"x": None}]}}
    assert accepts.validate_python(nested) == Rule(start=1, parameters={"days": [1, {"x": None}]})
    wrong = ({"start": 1}, {"from": 1, "parameters": {"a": 1, "b": 2}}, {"from": 1, "parameters": {"a": {1}}})
    for said in (*wrong, {"from": -1}):
        with pytest.raises(ValidationError):
            accepts.validate_python(said)
    assert accepts.json_schema()["properties"]["parameters"]["maxProperties"] == 1
