"""Requests about summonses of cities (约谈) after an appraisal; the answer is the appraisal."""

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from services.assessment.models import Reason, RegionCode, Words
from services.assessment.models_appraisals import Evidence, OfAppraisal

_OF: dict[str, Any] = {"plan": "fujian-2013", "year": 2013, "region": "350900"}
Office = Annotated[Words, Field(description="an office, never a name", examples=["市经贸委主要负责人"])]


class SummonCity(OfAppraisal):
    """Call a city in (约谈通知)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_OF,
                    "whom": "市经贸委主要负责人",
                    "by": "省经贸委",
                    "hold_on": "2014-04-10",
                    "evidence": "闽经贸投资〔2014〕112号",
                }
            ]
        }
    )
    region: RegionCode
    whom: Annotated[Office, Field(description="who is summoned: an office, never a name")]
    by: Annotated[Office, Field(description="by whom")]
    hold_on: Annotated[date, Field(description="when it is to be held")]
    evidence: Evidence
    reason: Annotated[
        Reason | None, Field(description="why, where the scheme doesn't ask for it; or why it is put off")
    ] = None


class HoldSummons(OfAppraisal):
    """Record that it was held, and what was agreed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_OF,
                    "held_on": "2014-04-10",
                    "agreed": "6月底前补报储备库",
                    "evidence": "约谈纪要〔2014〕1号",
                }
            ]
        }
    )
    region: RegionCode
    held_on: date
    agreed: Annotated[Words, Field(description="what the city has to do", examples=["6月底前补报储备库"])]
    report_due_on: Annotated[
        date | None, Field(description="for the city's report on its improvement; null: by the scheme's rule")
    ] = None
    evidence: Evidence


class LiftSummons(OfAppraisal):
    """Call it off (取消约谈)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "reason": "已完成整改"}]})
    region: RegionCode
    reason: Reason


class ReportImprovement(OfAppraisal):
    """Hand in the report on the improvement (整改报告)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OF, "evidence": "宁经贸〔2014〕35号"}]})
    region: RegionCode
    evidence: Evidence
