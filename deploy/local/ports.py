"""Free TCP ports on this machine."""

import fcntl
import os
import socket
import tempfile
from pathlib import Path

HOST = "127.0.0.1"
_REMEMBERED = 64


def is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(host: str = HOST) -> int:
    """A port that is free now and was not handed out by the last calls, of this process or another of this user.

    Between the choice of a port and the server that listens on it lies its start: two systems that start at once
    must not be given the same.
    """
    with _book().open("a+") as book:
        fcntl.flock(book, fcntl.LOCK_EX)
        book.seek(0)
        handed_out = [int(line) for line in book.read().split()]
        while True:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.bind((host, 0))
                port = int(probe.getsockname()[1])
            if port not in handed_out:
                break
        book.truncate(0)
        book.write("\n".join(str(each) for each in [*handed_out, port][-_REMEMBERED:]))
    return port


def accepts(port: int, host: str = HOST) -> bool:
    """Whether somebody listens on `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0


def _book() -> Path:
    return Path(tempfile.gettempdir()) / f"shengji-ports-{os.getuid()}"
