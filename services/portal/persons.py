"""Demo persons: whom a visitor of one machine's system may be. Never in production: the settings refuse it."""

import time
from dataclasses import dataclass

import jwt

ISSUER, AUDIENCE = "shengji-local", "shengji"
HOURS = 8


@dataclass(frozen=True, slots=True)
class Person:
    """One of them. `key` is what the form sends; `area` and `organisation` are the scope of its token."""

    key: str
    role: str
    area: str | None = None
    organisation: str | None = None


CITIES = ("350100", "350200", "350300", "350400", "350500", "350600", "350700", "350800", "350900")
PERSONS = (
    Person("province", "province"),
    Person("province-2", "province"),  # what two persons must do: commit and pay
    *(Person(f"city-{code}", "city", area=code) for code in CITIES),
    Person("county-350181", "county", area="350181"),
    Person("enterprise-demo-FZ01", "enterprise", organisation="demo-FZ01"),
    Person("ops", "ops"),
)


def token(signing_key: str, person: Person) -> str:
    """A token of that person, signed with the machine's own key."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"demo-person-{person.key}",
        "iat": now,
        "exp": now + HOURS * 3600,
        "role": person.role,
        "area": person.area,
        "org": person.organisation,
    }
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, signing_key, algorithm="EdDSA")
