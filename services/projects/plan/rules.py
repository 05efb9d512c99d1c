"""Rules that a plan may load: those that something of this service goes by."""

from plans import rules
from services.projects.common.refusal import Refused
from services.projects.plan.decisions.commands import LoadPlan


def check_rules(command: LoadPlan) -> None:
    """Every rule has a known name and the parameters that this service reads. Raises Refused."""
    wrong = [
        {"where": f"rules.{index}.parameters.{name}".rstrip("."), "why": f"{rule.rule}: {why}"}
        for index, rule in enumerate(command.rules)
        for name, why in rules.faults(rule.rule, rule.parameters)
    ]
    if wrong:
        raise Refused(
            f"{wrong[0]['why']}. Nothing was loaded.",
            code="rule-parameters",
            where=wrong[0]["where"],
            remedy="Give each rule the parameters that are read, and no others; `shengji plan check` names them.",
            extra={"errors": wrong[:50]},
        )
