"""Files that only their owner reads, as logs and traces are: they say who did what."""

import os


def opener(path: str, flags: int) -> int:
    """For `open(…, opener=opener)`: a file that is made is its owner's alone."""
    return os.open(path, flags, 0o600)
