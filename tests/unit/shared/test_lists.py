"""Cursors are typed, and whatever isn't one of theirs has the one answer."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql

from shared import lists
from shared.problems import Problem

_TABLE = Table(
    "thing",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("many", Integer),
    Column("position", BigInteger),
    Column("on", Date),
    Column("at", DateTime(timezone=True)),
    Column("amount", Numeric(20, 2)),
    Column("alias", Text),
)
_T = _TABLE.c
_OTHER = Table("other", _TABLE.metadata, Column("name", Text, primary_key=True))


@dataclass
class Asked:
    limit: int
    cursor: str | None = None


def coded(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "part",
    [
        "FZ-2013-017",
        "福州 ",
        "",
        -3,
        2**40,
        True,
        date(2013, 4, 30),
        datetime(2013, 4, 30, 16, 30, tzinfo=UTC),
        Decimal("1234567890123.45"),
        Decimal("-1"),
        ["TR", "EI"],
        [],
    ],
)
def test_a_key_comes_back_as_it_was(part: Any) -> None:
    (read,) = lists.read(lists.write(part), type(part))
    assert (read, type(read)) == (part, type(part))


@pytest.mark.parametrize(
    ("cursor", "kinds"),
    [
        ("x", (str,)),
        ("é", (str,)),
        ("W" * 2999, (str,)),
        (coded(), (str,)),
        (coded("a", "b"), (str,)),
        (coded("a"), (str, str)),
        (coded(["a"]), (str,)),
        (coded(None), (str,)),
        (coded(1.5), (str,)),
        (coded("a\0b"), (str,)),
        (coded("\ud800"), (str,)),
        (coded("1e3"), (int,)),
        (coded("٣"), (int,)),
        (coded(10**19), (int,)),
        (coded("9" * 400), (int,)),
        (coded("NaN"), (Decimal,)),
        (coded("1e9"), (Decimal,)),
        (coded("9" * 99), (Decimal,)),
        (coded("yes"), (bool,)),
        (coded("2013-02-30"), (date,)),
        (coded("2013-02-28T00:00:00"), (datetime,)),
        (coded("0001-01-01T00:00:00+14:00"), (datetime,)),
        (base64.urlsafe_b64encode(b"[" * 9000).decode(), (str,)),
    ],
)
def test_what_is_no_cursor_is_told_so(cursor: str, kinds: tuple[type, ...]) -> None:
    with pytest.raises(Problem) as refused:
        lists.read(cursor, *kinds)
    assert (refused.value.status, refused.value.code, refused.value.where) == (422, "bad-cursor", "cursor")


def test_numbers_of_an_earlier_release_are_read() -> None:
    assert lists.read(coded("fujian-2013", 5, "TR-6"), str, int, str) == ["fujian-2013", 5, "TR-6"]


def told(order: lists.Order, cursor: str) -> str:
    made = order.after(cursor).compile(
        dialect=postgresql.dialect(),
        compile_kwargs={"literal_binds": True},
    )
    return " ".join(str(made).split())


def test_one_direction_is_one_comparison_that_an_index_serves() -> None:
    cursor = lists.write(date(2013, 4, 30), "a")
    assert told(lists.Order(_T.on, _T.name), cursor) == "(thing.\"on\", thing.name) > ('2013-04-30', 'a')"
    assert told(lists.Order(lists.down(_T.on), lists.down(_T.name)), cursor).count("<") == 1
    assert told(lists.Order(_T.name), lists.write("a")) == "thing.name > 'a'"


def test_two_directions_are_compared_key_by_key() -> None:
    order = lists.Order(lists.down(_T.on), _T.name)
    assert told(order, lists.write(date(2013, 4, 30), "a")) == (
        "thing.\"on\" < '2013-04-30' OR thing.\"on\" = '2013-04-30' AND thing.name > 'a'"
    )
    assert [str(each) for each in order.columns] == ['thing."on" DESC', "thing.name"]


@pytest.mark.parametrize(("column", "largest"), [(_T.many, 2**31 - 1), (_T.position, 2**63 - 1)])
def test_a_number_that_its_column_cannot_hold_is_no_cursor(column: Any, largest: int) -> None:
    assert str(largest) in told(lists.Order(column), coded(largest))
    with pytest.raises(Problem, match="bad-cursor"):
        lists.Order(column).after(coded(largest + 1))


def test_a_cursor_of_another_order_of_the_list_is_told_so() -> None:
    by_name = lists.Order(func.coalesce(_T.alias, literal_column("''")), _T.name, named=("alias", "asc"))
    assert "coalesce(thing.alias, '')" in told(by_name, lists.write("alias", "asc", "x", "y"))
    with pytest.raises(Problem, match="another order"):
        by_name.after(lists.write("alias", "desc", "x", "y"))
    with pytest.raises(Problem, match="bad-cursor"):
        by_name.after(lists.write("x", "y"))


def test_a_list_in_memory_has_pages_too() -> None:
    items = [("a", 1), ("a", 2), ("b", 1)]
    seen, cursor = [], None
    while True:
        page = lists.among(items, Asked(2, cursor), lambda item: item, str, int)
        seen.append(list(page.rows))
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [[("a", 1), ("a", 2)], [("b", 1)]]
    assert lists.among(items, Asked(9, ""), lambda item: item, str, int).rows == items


def test_a_key_that_is_null_is_a_fault_of_the_list() -> None:
    with pytest.raises(TypeError):
        lists.write(None)


def test_a_key_without_a_type_is_a_fault_of_the_list() -> None:
    with pytest.raises(TypeError):
        lists.Order(literal_column("now()"))


class Statements:
    """A connection that keeps the one statement it is given."""

    async def execute(self, statement: Any) -> Any:
        self.told = " ".join(str(statement).split())
        return self

    def one(self) -> Any:
        return self

    @property
    def _mapping(self) -> dict[str, Any]:
        return {}


async def test_a_bare_count_is_of_the_list_s_own_table() -> None:
    conn = Statements()
    await lists.totals(conn, select(_TABLE).where(_T.many > 1), count=func.count())  # type: ignore[arg-type]
    assert "FROM thing WHERE thing.many" in conn.told
    joined = select(_TABLE).select_from(_TABLE.outerjoin(_OTHER, _T.name == _OTHER.c.name))
    await lists.totals(conn, joined, count=func.count())  # type: ignore[arg-type]
    assert conn.told.endswith("FROM thing LEFT OUTER JOIN other ON thing.name = other.name")
