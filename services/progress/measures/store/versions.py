"""Versions of the read-model: each a schema of its own, one of which serves.

A rebuild makes the next one beside it from the streams, then switches. The migrating role owns the schemas;
the runtime role fills them and can't change their shape.
"""

import re
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.progress.measures.countings import shipped
from shared.checkpoint import Checkpoints
from shared.database import run_script, runtime_engine

SHAPE = 2
"""The shape of the tables that this code reads and writes: `schema/read_model_v<SHAPE>.sql`."""

_SERVING = """
CREATE TABLE serving (
    only_row    boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    version     int         NOT NULL,   -- progress_v<version> answers queries
    shape       int         NOT NULL,   -- of its tables
    previous    int,                    -- kept, to go back to
    previous_shape int,
    switched_at timestamptz NOT NULL DEFAULT now()
);
"""
_NAME = re.compile(r"progress_v([1-9][0-9]{0,5})")


class WrongShape(Exception):
    """The serving version's tables have another shape than this code: rebuild with this release."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The version that answers queries. `previous` is the one before, kept until the next rebuild."""

    version: int
    shape: int
    previous: int | None


def schema_name(version: int) -> str:
    return f"progress_v{version}"


def create_script(version: int, runtime_role: str, shape: int = SHAPE) -> str:
    """The SQL that creates an empty version and grants the runtime role what it needs. Run as the owner."""
    schema = schema_name(version)
    tables = resources.files("services.progress").joinpath("schema", f"read_model_v{shape}.sql")
    checkpoint = resources.files("shared").joinpath("schema", "checkpoint_v1.sql")
    return f"""
        CREATE SCHEMA {schema};
        SET search_path = {schema};
        {tables.read_text("utf-8")}
        {checkpoint.read_text("utf-8")}
        {_countings() if shape > 1 else ""}
        GRANT USAGE ON SCHEMA {schema} TO "{runtime_role}";
        GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {schema} TO "{runtime_role}";
        GRANT UPDATE ON change_counter, checkpoint TO "{runtime_role}";
        RESET search_path;
    """


def _countings() -> str:
    """A new version counts everything that the rules of this release ask for, from its first event on."""
    values = ", ".join(f"({each.number}, $counting${each.definition}$counting$)" for each in shipped().all)
    return f"INSERT INTO counting (counting, definition) VALUES {values};"


async def uncounted(conn: AsyncConnection, version: int) -> list[str]:
    """What the rules of this release ask for and a version has not counted: it was built before they did."""
    rows = await conn.execute(text(f"SELECT counting FROM {schema_name(version)}.counting"))
    there = set(rows.scalars())
    return [each.definition for each in shipped().all if each.number not in there]


def install_first(op: Any) -> None:
    """The first migration: the table that names the serving version, and version 1 with shape 1."""
    role = op.get_bind().exec_driver_sql("SELECT current_setting('shengji.runtime_role')").scalar_one()
    run_script(op, _SERVING)
    run_script(op, f'GRANT SELECT ON serving TO "{role}"')
    run_script(op, create_script(1, str(role), shape=1))
    run_script(op, "INSERT INTO serving (version, shape) VALUES (1, 1)")


def install_empty(op: Any) -> None:
    """The second migration: while nothing was read yet, version 1 gets shape 2. Else a rebuild makes the next one."""
    bind = op.get_bind()
    row = bind.exec_driver_sql("SELECT version, shape FROM serving").one()
    if (
        tuple(row) != (1, 1)
        or bind.exec_driver_sql("SELECT count(*) FROM progress_v1.checkpoint").scalar_one()
    ):
        return
    role = bind.exec_driver_sql("SELECT current_setting('shengji.runtime_role')").scalar_one()
    run_script(op, "DROP SCHEMA progress_v1 CASCADE")
    run_script(op, create_script(1, str(role), shape=2))
    run_script(op, "UPDATE serving SET shape = 2")


async def serving(conn: AsyncConnection) -> Serving:
    """Which version serves."""
    row = (await conn.execute(text("SELECT version, shape, previous FROM public.serving"))).one()
    return Serving(row.version, row.shape, row.previous)


async def existing(conn: AsyncConnection) -> list[int]:
    """The versions that there are, built or being built, in order."""
    rows = await conn.execute(
        text("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname ~ '^progress_v'")
    )
    return sorted(int(match.group(1)) for (name,) in rows if (match := _NAME.fullmatch(name)))


def open_engine(url: str, version: int, *, application: str, pool: int, durable: bool = True) -> AsyncEngine:
    """The runtime role's connections to one version: unqualified names mean its tables.

    Not `durable`: a commit doesn't wait for the disk. For a version that doesn't serve yet: the commit of the switch
    waits, and what is on the disk then is all that came before it.
    """
    return runtime_engine(
        url, application=application, pool=pool, schema=schema_name(version), durable=durable
    )


def checkpoints(engine: AsyncEngine, version: int) -> Checkpoints:
    """How far a version has come, per source. Its name is the schema's: two may run side by side."""
    return Checkpoints(engine, schema_name(version))
