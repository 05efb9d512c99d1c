"""Commands on plans and targets."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.assessment import access, events, inline, tables, views
from services.assessment.domain.plan import PlanEvent, PlanState, Published, RegionsDefined
from services.assessment.domain.plan_decisions import (
    DecomposeTarget,
    PlanCommand,
    PublishPlan,
    ReviseTarget,
    SetTarget,
    Share,
)
from services.assessment.domain.target import TargetFacts
from shared.decider import CommandRunner
from shared.event_log import EventLog
from shared.problems import Problem, not_found
from shared.rpc import Call, Reply

# A lock: of two plans published at once, neither would be checked against the other.
_ONE_AFTER_THE_OTHER = text("SELECT pg_advisory_xact_lock(hashtext('assessment: load-plan'))")


class Assessment:
    """The commands on plans and targets. Queries are in `queries`."""

    def __init__(self, runner: CommandRunner, engine: AsyncEngine, log: EventLog) -> None:
        self._runner = runner
        self._engine = engine
        self._log = log

    async def load_plan(self, call: Call, command: PublishPlan) -> Reply:
        """Publish a plan, or the same plan again with its changes."""
        access.check_plan_write(call.actor)

        def answer(state: PlanState, made: Sequence[PlanEvent]) -> dict[str, Any]:
            return views.loaded(_published(state), made)

        async def known(conn: AsyncConnection) -> PublishPlan:
            await conn.execute(_ONE_AFTER_THE_OTHER)
            return _beside(command, await self._history(conn))

        stream = events.plan_stream(command.header.plan)
        return await self._runner.run(call, stream, events.PLAN, known, inline=inline.apply, answer=answer)

    async def check_plan(self, call: Call, command: PublishPlan) -> dict[str, Any]:
        """A dry run of `load_plan`: what it would change, or the exception that it would raise. Writes nothing."""
        access.check_plan_write(call.actor)
        async with self._engine.connect() as conn:
            history = await self._history(conn)
        state = events.PLAN.fold([event for event in history if event.plan == command.header.plan])
        made = events.PLAN.decide(_beside(command, history), state)
        return views.loaded(_published(events.PLAN.fold(made, state)), made)

    async def _history(self, conn: AsyncConnection) -> list[PlanEvent]:
        """The events of every plan's publications, in the order of the log."""
        found = await self._log.of_streams(conn, events.plan_stream(""))
        return [events.CATALOGUE.decode(event) for event in found]

    async def set_target(self, call: Call, facts: TargetFacts) -> Reply:
        """Set a target that the plan doesn't have yet."""
        access.check_plan_write(call.actor)
        return await self._change_target(call, facts.plan, facts.target, SetTarget(facts))

    async def revise_target(self, call: Call, command: ReviseTarget) -> Reply:
        """Change a target's value or base. A city revises the parts of its own targets, nothing else."""

        async def checked(conn: AsyncConnection) -> PlanCommand:
            t = tables.target.c
            part = select(t.part_of).where(t.plan == command.plan, t.target == command.target)
            whole = (await conn.execute(part)).scalar_one_or_none()
            if whole is None:
                access.check_plan_write(call.actor)
            else:
                access.check_decompose(call.actor, await _region_of(conn, command.plan, whole))
            return command

        return await self._change_target(call, command.plan, command.target, checked)

    async def decompose_target(
        self, call: Call, plan: str, target: str, shares: Sequence[Share], reason: str | None
    ) -> Reply:
        """Break a city's target down to its counties (TR-7)."""

        async def checked(conn: AsyncConnection) -> PlanCommand:
            access.check_decompose(call.actor, await _region_of(conn, plan, target))
            return DecomposeTarget(plan=plan, target=target, shares=tuple(shares), reason=reason)

        return await self._change_target(call, plan, target, checked)

    async def _change_target(self, call: Call, plan: str, target: str, command: Any) -> Reply:
        def answer(state: PlanState, made: Sequence[PlanEvent]) -> dict[str, Any]:
            published = _published(state)
            return views.target_with_parts(published.targets[target], published.parts_of(target))

        return await self._runner.run(
            call, events.plan_stream(plan), events.PLAN, command, inline=inline.apply, answer=answer
        )


def _beside(command: PublishPlan, history: Sequence[PlanEvent]) -> PublishPlan:
    """Adds to the command the regions in force that other plans define, which it must not change."""
    newest = {event.plan: event.regions for event in history if isinstance(event, RegionsDefined)}
    last = [event.regions for event in history if isinstance(event, RegionsDefined)][-1:]
    holds = {region.code: region for region in (last[0] if last else ())}
    own = newest.pop(command.header.plan, ())
    return replace(
        command,
        others={
            plan: tuple(region for region in regions if holds.get(region.code) == region)
            for plan, regions in newest.items()
        },
        displaced=any(holds.get(region.code) != region for region in own),
    )


async def _region_of(conn: AsyncConnection, plan: str, target: str) -> str:
    """The region of a target. Raises Problem 404 if there is no such target."""
    t = tables.target.c
    found: str | None = (
        await conn.execute(select(t.region).where(t.plan == plan, t.target == target))
    ).scalar_one_or_none()
    if found is None:
        raise not_found("target", target, remedy="List the plan's targets.")
    return found


def _published(state: PlanState) -> Published:
    if not isinstance(state, Published):
        raise Problem(
            404,
            "no-such-plan",
            "No such plan",
            "The plan isn't published.",
            where="plan",
            remedy="GET /plans lists those that are; publish it first: shengji plan load.",
        )
    return state
