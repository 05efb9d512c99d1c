"""`shengji plan load`: each part of a plan to the service that owns it, through the gateway."""

import hashlib
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from cli.door import Door
from cli.tokens import token_for
from deploy.local.attach import attach
from plans.loader import load_plan

PLACES = (("assessment", ""), ("projects", "/duties"), ("energy", "/reference-data"))


async def load(data: Path, name: str, reason: str | None, console: Console) -> None:
    """Load a plan into the system that runs in `data`."""
    system = attach(data)
    token = token_for(data, role="province", subject="plan-loader")
    async with Door(system.gateway, token) as door:
        for part, _ in await load_through(door, name, reason):
            console.print(f"[green]✓[/] {name}: {part}")


async def load_through(door: Door, name: str, reason: str | None = None) -> list[tuple[str, Any]]:
    """Send the parts; (part, answer) each. Safe to repeat: the same content under the same key is one command."""
    plan = load_plan(name)
    parts = plan.parts()
    answers = []
    for part, suffix in PLACES:
        body = {key: value for key, value in parts[part].items() if key != "plan"}
        if reason and part == "assessment":
            body["reason"] = reason
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
        answer = await door.post(f"/api/v1/plans/{name}{suffix}", body, key=f"plan-{name}-{part}-{digest}")
        answers.append((part, answer))
    for each in plan.openings():
        digest = hashlib.sha256(json.dumps(each.body, sort_keys=True).encode()).hexdigest()[:16]
        key = f"plan-{name}-{each.id}-{digest}"
        answers.append((each.id, await door.post(f"/api/v1{each.path}", each.body, key=key)))
    return answers
