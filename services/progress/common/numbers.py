"""Names as numbers, where names would be most of what is stored."""

import functools
from hashlib import blake2b


@functools.lru_cache(4096)
def number(name: str) -> int:
    """A thing's or region's name as 64 bits: entries are summed by the hundred thousand, names would be most of each.

    Two of a million things have the same number in one of forty million stores.
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
