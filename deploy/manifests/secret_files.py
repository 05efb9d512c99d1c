"""Fresh secrets for a new installation, as compose and Kubernetes take them. Printed, never written here."""

from typing import Any

from deploy.databases import as_role, for_sqlalchemy, owner_password_variable, password_variable
from deploy.local.secrets import Secrets, fresh
from deploy.nats_config import password_variable as nats_variable
from deploy.topology import PROCESSES, SERVICES, USERS, Process, service


def environment_file() -> str:
    """Lines for `.env` beside docker-compose.yml; the key that signs tokens is a comment, for who issues them."""
    secrets = fresh()
    values = {
        "SHENGJI_POSTGRES_PASSWORD": secrets.postgres,
        **_role_passwords(secrets),
        **_nats_passwords(secrets),
        "SHENGJI_POSITION_KEY": secrets.position_key,
        "SHENGJI_PSEUDONYM_KEY": secrets.pseudonym_key,
    }
    public = secrets.public_key.strip().replace("\n", "\\n")
    private = "\n".join(f"# {line}" for line in secrets.signing_key.strip().splitlines())
    lines = [
        "# Signs bearer tokens. Keep it where tokens are issued, and remove it here.",
        private,
        *(f"{name}={value}" for name, value in values.items()),
        f'SHENGJI_JWT_PUBLIC_KEY="{public}"',
    ]
    return "\n".join(lines) + "\n"


def kubernetes_secrets(postgres_url: str) -> list[dict[str, Any]]:
    """One Secret per process, one for NATS, one for the databases' Job, one for who issues tokens."""
    secrets = fresh()
    nats = _nats_passwords(secrets)
    databases = {"SHENGJI_POSTGRES_URL": postgres_url, **_role_passwords(secrets)}
    return [
        _secret("shengji-nats", nats),
        _secret("shengji-databases", databases),
        _secret("shengji-token-issuer", {"signing-key.pem": secrets.signing_key}),
        *(_secret(f"shengji-{each.name}", _of(each, secrets, postgres_url)) for each in PROCESSES),
    ]


def _of(process: Process, secrets: Secrets, postgres_url: str) -> dict[str, str]:
    own = {"SHENGJI_NATS_PASSWORD": secrets.nats[process.name]}
    if process.service is not None:
        row = service(process.service)
        url = as_role(postgres_url, row.runtime_role, secrets.roles[row.runtime_role], row.database)
        own["SHENGJI_DATABASE_URL"] = for_sqlalchemy(url)
    if process.name == "gateway":
        own |= {
            "SHENGJI_JWT_PUBLIC_KEY": secrets.public_key,
            "SHENGJI_POSITION_KEY": secrets.position_key,
            "SHENGJI_PSEUDONYM_KEY": secrets.pseudonym_key,
        }
    return own


def _nats_passwords(secrets: Secrets) -> dict[str, str]:
    """Of the users that these files configure; the administrator's login is the one-machine runner's alone."""
    return {nats_variable(user.name): secrets.nats[user.name] for user in USERS}


def _role_passwords(secrets: Secrets) -> dict[str, str]:
    return {
        variable: secrets.roles[role]
        for row in SERVICES
        for variable, role in (
            (password_variable(row), row.runtime_role),
            (owner_password_variable(row), row.owner_role),
        )
    }


def _secret(name: str, values: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "shengji"},
        "type": "Opaque",
        "stringData": values,
    }
