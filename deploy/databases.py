"""Roles and databases of the services: one database each, an owner that migrates and roles that run.

`python -m deploy.databases` makes them on the server of SHENGJI_POSTGRES_URL (a role that may make roles and
databases) and migrates them. Passwords: SHENGJI_<SERVICE>_PASSWORD and SHENGJI_<SERVICE>_OWNER_PASSWORD, and of the
processes with a role of their own SHENGJI_<PROCESS>_PASSWORD.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

import asyncpg

from deploy.topology import SERVICES, Service
from shared.database import migrate

INITDB = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
"""initdb's options for these databases: the same collation on every machine, and the letters of every script classified
as letters. The encoding is explicit because initdb would derive it from the locale, and the locale C has none."""

_PRIVILEGES = """
    ALTER SCHEMA public OWNER TO "{owner}";
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO {roles};
"""


async def create_roles(
    admin: asyncpg.Connection, passwords: Mapping[str, str], services: Sequence[Service] = SERVICES
) -> None:
    """Make each service's roles, or set their passwords. `passwords` is by role name."""
    for service in services:
        for role in service.roles:
            known = await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
            verb = "ALTER" if known else "CREATE"
            secret = await admin.fetchval("SELECT quote_literal($1)", passwords[role])
            await admin.execute(
                f'{verb} ROLE "{role}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {secret}'
            )


async def create_database(
    admin: asyncpg.Connection, admin_url: str, service: Service, name: str | None = None
) -> None:
    """Create the service's database (named `name`, if given) unless it exists, and set its privileges.

    The runtime role may connect and create temporary tables, the processes' own roles may connect; migrations and
    `rights.yaml` grant the rest.
    """
    database = name or service.database
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
        await admin.execute(f'CREATE DATABASE "{database}" OWNER "{service.owner_role}"')
    await grant_connect(admin, service, database)
    inside = await asyncpg.connect(with_database(admin_url, database))
    try:
        roles = ", ".join(f'"{role}"' for role in service.process_roles)
        await inside.execute(_PRIVILEGES.format(owner=service.owner_role, roles=roles))
    finally:
        await inside.close()


async def grant_connect(admin: asyncpg.Connection, service: Service, database: str) -> None:
    """Let only the service's own roles connect. A clone needs it again: a template's rights aren't copied."""
    await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    await admin.execute(f'GRANT TEMPORARY ON DATABASE "{database}" TO "{service.runtime_role}"')
    for role in service.process_roles:
        await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{role}"')


async def close_others(admin: asyncpg.Connection) -> None:
    """Close the databases that no service owns, `postgres` and `template1`, to all but their owners.

    By PostgreSQL's default every role may connect to them. On a server where somebody else owns them, the server warns
    and they stay as they are.
    """
    names = await admin.fetch("SELECT datname FROM pg_database WHERE datname IN ('postgres', 'template1')")
    for row in names:
        await admin.execute(f'REVOKE ALL ON DATABASE "{row["datname"]}" FROM PUBLIC')


def with_database(url: str, database: str) -> str:
    """The same URL for another database; options stay."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def as_role(url: str, role: str, password: str, database: str) -> str:
    """The same server for another role and database; options stay."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    return with_database(
        parts._replace(netloc=f"{quote(role)}:{quote(password)}@{server}").geturl(), database
    )


def for_asyncpg(url: str) -> str:
    """A PostgreSQL URL in the form that asyncpg takes."""
    return "postgresql://" + url.split("://", 1)[1]


def for_sqlalchemy(url: str) -> str:
    """A PostgreSQL URL in the form that SQLAlchemy's asyncpg dialect takes."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


def passwords_from(env: Mapping[str, str]) -> dict[str, str]:
    """The roles' passwords, by role. Raises KeyError naming the variable that is missing."""
    return {role: env[password_variable(role)] for role in all_roles()}


def all_roles() -> list[str]:
    """Every role of every service."""
    return [role for service in SERVICES for role in service.roles]


def password_variable(role: str) -> str:
    """The environment variable with a role's password: of a service's runtime role it has the service's name."""
    return f"SHENGJI_{role.removesuffix('_runtime').upper()}_PASSWORD"


async def install(server_url: str, passwords: Mapping[str, str]) -> None:
    """Make what is missing on the server, and migrate every database. Safe to run again."""
    admin = await asyncpg.connect(for_asyncpg(server_url))
    try:
        await create_roles(admin, passwords)
        for service in SERVICES:
            await create_database(admin, for_asyncpg(server_url), service)
        await close_others(admin)
    finally:
        await admin.close()
    for service in SERVICES:
        role = service.owner_role
        await migrate(
            for_sqlalchemy(as_role(server_url, role, passwords[role], service.database)), service.name
        )
        print(f"{service.name}: migrated", flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(install(os.environ["SHENGJI_POSTGRES_URL"], passwords_from(os.environ)))
    except KeyError as missing:
        raise SystemExit(f"set {missing.args[0]}") from missing
