"""What is wrong with a field is said in words: its form and an example, never the bare expression."""

import re
from typing import Annotated

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from deploy.contracts import SERVICES, served
from shared.rpc import invalid_fields


class Line(BaseModel):
    code: Annotated[str, Field(pattern=r"^\d{4}$", description="industry, GB/T 4754 code", examples=["2822"])]


class Ask(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"month": "2013-04"}]})

    month: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}$", description="month (月份)")
    lines: list[Line] = []
    as_of: AwareDatetime | None = None


@pytest.mark.parametrize(
    ("sent", "where", "why"),
    [
        ({"month": "2013年4月"}, "month", ["month (月份)", "'2013-04'"]),
        ({"lines": [{"code": "x"}]}, "lines.0.code", ["industry, GB/T 4754 code", "'2822'"]),
        ({"as_of": "2013-05-01"}, "as_of", ["2013-05-01T00:00:00+08:00", "%2B"]),
        ({"as_of": "2013-05-01T00:00:00"}, "as_of", ["offset"]),
        ({"as_of": "yesterday"}, "as_of", ["offset"]),
    ],
)
def test_a_field_says_how_it_is_written(sent: dict[str, object], where: str, why: list[str]) -> None:
    with pytest.raises(ValidationError) as wrong:
        Ask.model_validate(sent)
    problem = invalid_fields(wrong.value, Ask)
    assert problem.where == where
    for part in why:
        assert part in problem.detail
    assert "^" not in problem.detail


@pytest.mark.parametrize("service", SERVICES)
def test_no_operation_answers_with_its_expression(service: str) -> None:
    """Each text of each operation that has a pattern, with something that doesn't fit it."""
    for operation in served(service).all():
        schema = operation.accepts.json_schema()
        for name, field in schema.get("properties", {}).items():
            options = [field, *field.get("anyOf", [])]
            if not any("pattern" in option for option in options):
                continue
            try:
                operation.accepts.validate_python({name: "\N{SNOWMAN} \N{SNOWMAN}"})
            except ValidationError as wrong:
                told = invalid_fields(wrong, operation.request)
            else:
                continue  # its pattern takes it
            mine = [each["why"] for each in told.errors or [] if each["where"].startswith(name)]
            assert not [why for why in mine if re.search(r"pattern|\^|\\d", why)], (
                operation.name,
                name,
                mine,
            )
