"""Who is invited to a signing ceremony: once by one region, and the last answer holds (PM-12, PM-18)."""

from dataclasses import replace
from datetime import date

from services.projects.domain.guest_list import AnswerInvitation, FirmInvited, InvitationAnswered, InviteFirm
from services.projects.domain.investor import InvestorCategory
from services.projects.events import GUEST_LIST
from tests.kit.spec import given

TODAY, MAY = date(2013, 6, 10), date(2013, 5, 20)
KNOWN_AS = (InvestorCategory.TOP_500_PRIVATE,)
INVITE = InviteFirm("618-2013", "F-1", "示例集团", "350100", MAY, "clerk", TODAY, KNOWN_AS)
INVITED = FirmInvited("618-2013", "F-1", "示例集团", "350100", MAY, "clerk", KNOWN_AS)
ANSWER = AnswerInvitation("618-2013", "F-1", True, date(2013, 6, 1), "clerk", TODAY)
COMES = InvitationAnswered("618-2013", "F-1", "350100", True, date(2013, 6, 1), "clerk")


def test_a_firm_is_invited_once_whoever_repeats_it() -> None:
    given(GUEST_LIST).when(INVITE).then(INVITED)
    given(GUEST_LIST, INVITED).when(replace(INVITE, on=TODAY, reported_by="other")).changes_nothing()
    given(GUEST_LIST, INVITED).when(replace(INVITE, region="350200")).rejects(
        "another name, region or kind", code="exists"
    )
    given(GUEST_LIST).when(replace(INVITE, on=date(2013, 6, 11))).rejects("has not come")


def test_the_last_answer_holds_and_a_refusal_has_a_reason() -> None:
    given(GUEST_LIST, INVITED).when(ANSWER).then(COMES)
    given(GUEST_LIST, INVITED, COMES).when(replace(ANSWER, on=TODAY)).changes_nothing()
    given(GUEST_LIST).when(ANSWER).rejects("not on the list", code="not-found")
    stays = replace(ANSWER, attends=False, on=TODAY)
    given(GUEST_LIST, INVITED, COMES).when(stays).rejects("Why", code="no-reason")
    away = replace(COMES, attends=False, on=TODAY, reason="另有日程")
    given(GUEST_LIST, INVITED, COMES).when(replace(stays, reason="另有日程")).then(away)
    early = replace(ANSWER, on=date(2013, 5, 1))
    given(GUEST_LIST, INVITED).when(early).rejects("before the invitation", code="before-invitation")
