"""Logs what a watch could not do."""

from typing import Any

from shared.problems import Problem


def not_done(log: Any, what: str, problem: Problem, **about: object) -> None:
    """Logs a refused command of a watch: another process was faster, or an operator must look at it."""
    if problem.code == "conflict":
        log.info("somebody else was faster", what=what, **about)
    else:
        log.warning(what, problem=problem.code, why=problem.detail, **about)
