"""What may be asked of a project's content (项目), and what only the server knows of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from services.projects.common.investor import FocusSector, Investor, InvestorCategory, InvestorKind
from services.projects.common.values import (
    Confirmed,
    Money,
    ProgrammeCode,
    ProjectId,
    RegionCode,
    ReportedBy,
    SeenVersion,
    ShortText,
    TagCode,
)
from services.projects.projects.given import WithCare
from services.projects.projects.registers.decisions import RegisterMembership
from services.projects.projects.stages.decisions.commands import PastStepIn
from shared.command import command
from shared.values import Exact, Many, Says, Text

Industry = Annotated[str, Text(pattern=r"^[A-Z]?\d{2,4}$")]
Total = Annotated[Decimal, Exact(ge=0, gt=0, max_digits=18, decimal_places=2, description="CNY (yuan)")]
Removable = Literal["enterprise", "enterprise_name", "investor", "focus_sector", "bank_loan"]


@command()
class InvestorIn:
    """Who brings the money of a matched project (三维对接)."""

    kind: Annotated[InvestorKind, Says(description="central_soe 央企, private 民企, foreign 外资")]
    name: Annotated[ShortText, Says(description="name of the investing enterprise", example="示例集团")]
    categories: Annotated[
        tuple[InvestorCategory, ...],
        Many(max_length=7, description="what it is known as; several are possible (PM-1, PM-8)"),
    ] = ()
    origin: Annotated[
        Annotated[str, Text(pattern=r"^(\d{6}|[A-Z]{2})$")] | None,
        Says(description="its province (GB/T 2260) or country (ISO 3166); null: not known", example="330000"),
    ] = None


@command(
    example={
        "project": "FZ-2013-017",
        "name": "年产20万吨差别化纤维技改项目",
        "region": "350181",
        "enterprise": "E-0042",
        "industry": "2822",
        "total_investment": "120000000",
        "equipment_investment": "83500000",
        "programmes": ["TR"],
        "registers": [{"register": "city_key", "valid_from": "2013-01-15"}],
        "planned_on": "2013-01-10",
        "evidence": "榕经贸技改〔2013〕12号",
    }
)
class RegisterProject:
    """A project (项目) to be known: a renovation, or one matched with an investor."""

    project: Annotated[
        ProjectId | None,
        Says(description="id of your choice; without it one is made from the Idempotency-Key"),
    ] = None
    name: Annotated[ShortText, Says(description="name (项目名称)")]
    region: Annotated[RegionCode, Says(description="county or city it lies in")]
    industry: Annotated[Industry, Says(description="industry, GB/T 4754 code", examples=("2822", "C2822"))]
    total_investment: Annotated[Total, Says(description="total investment (总投资), CNY (yuan)")]
    equipment_investment: Annotated[Money, Says(description="equipment part of it (设备投资), CNY (yuan)")]
    enterprise: Annotated[ProjectId | None, Says(description="enterprise id, if registered")] = None
    enterprise_name: Annotated[ShortText | None, Says(description="enterprise name")] = None
    programmes: Annotated[
        tuple[Annotated[str, Text(pattern=r"^[A-Z]{2}$")], ...],
        Many(min_length=1, max_length=10, description="the plan's programmes that it belongs to (X-9)"),
    ] = ("TR",)
    registers: Annotated[
        tuple[RegisterMembership, ...],
        Many(max_length=20, description="registers it stands in, with dates (X-22)"),
    ] = ()
    tags: Annotated[
        tuple[TagCode, ...],
        Many(max_length=30, description="what it counts for in its programmes, once each (X-9)"),
    ] = ()
    investor: Annotated[
        InvestorIn | None,
        Says(description="who invests, for a matched project (三维对接): it then needs its contract"),
    ] = None
    focus_sector: Annotated[FocusSector | None, Says(description="sector that matching looks for (PM-7)")] = (
        None
    )
    bank_loan: Annotated[Money | None, Says(description="bank loan (银行贷款) planned, CNY (yuan)")] = None
    history: Annotated[
        tuple[PastStepIn, ...],
        Many(max_length=20, description="the steps it took before, in order, each with its evidence"),
    ] = ()
    confirmed: Annotated[
        bool, Says(description="the amounts are right although they look unusual (see confirm-amount)")
    ] = False
    planned_on: Annotated[date | None, Says(description="day of its planning (策划); without it today")] = (
        None
    )
    evidence: Annotated[str, Text(max_length=200, description="reference of the document behind it")] = ""
    reported_by: ReportedBy = None


@command(
    example={
        "project": "FZ-2013-017",
        "version": 1,
        "total_investment": "125000000",
        "reason": "概算调整",
    }
)
class ChangeProject:
    """What is known of a project changes. A field left out stays as it is; `remove` names what is to go."""

    project: ProjectId
    version: SeenVersion = None
    reason: Annotated[ShortText, Says(description="why it changes")]
    name: Annotated[ShortText | None, Says(description="name (项目名称)")] = None
    industry: Annotated[Industry | None, Says(description="industry, GB/T 4754 code", example="2822")] = None
    total_investment: Annotated[Total | None, Says(description="total investment, CNY (yuan)")] = None
    equipment_investment: Annotated[Money | None, Says(description="equipment part, CNY (yuan)")] = None
    bank_loan: Annotated[Money | None, Says(description="bank loan planned, CNY (yuan)")] = None
    enterprise: Annotated[ProjectId | None, Says(description="enterprise id")] = None
    enterprise_name: Annotated[ShortText | None, Says(description="enterprise name")] = None
    programmes: Annotated[
        Annotated[tuple[ProgrammeCode, ...], Many(min_length=1, max_length=10)] | None,
        Says(description="all programmes it belongs to"),
    ] = None
    tags: Annotated[
        Annotated[tuple[TagCode, ...], Many(max_length=30)] | None, Says(description="all tags it carries")
    ] = None
    investor: Annotated[InvestorIn | None, Says(description="who invests")] = None
    focus_sector: Annotated[FocusSector | None, Says(description="sector that matching looks for (PM-7)")] = (
        None
    )
    remove: Annotated[
        tuple[Removable, ...],
        Many(max_length=5, description="what the project has not, after all", example=["bank_loan"]),
    ] = ()
    since: Annotated[
        date | None,
        Says(
            description="the day from which it is so; without it today. Figures are judged in their own period: "
            "what was so in December, and is said in January, needs its day",
            example="2013-12-20",
        ),
    ] = None
    confirmed: Confirmed = False
    reported_by: ReportedBy = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registering(WithCare):
    """Every programme and tag that a project counts for, and its investor as the rules of the day mark it."""

    programmes: tuple[str, ...]
    tags: tuple[str, ...]
    investor: Investor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing(WithCare):
    """The same of a change; None: it stays as it is."""

    programmes: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    investor: Investor | None = None
