"""What a project may be counted for, by name: the words that rules and the read-model share."""

KNOWN = "project:known"  # registered and not ended
TRACKED = "project:tracked"  # 跟踪: from the registration until acceptance or the end
UNDERWAY = "project:underway"  # 组织实施, 在建: from the start until acceptance or the end
BUILT = "project:built"  # 已建成: producing, and not accepted yet
IN_COHORT = (
    "project:in_cohort"  # 合同项目: a contract counts in its year until the project is formally ended
)
SAVING_EXPECTED = "project:saving_expected"  # 节能量: what it should save in a year, tce
SAVING_VERIFIED = "project:saving_verified"  # 核定节能量: what it was found to save
LISTED = "project:listed"  # 名录, 储备库: in a register
TAGGED = "project:tagged"  # that a tag was given: an award, an investment of a fund


def reached(stage: str) -> str:
    """The mark of the day on which a stage was first reached, e.g. `project:started`."""
    return f"project:{stage}"
