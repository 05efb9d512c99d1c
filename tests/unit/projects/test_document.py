"""Documents (月通报, 季调度): draft → reviewed → issued, frozen then; a correction is a new issue with differences."""

from datetime import date
from decimal import Decimal

from services.projects.domain import document, document_decisions
from services.projects.domain.document import (
    Difference,
    DocumentDiscarded,
    DocumentDrafted,
    DocumentEvent,
    DocumentIssued,
    DocumentRedrafted,
    DocumentReturned,
    DocumentReviewed,
    Figure,
    Position,
    Snapshot,
    differences,
)
from services.projects.domain.document_decisions import (
    Corrected,
    DiscardDocument,
    DraftDocument,
    IssueDocument,
    RedraftDocument,
    ReviewDocument,
)
from services.projects.domain.escalation import Level
from services.projects.domain.project_problem import ProblemKind
from services.projects.domain.stages import Stage
from services.projects.views.words import WORDS, word
from shared.decider import Decider
from tests.kit.spec import given

DOCUMENT = Decider(document.INITIAL, document_decisions.decide, document.evolve)
DAY = date(2013, 3, 15)


def snapshot(value: str | None = "4820000000", on: date = DAY) -> Snapshot:
    known = None if value is None else Decimal(value)
    figures = (Figure("investment", "in_period", "CNY", "350100", value=known),)
    return Snapshot(on, (Position("projects", 412),), figures)


def draft(**changes: object) -> DraftDocument:
    known = {"document": "B-1", "kind": "monthly_bulletin", "period": "2013-02", "remarks": ("进度正常。",)}
    return DraftDocument(**{**known, "snapshot": snapshot(), "by": "p-author", **changes})  # type: ignore[arg-type]


DRAFTED = DocumentDrafted("B-1", "monthly_bulletin", "2013-02", snapshot(), ("进度正常。",), "p-author")
REVIEWED = DocumentReviewed("B-1", DAY, "p-other", "")
ISSUED = DocumentIssued(
    "B-1", "monthly_bulletin", "2013-02", "350000", 2013, 3, "〔2013〕第3期", DAY, "p-other"
)
PASS = ReviewDocument(True, "", "p-other", DAY)
ISSUE = IssueDocument("350000", 3, "p-other", DAY)


def at(*history: DocumentEvent):
    return given(DOCUMENT, *history)


def test_a_draft_is_reviewed_by_another_and_issued_with_its_number() -> None:
    at().when(draft()).then(DRAFTED)
    at(DRAFTED).when(PASS).then(REVIEWED)
    at(DRAFTED, REVIEWED).when(ISSUE).then(ISSUED)


def test_nothing_is_issued_unreviewed_and_nobody_reviews_an_own_draft() -> None:
    at(DRAFTED).when(ISSUE).rejects("has not been reviewed")
    at(DRAFTED).when(ReviewDocument(True, "", "p-author", DAY)).rejects("doesn't review it")


def test_a_period_must_be_over_and_has_one_document_of_a_kind() -> None:
    at().when(draft(snapshot=snapshot(on=date(2013, 2, 27)))).rejects("is not over")
    at().when(draft(snapshot=snapshot(on=date(2013, 2, 28)))).then(
        DocumentDrafted(
            "B-1",
            "monthly_bulletin",
            "2013-02",
            snapshot(on=date(2013, 2, 28)),
            ("进度正常。",),
            "p-author",
        )
    )
    at().when(draft(other="B-0")).rejects("B-0 is the monthly_bulletin of 2013-02 already")


def test_a_returned_draft_is_drafted_anew_and_a_reviewed_one_is_not() -> None:
    returned = DocumentReturned("B-1", DAY, "p-other", "缺厦门")
    at(DRAFTED, REVIEWED).when(ReviewDocument(False, "缺厦门", "p-other", DAY)).then(returned)
    again = RedraftDocument(snapshot("1"), (), "p-author")
    at(DRAFTED, REVIEWED, returned).when(again).then(DocumentRedrafted("B-1", snapshot("1"), (), "p-author"))
    at(DRAFTED, REVIEWED).when(again).rejects("has been reviewed as it is")
    at(DRAFTED, REVIEWED, returned).when(ISSUE).rejects("has not been reviewed")


def test_what_is_issued_stays_as_it_is() -> None:
    history = (DRAFTED, REVIEWED, ISSUED)
    for command in (RedraftDocument(snapshot("1"), (), "p"), PASS, DiscardDocument("x", DAY)):
        at(*history).when(command).rejects("stays as it is")
    at(*history).when(ISSUE).changes_nothing()


def test_a_correction_is_a_new_issue_with_the_differences() -> None:
    corrected = Corrected("B-1", "monthly_bulletin", "2013-02", "issued", snapshot())
    command = draft(document="B-2", snapshot=snapshot("4910000000"), corrected=corrected, reason="永泰县补报")
    at().when(command).then(
        DocumentDrafted(
            "B-2",
            "monthly_bulletin",
            "2013-02",
            snapshot("4910000000"),
            ("进度正常。",),
            "p-author",
            "B-1",
            "永泰县补报",
            (
                Difference(
                    "investment",
                    "in_period",
                    "CNY",
                    "350100",
                    None,
                    Decimal(4_820_000_000),
                    Decimal(4_910_000_000),
                ),
            ),
        )
    )


def test_only_the_newest_issued_document_of_the_period_is_corrected_and_with_a_reason() -> None:
    def corrected(**changes: object) -> Corrected:
        known = {"document": "B-1", "kind": "monthly_bulletin", "period": "2013-02", "standing": "issued"}
        return Corrected(**{**known, "snapshot": snapshot(), **changes})  # type: ignore[arg-type]

    for changes, why in (
        ({"standing": "draft"}, "has not been issued"),
        ({"newer": "B-2"}, "corrected by B-2 already"),
        ({"period": "2013-01"}, "same kind and period"),
    ):
        at().when(draft(corrected=corrected(**changes), reason="x")).rejects(why)
    at().when(draft(corrected=corrected())).rejects("says why")


def test_a_discarded_draft_never_goes_out() -> None:
    discarded = DocumentDiscarded("B-1", DAY, "期别有误")
    at(DRAFTED).when(DiscardDocument("期别有误", DAY)).then(discarded)
    at(DRAFTED, discarded).when(DiscardDocument("again", DAY)).changes_nothing()
    at(DRAFTED, discarded).when(ISSUE).rejects("has been discarded")
    at().when(ISSUE).rejects("no such document")


def test_a_figure_that_was_missing_and_one_that_is_gone_are_differences() -> None:
    was = (
        Figure("a", "m", "count", "1", value=None),
        Figure("a", "m", "count", "2", value=Decimal(2)),
        Figure("a", "m", "count", "3", value=Decimal("3.0")),
    )
    now = (Figure("a", "m", "count", "1", value=Decimal(0)), Figure("a", "m", "count", "3", value=Decimal(3)))
    assert [(each.region, each.before, each.after) for each in differences(was, now)] == [
        ("1", None, Decimal(0)),
        ("2", Decimal(2), None),
    ]


def test_every_stage_kind_and_level_has_its_words() -> None:
    codes = [*Stage, *ProblemKind, *Level]
    assert [code for code in codes if code.value not in WORDS] == []
    assert word("county/land") == ("县级/土地", "county/land")
    assert word("TR-12") == ("TR-12", "TR-12")
