"""A form with a file (multipart/form-data): its fields and the file's bytes, as they were on the sender's disk."""

import re
from dataclasses import dataclass

from starlette.requests import Request

from services.portal.forms import MOST_FIELDS, unreadable
from services.portal.words import Words

MOST_BYTES = 10_000_000
"""A file passes through memory on its way to the gateway, which takes larger ones itself."""
_ROOM_FOR_FIELDS = 100_000
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?')
_NAME = re.compile(rb'[; ]name="([^"]*)"')
_FILE_NAME = re.compile(rb'[; ]filename="([^"]*)"')


@dataclass(frozen=True, slots=True)
class File:
    """A file that was sent; an empty `name` where none was chosen."""

    name: str
    body: bytes


async def read_upload(request: Request, words: Words) -> tuple[dict[str, str], File]:
    """The fields and the file of a multipart form. Raises Problem 413, 415 or 422."""
    kind = request.headers.get("content-type", "")
    found = _BOUNDARY.search(kind)
    if not kind.lower().startswith("multipart/form-data") or found is None:
        raise unreadable(words, 415, "unsupported-media-type")
    body = bytearray(b"\r\n")
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES + _ROOM_FOR_FIELDS:
            raise unreadable(words, 413, "too-large")
    fields: dict[str, str] = {}
    file = File("", b"")
    pieces = bytes(body).split(b"\r\n--" + found[1].encode())
    if len(pieces) > MOST_FIELDS or not pieces[-1].startswith(b"--"):
        raise unreadable(words, 422, "invalid")  # too many, or cut off before its end
    for part in pieces[1:-1]:
        head, gap, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not gap or name is None:
            raise unreadable(words, 422, "invalid")
        file_name = _FILE_NAME.search(head)
        try:
            if file_name is not None:
                file = File(file_name[1].decode(), content)
            else:
                fields[name[1].decode()] = content.decode()
        except UnicodeDecodeError as error:
            raise unreadable(words, 422, "invalid") from error
    return fields, file
