"""What the registry will not do, said so that the asker can put it right."""

from services.energy.common.remedies import REMEDIES


class Refused(Exception):
    """A command that must not happen: nothing is recorded. `code` is stable, `detail` is for a person.

    `remedy` says what to do, `where` names the field or thing at fault, `status` is the answer's class
    (404 for a thing that isn't there, 409 for one that is taken, 422 for the rest).
    """

    def __init__(
        self, code: str, detail: str, *, remedy: str = "", where: str | None = None, status: int = 422
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.remedy = remedy or REMEDIES.get(code, "")
        self.where = where
        self.status = status


def unknown(what: str, identifier: str) -> Refused:
    """404: the command names something that isn't registered."""
    return Refused(
        "not-found",
        f"There is no {what} {identifier!r}.",
        remedy="Check the identifier.",
        where=what,
        status=404,
    )


def taken(what: str, identifier: str, detail: str) -> Refused:
    """409: the identifier belongs to something else already."""
    return Refused("taken", detail, remedy=f"Use another {what} than {identifier!r}.", where=what, status=409)
