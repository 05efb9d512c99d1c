"""What a form sends: read with a limit, and only the plain kind."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from shared.problems import Problem

MOST_BYTES = 200_000
MOST_FIELDS = 2_000


async def read_form(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form; of several of one name the last. Raises Problem 413, 415 or 422."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem(415, "unsupported-media-type", "Unsupported media type", f"A form is no {kind[:60]!r}.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise Problem(413, "too-large", "Too large", f"The form is over {MOST_BYTES} bytes.")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise Problem(422, "invalid", "Invalid form", "The form can't be read.") from error
    return dict(pairs)
