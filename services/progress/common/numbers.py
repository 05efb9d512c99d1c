"""Names as numbers, where names would be most of what is stored."""

import functools
from hashlib import blake2b


@functools.lru_cache(4096)
def number(name: str) -> int:
    """A 64-bit hash of a thing's or region's name: entries are summed by the hundred thousand, and names would be most
    of each.

    The chance that any two of a million things share a number is one in forty million.
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
