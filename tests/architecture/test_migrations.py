"""Migrations expand: what the release before reads, writes and may, is there after each of them, on a real database."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from deploy import topology
from shared.database import migrate
from tests.conftest import DatabaseFactory

ROOT = Path(__file__).parents[2] / "services"
SCRIPTS = ROOT.parent / "shared" / "alembic"

ALLOWED: dict[tuple[str, str], str] = {
    # Rules that a migration put on tables that were there: (service, name) → why the release before keeps to them.
    ("energy", "quarantine_state_check"): "0004 replaced it by a wider one of the same name",
    ("energy", "irregular_reason_check"): "0014 replaced it by a wider one of the same name",
    ("energy", "meter_direction_check"): "0014: of a column that the release before leaves to its default",
    ("energy", "series_sign_check"): "0014: of a column that the release before leaves to its default",
    ("projects", "import_row_outcome_check"): "0029 replaced it by a wider one of the same name",
}

STOPPED: dict[tuple[str, str], frozenset[str]] = {
    # Migrations for which the runbook announces a stop of those who use these relations; the others keep the rule.
    ("energy", "0012_exact"): frozenset(
        {"series", "ent_hour", "ent_day", "irregular", "suspect", "quarantine"}
    ),
}

_COLUMNS = """
SELECT c.relname || '.' || a.attname AS name,
       format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS filled,
       a.atthasdef OR a.attidentity <> '' AS by_itself, c.relname AS relation
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0
  AND NOT a.attisdropped AND c.relname <> 'alembic_version'
"""
_CONSTRAINTS = """
SELECT conname || ': ' || pg_get_constraintdef(oid) AS name, conrelid::regclass::text AS relation
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
"""
_UNIQUE = """
SELECT c.relname || ': unique' AS name, i.indrelid::regclass::text AS relation
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
"""
_RIGHTS = """
SELECT privilege_type || ' ' || table_name FROM information_schema.role_table_grants WHERE grantee = $1
UNION ALL SELECT 'EXECUTE ' || oid::regprocedure FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND has_function_privilege($1, oid, 'EXECUTE')
"""


@dataclass(frozen=True)
class Catalogue:
    """What a database has, as the old code meets it. Rules by name → the table they hold for."""

    columns: dict[str, Any]
    rules: dict[str, str]
    rights: frozenset[str]

    @classmethod
    async def of(cls, url: str, role: str) -> "Catalogue":
        """Read from the database."""
        conn = await asyncpg.connect(url)
        try:
            rules = [*await conn.fetch(_CONSTRAINTS), *await conn.fetch(_UNIQUE)]
            return cls(
                {row["name"]: row for row in await conn.fetch(_COLUMNS)},
                {row["name"]: row["relation"] for row in rules},
                frozenset(row[0] for row in await conn.fetch(_RIGHTS, role)),
            )
        finally:
            await conn.close()

    @property
    def relations(self) -> set[str]:
        """Tables and views."""
        return {row["relation"] for row in self.columns.values()}


def broken(
    service: str, before: Catalogue, after: Catalogue, stopped: frozenset[str] = frozenset()
) -> list[str]:
    """What the code of before would miss, or be refused, after the migration; of `stopped` relations nobody reads."""
    before = replace(
        before,
        columns={name: row for name, row in before.columns.items() if row["relation"] not in stopped},
        rights=frozenset(name for name in before.rights if name.split()[-1] not in stopped),
    )
    found = [f"column {name} is gone" for name in before.columns.keys() - after.columns.keys()]
    found += [f"right {name} is gone" for name in before.rights - after.rights]
    for name, was in before.columns.items():
        now = after.columns.get(name)
        if now is not None and now["type"] != was["type"]:
            found.append(f"column {name} was {was['type']} and is {now['type']}")
        if now is not None and now["filled"] and not was["filled"]:
            found.append(f"column {name} must be filled now")
    for name in after.columns.keys() - before.columns.keys():
        new = after.columns[name]
        if new["relation"] in before.relations and new["filled"] and not new["by_itself"]:
            found.append(f"new column {name} must be filled, and the old code doesn't know it")
    for name, relation in after.rules.items():
        new_here = name not in before.rules and relation in before.relations
        if new_here and (service, name.split(":")[0]) not in ALLOWED:
            found.append(f"new rule on {relation}: {name}")
    return found


@pytest.mark.parametrize("service", [each.name for each in topology.SERVICES])
def test_migrations_are_one_line_in_the_order_of_their_numbers(service: str) -> None:
    """Two that were written beside each other on the same predecessor are two heads: no database would come up."""
    files = [path.stem for path in (ROOT / service / "migrations").glob("[0-9]*.py")]
    scripts = ScriptDirectory(str(SCRIPTS), version_locations=[str(ROOT / service / "migrations")])
    assert len(scripts.get_heads()) == 1, f"number the later of {scripts.get_heads()} anew, behind the other"
    assert [each.revision for each in scripts.walk_revisions()] == sorted(files, reverse=True)
    assert len({name.partition("_")[0] for name in files}) == len(files), "a number is used twice"


@pytest.mark.parametrize("service", [each.name for each in topology.SERVICES])
async def test_each_migration_only_adds(empty_database: DatabaseFactory, service: str) -> None:
    made, role = await empty_database(service), topology.service(service).runtime_role
    revisions = sorted(path.stem for path in (ROOT / service / "migrations").glob("[0-9]*.py"))
    before: Catalogue | None = None
    for revision in revisions:
        await migrate(made.owner_url, service, revision=revision)
        after = await Catalogue.of(made.owner_dsn, role)
        stopped = STOPPED.get((service, revision), frozenset())
        assert before is None or broken(service, before, after, stopped) == [], revision
        before = after
    assert before is not None
    assert before.relations


async def test_what_a_migration_takes_away_or_forbids_is_found(empty_database: DatabaseFactory) -> None:
    """The check itself: each of these would break the release before."""
    made, role = await empty_database("projects"), topology.service("projects").runtime_role
    conn = await asyncpg.connect(made.owner_dsn)
    await conn.execute("CREATE TABLE thing (a int PRIMARY KEY, b text, c text, d int, e int)")
    await conn.execute(f'GRANT SELECT, INSERT ON thing TO "{role}"')
    before = await Catalogue.of(made.owner_dsn, role)
    await conn.execute(
        f"""
        ALTER TABLE thing DROP COLUMN b, ALTER COLUMN c SET NOT NULL, ALTER COLUMN d TYPE bigint,
            ADD COLUMN f int NOT NULL, ADD CHECK (e > 0), ADD UNIQUE (e);
        REVOKE INSERT ON thing FROM "{role}";
        """
    )
    after = await Catalogue.of(made.owner_dsn, role)
    await conn.close()
    found = "; ".join(broken("projects", before, after))
    for words in (
        *("column thing.b is gone", "right INSERT thing is gone", "thing.d was integer and is bigint"),
        *(
            "thing.c must be filled now",
            "new column thing.f must be filled",
            "new rule on thing: thing_e_check",
        ),
        "new rule on thing: thing_e_key",
    ):
        assert words in found, (words, found)
