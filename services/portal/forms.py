"""What a form sends: read with a limit, and only the plain kind."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from services.portal.words import Words
from shared.problems import Problem

MOST_BYTES = 200_000
MOST_FIELDS = 2_000


async def read_form(request: Request, words: Words) -> dict[str, str]:
    """The fields of an urlencoded form; of several of one name the last. Raises Problem 413, 415 or 422."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise unreadable(words, 415, "unsupported-media-type")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise unreadable(words, 413, "too-large")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise unreadable(words, 422, "invalid") from error
    return dict(pairs)


def unreadable(words: Words, status: int, code: str) -> Problem:
    """A form that no page of ours sends."""
    return Problem(
        status,
        code,
        words("problem.unreadable.title"),
        words("problem.unreadable.detail"),
        remedy=words("problem.form.remedy"),
    )
