"""AreaTree: who covers whom, on which day."""

from dataclasses import asdict, dataclass
from datetime import date

import pytest

from shared.areas import Area, AreaTree, Relation


def area(code: str, parent: str | None, level: str = "town", *more: Relation) -> Area:
    parents = (Relation("parent", parent),) if parent else ()
    return Area(code, code.title(), level, (*parents, *more))


TREE = AreaTree(
    [
        area("land", None, "land"),
        area("north", "land", "shire"),
        area("south", "land", "shire"),
        area("hill", "north"),
        area("dale", "south"),
        # An isle of two masters: of the land for ever, and of the north for some years.
        area("isle", "land", "isle", Relation("part_of", "north", date(2010, 1, 1), date(2012, 12, 31))),
    ]
)


@pytest.mark.parametrize(
    ("ancestor", "code", "expected"),
    [
        ("hill", "hill", True),
        ("north", "hill", True),
        ("land", "hill", True),
        ("south", "hill", False),
        ("hill", "north", False),
        ("land", "nowhere", False),
        ("nowhere", "land", False),
        ("nowhere", "nowhere", True),
    ],
)
def test_an_area_covers_itself_and_what_lies_under_it(ancestor: str, code: str, expected: bool) -> None:
    assert TREE.covers(ancestor, code) is expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2009, 12, 31), False),
        (date(2010, 1, 1), True),
        (date(2012, 12, 31), True),
        (date(2013, 1, 1), False),
        (None, True),
    ],
)
def test_a_relation_holds_on_its_days_both_ends_included(on: date | None, expected: bool) -> None:
    assert TREE.covers("north", "isle", on) is expected
    assert TREE.covers("land", "isle", on)
    assert ("isle" in [child.code for child in TREE.children("north", on=on)]) is expected


def test_children_come_in_order_of_code_and_of_a_level() -> None:
    assert [child.code for child in TREE.children("land")] == ["isle", "north", "south"]
    assert [child.code for child in TREE.children("land", "shire")] == ["north", "south"]
    assert TREE.children("hill") == TREE.children("nowhere") == []


def test_everything_covered_is_listed_sorted_and_nothing_for_an_unknown_code() -> None:
    assert TREE.covered_by("north") == ["hill", "isle", "north"]
    assert TREE.covered_by("north", date(2013, 1, 1)) == ["hill", "north"]
    assert TREE.covered_by("nowhere") == []


def test_areas_that_name_each_other_as_parents_end_the_search() -> None:
    ring = AreaTree([area("a", "b"), area("b", "a")])
    assert ring.covers("a", "b")
    assert not ring.covers("c", "a")


def test_look_ups() -> None:
    found = TREE.get("isle")
    assert found is not None
    assert found.name == "Isle"
    assert TREE.get("nowhere") is None
    assert "isle" in TREE
    assert "nowhere" not in TREE
    assert len(TREE) == len(TREE.all()) == 6


@dataclass(frozen=True)
class _Place:
    code: str
    name: str
    level: str
    parent: str | None = None
    administered: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    relations: tuple[Relation, ...] = ()


def test_a_domain_s_regions_and_the_rows_they_are_stored_in_make_one_tree():
    places = [
        _Place("land", "Land", "land"),
        _Place("north", "North", "shire", "land", valid_to=date(2012, 12, 31)),
        _Place(
            "isle",
            "Isle",
            "isle",
            "land",
            administered=False,
            relations=(Relation("part_of", "north", date(2010, 1, 1), date(2012, 12, 31)),),
        ),
    ]
    rows = [asdict(place) for place in places]
    rows[2]["relations"] = [
        {"kind": "part_of", "to": "north", "valid_from": "2010-01-01", "valid_to": "2012-12-31"}
    ]
    rows[1]["valid_to"] = "2012-12-31"
    made, read = AreaTree.of(places), AreaTree.read(rows)
    assert made.all() == read.all()
    assert made.covers("north", "isle", date(2011, 5, 1))
    assert not read.covers("north", "isle", date(2013, 1, 1))
    assert AreaTree.read([{"code": "land", "name": "Land", "level": "land"}]).all() == made.all()[:1]
