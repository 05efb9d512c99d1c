"""Files that only their owner reads: logs, traces and anchors name people's references and enterprises."""

import os


def opener(path: str, flags: int) -> int:
    """For `open(…, opener=opener)`: a file that is made is its owner's alone."""
    return os.open(path, flags, 0o600)
