"""What a watch says of a thing that it could not do."""

from typing import Any

from shared.problems import Problem


def not_done(log: Any, what: str, problem: Problem, **about: object) -> None:
    """Log a refused command of a watch: another process was faster, or it is something that somebody must look at."""
    if problem.code == "conflict":
        log.info("somebody else was faster", what=what, **about)
    else:
        log.warning(what, problem=problem.code, why=problem.detail, **about)
