"""Documents (月通报, 季调度): draft → reviewed → issued, frozen then; a correction is a new issue with differences."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.projects.common.words import WORDS, word
from services.projects.documents.decisions import (
    DOCUMENT,
    Corrected,
    DiscardDocument,
    DraftDocument,
    IssueDocument,
    Numbered,
    RedraftDocument,
    ReviewDocument,
    Taken,
    differences,
)
from services.projects.documents.facts import (
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
)
from services.projects.problems.facts import Level, ProblemKind
from services.projects.projects.stages.facts import Stage
from shared.command import Given
from tests.kit.spec import given

DAY = date(2013, 3, 15)


def snapshot(value: str | None = "4820000000", on: date = DAY) -> Snapshot:
    known = None if value is None else Decimal(value)
    figures = (Figure("investment", "in_period", "CNY", "350100", value=known),)
    return Snapshot(on, (Position("projects", 412),), figures)


def taken(**changes: object) -> Taken:
    known = {"today": DAY, "by": "p-author", "snapshot": snapshot()}
    return Taken(**{**known, **changes})  # type: ignore[arg-type]


DRAFT = DraftDocument(document="B-1", kind="monthly_bulletin", period="2013-02", remarks=("进度正常。",))
DRAFTED = DocumentDrafted(
    document="B-1",
    kind="monthly_bulletin",
    period="2013-02",
    snapshot=snapshot(),
    remarks=("进度正常。",),
    drafted_by="p-author",
)
REVIEWED = DocumentReviewed(document="B-1", on=DAY, reviewed_by="p-other", note="")
ISSUED = DocumentIssued(
    document="B-1",
    kind="monthly_bulletin",
    period="2013-02",
    region="350000",
    year=2013,
    number=3,
    label="〔2013〕第3期",
    on=DAY,
    issued_by="p-other",
)
AUTHOR, OTHER = Given(today=DAY, by="p-author"), Given(today=DAY, by="p-other")
THIRD = Numbered(today=DAY, by="p-other", region="350000", number=3)
PASS = ReviewDocument(document="B-1", outcome="passed")
RETURN = ReviewDocument(document="B-1", outcome="returned", note="缺厦门")
REDRAFT = RedraftDocument(document="B-1")
ISSUE = IssueDocument(document="B-1")
DISCARD = DiscardDocument(document="B-1", reason="期别有误")


def at(*history: DocumentEvent):
    return given(DOCUMENT, *history)


def test_a_draft_is_reviewed_by_another_and_issued_with_its_number() -> None:
    at().when(DRAFT, taken()).then(DRAFTED)
    at(DRAFTED).when(PASS, OTHER).then(REVIEWED)
    at(DRAFTED, REVIEWED).when(ISSUE, THIRD).then(ISSUED)


def test_nothing_is_issued_unreviewed_and_nobody_reviews_an_own_draft() -> None:
    at(DRAFTED).when(ISSUE, THIRD).rejects("has not been reviewed")
    at(DRAFTED).when(PASS, AUTHOR).rejects("doesn't review it")


def test_a_period_must_be_over_and_has_one_document_of_a_kind() -> None:
    at().when(DRAFT, taken(snapshot=snapshot(on=date(2013, 2, 27)))).rejects("is not over")
    last = snapshot(on=date(2013, 2, 28))
    at().when(DRAFT, taken(snapshot=last)).then(replace(DRAFTED, snapshot=last))
    at().when(DRAFT, taken(other="B-0")).rejects("B-0 is the monthly_bulletin of 2013-02 already")


def test_a_bulletin_is_of_a_month_and_a_dispatch_of_a_quarter() -> None:
    at().when(replace(DRAFT, period="2013-Q1"), taken()).rejects("of a month", code="wrong-period")
    at().when(replace(DRAFT, kind="quarterly_dispatch"), taken()).rejects("of a month", code="wrong-period")
    dispatch = replace(DRAFT, kind="quarterly_dispatch", period="2012-Q4")
    at().when(dispatch, taken()).then(replace(DRAFTED, kind="quarterly_dispatch", period="2012-Q4"))


def test_a_returned_draft_is_drafted_anew_and_a_reviewed_one_is_not() -> None:
    returned = DocumentReturned(document="B-1", on=DAY, reviewed_by="p-other", reason="缺厦门")
    at(DRAFTED, REVIEWED).when(RETURN, OTHER).then(returned)
    at(DRAFTED, REVIEWED).when(replace(RETURN, note=""), OTHER).rejects("says why", code="reason-missing")
    now = taken(snapshot=snapshot("1"))
    anew = DocumentRedrafted(document="B-1", snapshot=snapshot("1"), remarks=(), drafted_by="p-author")
    at(DRAFTED, REVIEWED, returned).when(REDRAFT, now).then(anew)
    at(DRAFTED, REVIEWED).when(REDRAFT, now).rejects("has been reviewed as it is")
    at(DRAFTED, REVIEWED, returned).when(ISSUE, THIRD).rejects("has not been reviewed")


def test_what_is_issued_stays_as_it_is() -> None:
    history = (DRAFTED, REVIEWED, ISSUED)
    for command, known in ((REDRAFT, taken()), (PASS, OTHER), (DISCARD, OTHER)):
        at(*history).when(command, known).rejects("stays as it is")
    at(*history).when(ISSUE, THIRD).changes_nothing()


def test_a_correction_is_a_new_issue_with_the_differences() -> None:
    corrected = Corrected("B-1", "monthly_bulletin", "2013-02", "issued", snapshot())
    command = replace(DRAFT, document="B-2", corrects="B-1", reason="永泰县补报")
    at().when(command, taken(snapshot=snapshot("4910000000"), corrected=corrected)).then(
        replace(
            DRAFTED,
            document="B-2",
            snapshot=snapshot("4910000000"),
            corrects="B-1",
            reason="永泰县补报",
            differences=(
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
    def known(**changes: object) -> Taken:
        said = {"document": "B-1", "kind": "monthly_bulletin", "period": "2013-02", "standing": "issued"}
        return taken(corrected=Corrected(**{**said, "snapshot": snapshot(), **changes}))  # type: ignore[arg-type]

    correction = replace(DRAFT, corrects="B-1", reason="x")
    for changes, why in (
        ({"standing": "draft"}, "has not been issued"),
        ({"newer": "B-2"}, "corrected by B-2 already"),
        ({"period": "2013-01"}, "same kind and period"),
    ):
        at().when(correction, known(**changes)).rejects(why)
    at().when(replace(correction, reason=None), known()).rejects("says why")


def test_a_discarded_draft_never_goes_out() -> None:
    discarded = DocumentDiscarded(document="B-1", on=DAY, reason="期别有误")
    at(DRAFTED).when(DISCARD, OTHER).then(discarded)
    at(DRAFTED, discarded).when(replace(DISCARD, reason="again"), OTHER).changes_nothing()
    at(DRAFTED, discarded).when(ISSUE, THIRD).rejects("has been discarded")
    at().when(ISSUE, THIRD).rejects("no such document")


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
