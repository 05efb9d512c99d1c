"""Device credentials (设备凭据) of an enterprise: issued with a secret that is shown once, rotated, revoked."""

from collections.abc import Mapping, Sequence

from services.portal.ask import Ask
from services.portal.commands import Command, Done, Input, Returned, forms, said, send
from services.portal.figures import Figure, Link, Page
from services.portal.pages import PageRoute
from services.portal.pages.common import Json
from services.portal.pages.lists import facts, listed, plain
from services.portal.roles import HOLDERS


async def credentials(ask: Ask) -> Page:
    """What may be done with them. The API lists them only in its answer to a new one."""
    return _page(ask, await _enterprise(ask), Returned(), [])


async def take(ask: Ask, form: Mapping[str, str]) -> Page | str:
    """Revoke and go on; of one that is issued the page itself is the answer: its secret must not be in an address."""
    found = await _enterprise(ask)
    match await send(ask, _commands(ask, found), form):
        case Done("credential_revoke"):
            return ask.href(ask.path, done="credential_revoke")
        case Done(name, answer):
            return _page(ask, found, Returned(), _issued(ask, answer), ask.words(f"done.{name}"))
        case back:
            return _page(ask, found, back, [])


async def _enterprise(ask: Ask) -> Json:
    return await ask.api.get(f"/enterprises/{ask.params['enterprise']}")


def _issued(ask: Ask, answer: Json) -> list[Figure]:
    """The secret, which a repeat of the same form is not told again, and every credential that there is."""
    w = ask.words
    secret = answer.get("token") or w("credential.told_before")
    named = (w("credential.credential"), answer.get("credential"))
    return [
        facts(ask, (w("credential.secret"), secret), named, name="issued", title=w("credential.issued")),
        listed(
            ask,
            "credential",
            answer.get("credentials") or (),
            plain("credential", w("credential.credential")),
            plain("label", w("credential.label")),
            plain("valid_from", w("fund.from"), "moment"),
            plain("valid_to", w("fund.until"), "moment"),
        ),
    ]


def _page(ask: Ask, found: Json, back: Returned, figures: Sequence[Figure], told: str = "") -> Page:
    w, name = ask.words, found["enterprise"]
    about = facts(ask, (w("energy.enterprise"), Link(found["name"], ask.href(f"/energy/{name}"))))
    return Page(
        title=w("credential.of", enterprise=found["name"]),
        menu="energy",
        lead=[w("credential.lead")],
        said=[told, w("credential.once")] if told else said(ask, back),
        status=back.status,
        forms=forms(ask, _commands(ask, found), back),
        figures=[*figures, about],
    )


def _commands(ask: Ask, found: Json) -> list[Command]:
    w, path = ask.words, f"/enterprises/{found['enterprise']}/credentials"
    label = Input("label", w("credential.label"), hint=w("credential.label_hint"))
    overlap = Input("overlap_hours", w("credential.overlap"), "integer", "24")
    which = Input("credential", w("credential.credential"), hint=w("credential.all_hint"))
    reason = Input("reason", w("command.reason"), required=True)

    def of(name: str, to: str, inputs: Sequence[Input], *, danger: bool = False) -> Command:
        title = w(f"credential.{name}")
        return Command(
            f"credential_{name}", title, to, inputs, title, note=w(f"credential.{name}_note"), danger=danger
        )

    return [
        of("issue", path, [label]),
        of("rotate", f"{path}/rotations", [label, overlap]),
        of("revoke", f"{path}/revocations", [which, reason], danger=True),
    ]


PAGES = [PageRoute("/energy/{enterprise}/credentials", credentials, HOLDERS, take=take)]
