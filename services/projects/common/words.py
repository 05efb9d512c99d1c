"""The words that people use for our codes, Chinese and English: one table for every document."""

from typing import NamedTuple


class Word(NamedTuple):
    """A term of the field in both languages."""

    zh: str
    en: str


WORDS: dict[str, Word] = {
    # measures of a document
    "in_period": Word("本期完成投资", "completed in the period"),
    "year_to_date": Word("本年累计完成投资", "completed this year"),
    "target_of_year": Word("全年目标", "target of the year"),
    "share_of_target": Word("完成全年目标", "share of the target"),
    "months_missing": Word("缺报月数", "months missing"),
    "projects": Word("项目数", "projects"),
    "total_investment": Word("总投资", "total investment"),
    "received": Word("按时报送", "received"),
    "late": Word("逾期报送", "late"),
    "missing": Word("缺报", "missing"),
    "waived": Word("豁免", "waived"),
    "periods_missing_in_a_row": Word("连续缺报期数", "periods missing in a row"),
    "consequence_lifted": Word("已撤销通报的缺报期数", "periods of consequences lifted"),
    "dropped_by_rule": Word("移出项目数", "projects taken out"),
    "open": Word("未办结", "open"),
    "major": Word("其中重大问题", "of these major ones"),
    # stages of a project
    "planned": Word("策划", "planned"),
    "pre_reported": Word("预报", "pre-reported"),
    "pre_reviewed": Word("预审", "pre-reviewed"),
    "negotiating": Word("洽谈", "negotiating"),
    "intent_signed": Word("签订意向", "intent signed"),
    "agreement_signed": Word("签订协议", "agreement signed"),
    "contract_signed": Word("签订合同", "contract signed"),
    "filed": Word("备案", "filed"),
    "approved": Word("核准", "approved"),
    "started": Word("开工", "started"),
    "partly_producing": Word("部分投产", "partly producing"),
    "producing": Word("投产", "producing"),
    "accepted": Word("验收", "accepted"),
    "tracking_ended": Word("退出跟踪", "tracking ended"),
    "suspended": Word("停滞", "suspended"),
    "resumed": Word("复工", "resumed"),
    "terminated": Word("终止", "terminated"),
    "formally_ended": Word("正式终止", "formally ended"),
    # tiers of the reserve library
    "reserve_county": Word("县级储备库", "county reserve library"),
    "reserve_city": Word("市级储备库", "city reserve library"),
    "reserve_provincial": Word("省级储备库", "provincial reserve library"),
    # levels, and kinds of problems
    "county": Word("县级", "county"),
    "city": Word("市级", "city"),
    "province": Word("省级", "province"),
    "land": Word("土地", "land"),
    "environment": Word("环境", "environment"),
    "funds": Word("资金", "funds"),
    "permits": Word("审批", "permits"),
    "power": Word("用电", "power"),
    "water": Word("用水", "water"),
    "labour": Word("用工", "labour"),
    "transport": Word("交通", "transport"),
    "technology": Word("技术", "technology"),
    "market": Word("市场", "market"),
    "other": Word("其他", "other"),
    # programmes
    "TR": Word("企业技术改造", "technology renovation"),
    "PM": Word("项目对接", "project matching"),
    "EI": Word("战略性新兴产业", "strategic emerging industries"),
    "EN": Word("行业对标与节能降耗", "benchmarking and energy saving"),
    "IN": Word("创新驱动", "innovation"),
    "DI": Word("“两化”深度融合", "integration of informatization and industrialization"),
}
"""The words for each code; a code that isn't listed (such as a duty's plan row) is shown as it is."""


def word(code: str) -> Word:
    """The words for a code, or for codes with a slash between them: "county/land" is 县级/土地."""
    parts = [WORDS.get(part, Word(part, part)) for part in code.split("/")]
    return Word("/".join(part.zh for part in parts), "/".join(part.en for part in parts))
