"""A small TCP proxy between a process and its server: the network that a test can make worse.

Every line passes bytes until told otherwise: `delay` holds each piece back, `lose` some pieces until they would have
been sent again, `cut` resets the connections, `forget` is
the half-open connection (what stands now stays open and carries nothing any more, in neither direction; new ones
work), `swallow` is a network where nothing arrives, new connections included, `hold` stops a conversation at a word.
`heal` is the network of before; what has lost bytes is reset then, as by a router that doesn't know it.
"""

import asyncio
import contextlib
import random
import socket
from dataclasses import dataclass, field
from typing import Literal

HOST = "127.0.0.1"
Sender = Literal["process", "server"]
_PIECE = 64 * 1024
_RETRANSMIT_S = 0.2
"""After so long TCP sends again what was lost, then after twice as long …"""


@dataclass(eq=False)
class _Wire:
    """A connection through the proxy: its two ends, and whether it still carries anything."""

    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    dead: bool = False

    def reset(self) -> None:
        for end in self.ends:
            end.transport.abort()


@dataclass
class _Hold:
    """Waits on a line for the piece of that sender with these words in it."""

    sender: Sender
    words: bytes
    reached: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Line:
    """One process's line to one server, which listens on the port `target`. `accepted`: connections, ever."""

    target: int
    delay_s: float = 0.0
    loss: float = 0.0
    accepted: int = 0
    swallowing: bool = False
    refusing: bool = False
    _hold: _Hold | None = None
    _socket: socket.socket = field(default_factory=lambda: socket.create_server((HOST, 0)))
    _server: asyncio.Server | None = None
    _others: list[asyncio.Server] = field(default_factory=list)
    _wires: set[_Wire] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def port(self) -> int:
        """Where the process connects to. It is open from the beginning; who comes early waits for `start`."""
        return int(self._socket.getsockname()[1])

    @property
    def connections(self) -> int:
        """Connections that carry something."""
        return sum(not wire.dead for wire in self._wires)

    async def start(self) -> None:
        """Let through."""
        self._server = await asyncio.start_server(self._accept, sock=self._socket)

    async def stop(self) -> None:
        """Reset what is open and listen no longer."""
        if self._server is not None:
            self._server.close()
        self.close_others()
        self._socket.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close_others(self) -> None:
        """Let in at the first address alone."""
        while self._others:
            self._others.pop().close()

    def delay(self, seconds: float) -> None:
        """Hold every piece back for so long, in each direction."""
        self.delay_s = seconds

    def lose(self, share: float) -> None:
        """That share of the packets is lost, as TCP lets its users feel it: the piece comes late, and all behind it."""
        self.loss = share

    async def open_at(self, host: str) -> None:
        """Let in at another address of this machine too, at the same port."""
        self._others.append(await asyncio.start_server(self._accept, host, self.port))

    def cut(self, *, refuse: bool = False) -> None:
        """Reset every connection; with `refuse` new ones too, until `heal`."""
        self.refusing = refuse
        for wire in list(self._wires):
            wire.reset()

    def forget(self) -> int:
        """Make every connection half-open, for good; answers with how many."""
        for wire in self._wires:
            wire.dead = True
        return len(self._wires)

    def swallow(self) -> None:
        """Let everything vanish while the connections stand, new ones included."""
        self.swallowing = True
        self.forget()

    def hold(self, sender: Sender, words: bytes) -> asyncio.Event:
        """Wait for that sender to say these words; they and all that follows never arrive. Set when it happened.

        The connection stands until `heal`, half-open: whoever dies now dies exactly there.
        """
        self._hold = _Hold(sender, words)
        return self._hold.reached

    def heal(self) -> None:
        """As before. Connections that lost bytes are reset: what is left of them fits nothing."""
        self.delay_s, self.loss, self.swallowing, self.refusing, self._hold = 0.0, 0.0, False, False, None
        for wire in list(self._wires):
            if wire.dead:
                wire.reset()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        try:
            there_reader, there_writer = await asyncio.open_connection(HOST, self.target)
        except OSError:
            writer.transport.abort()
            return
        self.accepted += 1
        wire = _Wire((writer, there_writer), dead=self.swallowing)
        self._wires.add(wire)
        ways: tuple[tuple[Sender, asyncio.StreamReader, asyncio.StreamWriter], ...] = (
            ("process", reader, there_writer),
            ("server", there_reader, writer),
        )
        for sender, source, sink in ways:
            task = asyncio.create_task(self._pump(wire, sender, source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(
        self, wire: _Wire, sender: Sender, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(_PIECE):
                self._listen(wire, sender, piece)
                if late_s := self.delay_s + self._retransmissions_s():
                    await asyncio.sleep(late_s)
                if not wire.dead:
                    sink.write(piece)
                    await sink.drain()
        # An end of a half-open connection that gives up isn't heard by the other.
        if wire.dead:
            return
        # One direction is enough: no protocol here lives on with half a connection.
        wire.reset()
        self._wires.discard(wire)

    def _retransmissions_s(self) -> float:
        late_s, again_s = 0.0, _RETRANSMIT_S
        while random.random() < self.loss:
            late_s, again_s = late_s + again_s, again_s * 2
        return late_s

    def _listen(self, wire: _Wire, sender: Sender, piece: bytes) -> None:
        hold = self._hold
        if hold is not None and not wire.dead and hold.sender == sender and hold.words in piece:
            self._hold, wire.dead = None, True
            hold.reached.set()


class Network:
    """All lines of a system, by (process, server)."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], Line] = {}
        self._starts: set[asyncio.Task[None]] = set()

    def open(self, process: str, server: str, target: int) -> Line:
        """That line, made at the first call."""
        line = self.lines.get((process, server))
        if line is None:
            line = self.lines[process, server] = Line(target)
            self._starts.add(asyncio.create_task(line.start()))
        return line

    def to(self, server: str) -> list[Line]:
        """Every line to "nats" or "postgres"."""
        return [line for (_, name), line in self.lines.items() if name == server]

    def heal(self) -> None:
        """Every line as before."""
        for line in self.lines.values():
            line.heal()

    async def stop(self) -> None:
        """No lines any more."""
        for line in self.lines.values():
            await line.stop()
