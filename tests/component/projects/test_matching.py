"""A matched project through the service: pre-report, joint pre-review, signing list, on-stage signing."""

from typing import Any

from tests.component.projects.conftest import FUQING, FUZHOU, PROVINCE, XIAMEN, Service, local

INVESTOR = {"kind": "private", "name": "示例集团", "categories": ["top_500_private"], "origin": "330000"}


async def matched(service: Service, project: str = "P-1", **changes: Any) -> Any:
    """Register a matched project of 5.6 亿元 in Fuqing."""
    return await service.project(
        project,
        name="锂离子动力电池生产线",
        total_investment="560000000",
        equipment_investment="310000000",
        programmes=["PM"],
        tags=["tr_relocation"],
        investor=INVESTOR,
        focus_sector="strategic_emerging",
        **changes,
    )


async def step(service: Service, stage: str, on: str, **more: Any) -> Any:
    body = {"project": "P-1", "stage": stage, "on": on, "evidence": f"{stage}号", **more}
    return await service.ask(FUZHOU, "reach-stage", **body)


async def test_a_matched_project_has_its_investor_and_its_tags_programmes(service: Service) -> None:
    made = await matched(service)
    assert made["investor"] == {
        **INVESTOR,
        "eastern": True,
        "department": "economic_trade_commission",
    }
    assert (made["programmes"], made["tags"], made["version"]) == (["PM", "TR"], ["tr_relocation"], 1)
    listed = await service.ask(FUZHOU, "list-projects", tag="tr_relocation", investor_kind="private")
    assert [item["investor"] for item in listed["items"]] == [made["investor"]]
    assert (await service.ask(FUZHOU, "list-projects", investor_kind="foreign"))["items"] == []
    problem = await service.refused(FUZHOU, "change-project", project="P-1", tags=["no_such"], reason="x")
    assert (problem.code, problem.where) == ("unknown-tag", "tags")


async def test_from_the_pre_report_to_the_signing_on_stage(service: Service) -> None:
    await matched(service)
    service.clock.set(local(2013, 2, 20))
    await step(service, "pre_reported", "2013-02-01")
    review = await service.ask(FUQING, "get-pre-review", project="P-1")
    assert (review["due_on"], len(review["departments"])) == ("2013-02-11", 6)
    assert review["overdue"] == review["departments"]
    overdue = await service.ask(FUZHOU, "list-pre-reviews", standing="overdue")
    assert [(item["project"], item["days_overdue"]) for item in overdue["items"]] == [("P-1", 9)]
    assert (await service.ask(XIAMEN, "list-pre-reviews", standing="overdue"))["items"] == []

    for department in review["departments"]:
        opinion = {"project": "P-1", "department": department, "view": "agrees", "evidence": "同意"}
        assert (await service.refused(FUZHOU, "give-opinion", **opinion)).status == 403
        await service.ask(PROVINCE, "give-opinion", **opinion)
    await service.ask(PROVINCE, "conclude-pre-review", project="P-1", result="passed", evidence="9号")
    passed = await service.ask(PROVINCE, "list-pre-reviews", standing="passed")
    assert [(item["project"], item["missing"]) for item in passed["items"]] == [("P-1", [])]

    service.clock.set(local(2013, 6, 18))
    await step(service, "negotiating", "2013-03-01")
    listed = {"project": "P-1", "ceremony": "618-2013"}
    signing = {"stage": "contract_signed", "on": "2013-06-18", "amount": "560000000", "ceremony": "618-2013"}
    problem = await service.refused(FUZHOU, "reach-stage", project="P-1", evidence="合同", **signing)
    assert problem.code == "not-on-the-list"
    recommend = {**listed, "contract": "contract_signed", "amount": "560000000"}
    await service.ask(FUZHOU, "recommend-signing", **recommend)
    assert (await service.refused(FUZHOU, "audit-signing", **listed, approved=True)).status == 403
    await service.ask(PROVINCE, "audit-signing", **listed, approved=True)
    await service.ask(FUZHOU, "reach-stage", project="P-1", evidence="合同", **signing)

    page = await service.ask(PROVINCE, "list-signings", ceremony="618-2013", standing="signed")
    assert (page["projects"], page["amount"], page["items"][0]["signed_on"]) == (
        1,
        "560000000.00",
        "2013-06-18",
    )
    types = [event.type for event in await service.events()][-5:]
    assert types == [
        "ProjectStageReached",
        "ProjectStageReached",
        "SigningRecommended",
        "SigningAudited",
        "ProjectStageReached",
    ]
    right = {"project": "P-1", "step": 5, "on": "2013-06-17", "amount": "550000000", "reason": "补正"}
    await service.ask(FUZHOU, "correct-stage", **right)
    page = await service.ask(PROVINCE, "list-signings", ceremony="618-2013", standing="signed")
    signed = page["items"][0]
    assert (signed["signed_on"], signed["signed_amount"], signed["amount"], page["amount"]) == (
        "2013-06-17",
        "550000000.00",
        "560000000.00",
        "550000000.00",
    )
    summary = await service.ask(PROVINCE, "summarise-ceremony", ceremony="618-2013")
    fuzhou = next(item for item in summary["items"] if item["region"] == "350100")
    assert (fuzhou["signed"], fuzhou["signed_amount"]) == (1, "550000000.00")
    wrong = {"project": "P-1", "step": 5, "remove": "step", "reason": "not signed after all"}
    await service.ask(FUZHOU, "correct-stage", **wrong)
    page = await service.ask(PROVINCE, "list-signings", ceremony="618-2013", standing="signed")
    assert (page["projects"], page["amount"]) == (0, "0.00")


async def test_a_pre_report_before_the_rule_is_refused(service: Service) -> None:
    await matched(service)
    service.clock.set(local(2013, 2, 20))
    body = {"project": "P-1", "stage": "pre_reported", "on": "2013-01-20", "evidence": "1号"}
    assert (await service.refused(FUZHOU, "reach-stage", **body)).code == "no-rule"
