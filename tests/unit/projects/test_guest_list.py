"""Who is invited to a signing ceremony: once by one region, and the last answer holds (PM-12, PM-18)."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.projects.ceremonies.guests.decisions import GUEST_LIST, AnswerInvitation, InviteFirm
from services.projects.ceremonies.guests.facts import FirmInvited, InvitationAnswered
from services.projects.common.investor import InvestorCategory
from shared.command import Given
from tests.kit.spec import given

TODAY, MAY, JUNE = date(2013, 6, 10), date(2013, 5, 20), date(2013, 6, 1)
CLERK = Given(today=TODAY, by="clerk")
KNOWN_AS = (InvestorCategory.TOP_500_PRIVATE,)
FIRM: dict[str, Any] = {"ceremony": "618-2013", "firm": "F-1"}
INVITE = InviteFirm(**FIRM, name="示例集团", region="350100", categories=KNOWN_AS * 2, on=MAY)
INVITED = FirmInvited(
    **FIRM, name="示例集团", region="350100", categories=KNOWN_AS, on=MAY, reported_by="clerk"
)
ANSWER = AnswerInvitation(**FIRM, attends=True, on=JUNE)
COMES = InvitationAnswered(**FIRM, region="350100", attends=True, on=JUNE, reported_by="clerk")


def test_a_firm_is_invited_once_whoever_repeats_it() -> None:
    given(GUEST_LIST).when(INVITE, CLERK).then(INVITED)
    given(GUEST_LIST, INVITED).when(replace(INVITE, on=None, reported_by="other"), CLERK).changes_nothing()
    given(GUEST_LIST, INVITED).when(replace(INVITE, region="350200"), CLERK).rejects(
        "another name, region or kind", code="exists"
    )
    given(GUEST_LIST).when(replace(INVITE, on=date(2013, 6, 11)), CLERK).rejects("has not come")


def test_the_last_answer_holds_and_a_refusal_has_a_reason() -> None:
    given(GUEST_LIST, INVITED).when(ANSWER, CLERK).then(COMES)
    given(GUEST_LIST, INVITED, COMES).when(replace(ANSWER, on=TODAY), CLERK).changes_nothing()
    given(GUEST_LIST).when(ANSWER, CLERK).rejects("not on the list", code="not-found")
    stays = replace(ANSWER, attends=False, on=TODAY)
    given(GUEST_LIST, INVITED, COMES).when(stays, CLERK).rejects("Why", code="no-reason")
    away = replace(COMES, attends=False, on=TODAY, reason="另有日程")
    given(GUEST_LIST, INVITED, COMES).when(replace(stays, reason="另有日程"), CLERK).then(away)
    early = replace(ANSWER, on=date(2013, 5, 1))
    given(GUEST_LIST, INVITED).when(early, CLERK).rejects("before the invitation", code="before-invitation")
