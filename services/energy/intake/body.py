"""The request's body unpacked, and what is too large."""

import zlib

from shared.problems import Problem

_GZIP = 16 + zlib.MAX_WBITS


def too_large(limit: int, *, unpacked: bool = False) -> Problem:
    """413, with what to do."""
    return Problem(
        413,
        "body-too-large",
        "Body too large",
        f"The body is larger than {limit} bytes{' when unpacked' if unpacked else ''}.",
        where="body",
        remedy="Send fewer readings at a time; 5,000 is the most in any case.",
    )


def unpack(body: bytes, limit: int) -> bytes:
    """A gzip body unpacked, never more than `limit` bytes of it. Raises Problem (400, 413)."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise _broken(str(error)) from error
    if len(plain) > limit:
        raise too_large(limit, unpacked=True)
    if not unpacker.eof or unpacker.unused_data:
        raise _broken("it does not end where a gzip member ends")
    return plain


def _broken(why: str) -> Problem:
    return Problem(
        400,
        "broken-gzip",
        "Not a gzip body",
        f"Content-Encoding says gzip, but the body can't be unpacked: {why}.",
        where="body",
        remedy="Send one whole gzip member, or leave Content-Encoding out.",
    )
