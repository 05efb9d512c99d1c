"""A wire of our own from this machine into a network namespace, which loses packets: real ones, of the kernel's TCP.

Two TUN devices, one on each side, and this process carries what comes out of one into the other, or doesn't. It needs
root, `ip` and `nsenter`; `permitted` says whether it may be made here. (netem would do it in the kernel, where the
kernel has it.)
"""

import asyncio
import contextlib
import fcntl
import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator

_TUNSETIFF = 0x400454CA
_TUN_WITHOUT_HEADER = 0x1001
_PACKET = 65_536


class Wire:
    """`here` and `there` are the addresses of its two ends; `loss` is the share of packets that never arrive."""

    def __init__(self) -> None:
        number = os.getpid() % 16_384
        network = f"198.18.{number // 64}.{number % 64 * 4}"
        self.here, self.there = (f"{network.rpartition('.')[0]}.{number % 64 * 4 + end}" for end in (1, 2))
        self.namespace = f"shengji-{os.getpid()}"
        self.loss = 0.0
        self.carried = self.lost = 0
        self._ends: list[int] = []

    @classmethod
    @contextlib.contextmanager
    def laid(cls) -> Iterator["Wire"]:
        """The namespace and the two ends; gone afterwards. Raises OSError or CalledProcessError where it may not be."""
        wire = cls()
        _run("ip", "netns", "add", wire.namespace)
        try:
            names = [f"sj{os.getpid()}{side}" for side in "ab"]
            wire._ends = [_open(name) for name in names]
            _run("ip", "link", "set", names[1], "netns", wire.namespace)
            for prefix, name, address in (
                (("ip",), names[0], wire.here),
                (("ip", "-n", wire.namespace), names[1], wire.there),
            ):
                _run(*prefix, "addr", "add", f"{address}/30", "dev", name)
                _run(*prefix, "link", "set", name, "up")
            _run("ip", "-n", wire.namespace, "link", "set", "lo", "up")
            yield wire
        finally:
            for end in wire._ends:
                os.close(end)
            _run("ip", "netns", "del", wire.namespace)

    @contextlib.contextmanager
    def carrying(self) -> Iterator[None]:
        """Carry packets, for as long as the event loop runs."""
        loop, (here, there) = asyncio.get_running_loop(), self._ends
        loop.add_reader(here, self._carry, here, there)
        loop.add_reader(there, self._carry, there, here)
        try:
            yield
        finally:
            loop.remove_reader(here)
            loop.remove_reader(there)

    def enter(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """The command line that runs another one behind the wire."""
        return ("nsenter", f"--net=/run/netns/{self.namespace}", *argv)

    def _carry(self, source: int, sink: int) -> None:
        with contextlib.suppress(BlockingIOError):
            while packet := os.read(source, _PACKET):
                if random.random() < self.loss:
                    self.lost += 1
                    continue
                self.carried += 1
                # A full queue loses packets, too.
                with contextlib.suppress(OSError):
                    os.write(sink, packet)


def permitted() -> bool:
    """Whether a wire can be laid here and lets a connection through: tried, not guessed."""
    if shutil.which("ip") is None or shutil.which("nsenter") is None:
        return False
    try:
        return asyncio.run(_passes())
    except (OSError, subprocess.CalledProcessError):
        return False


async def _passes() -> bool:
    """A firewall may stand in the way of what the kernel allows."""
    with Wire.laid() as wire, wire.carrying():
        server = await asyncio.start_server(lambda _, writer: writer.close(), wire.here)
        port = server.sockets[0].getsockname()[1]
        connect = f"import socket; socket.create_connection(('{wire.here}', {port}), 3)"
        child = await asyncio.create_subprocess_exec(
            *wire.enter((sys.executable, "-S", "-c", connect)), stderr=asyncio.subprocess.DEVNULL
        )
        passed = await child.wait() == 0
        server.close()
        return passed


def _open(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TUN_WITHOUT_HEADER))
    except OSError:
        os.close(end)
        raise
    return end


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)
