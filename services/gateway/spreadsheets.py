"""Reads each spreadsheet in a process of its own, whose memory and time the kernel bounds.

A file that makes its process crash affects no other file: each has a process of its own. The number of files read at
once, the bytes of all files on disk, and the time that a file waits for its turn are bounded too.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Self

import msgspec
import structlog

from services.gateway.settings import GatewaySettings
from shared.language import Language, Said
from shared.problems import Problem, unavailable

_PROCESS = "services.gateway.sheet_process"
_OUTPUT = 64_000_000
_WAITS_S = 30.0
_SLOWER = 3.0
"""Limit of wall-clock time as a multiple of the CPU limit, because other processes share the machine."""
_log = structlog.get_logger("gateway")


@dataclass(slots=True)
class Reading:
    """What was read from a file; `parts` yields its rows, as many at a time as fit into a message."""

    sheet: str
    heading_row: int
    heading: list[str]
    rows: int
    left_out: list[dict[str, Any]]
    _output: IO[bytes]

    def parts(self) -> Iterator[list[dict[str, Any]]]:
        for line in self._output:
            yield msgspec.json.decode(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._output.close()


class Spreadsheets:
    """The processes that read spreadsheets, and the room for the files."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._memory = settings.sheet_memory
        self._seconds = settings.sheet_seconds
        self._room = settings.upload_room
        self._turns = asyncio.Semaphore(settings.sheet_processes)
        self._held = 0
        self._people: set[str] = set()

    def upload(self, person: str, language: Language) -> "Upload":
        """Take a file from a person. Raises Problem 429 while another one of theirs is being taken or read."""
        if person in self._people:
            raise Problem(
                429,
                "upload-running",
                "One file at a time",
                Said("Another file of yours is being read.", "您的另一个文件正在读取。").to(language),
                remedy=Said("Send this one when that has been answered.", "请在其完成后再上传。").to(
                    language
                ),
                retry_after=5,
            )
        return Upload(self, person, language)

    def admit(self, person: str) -> None:
        self._people.add(person)

    def dismiss(self, person: str, size: int) -> None:
        self._people.discard(person)
        self._held -= size

    def take(self, size: int) -> None:
        """Reserves disk space for so many more bytes. Raises Problem 503 when the present files leave none."""
        if self._held + size > self._room:
            raise unavailable("Many spreadsheets are coming in at once.", retry_after=10)
        self._held += size

    async def read(self, file: IO[bytes], titles: list[str], language: Language) -> Reading:
        """Read a file. Raises Problem with what to do in the reader's language."""
        try:
            async with asyncio.timeout(_WAITS_S):
                await self._turns.acquire()
        except TimeoutError as error:
            raise unavailable("Many spreadsheets are being read.", retry_after=10) from error
        output = tempfile.TemporaryFile()  # noqa: SIM115 - the reading closes it
        try:
            with tempfile.TemporaryFile() as errors:
                try:
                    code = await self._run(file, output, errors, titles)
                finally:
                    self._turns.release()
                if code != 0:
                    raise _ended(code, errors, language)
            return _result(output, language)
        except BaseException:
            output.close()
            raise

    async def _run(
        self, file: IO[bytes], output: IO[bytes], errors: IO[bytes], titles: list[str]
    ) -> int | None:
        """The exit code of the process; None if it exceeded the wall-clock limit."""
        file.flush()
        file.seek(0)
        limits = f"{self._memory},{self._seconds},{_OUTPUT}"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-W",
            "ignore",
            "-m",
            _PROCESS,
            limits,
            json.dumps(titles),
            stdin=file,
            stdout=output,
            stderr=errors,
            env=_environment(),
        )
        try:
            async with asyncio.timeout(self._seconds * _SLOWER):
                return await process.wait()
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await asyncio.shield(process.wait())


class Upload:
    """A file being uploaded, on disk: `write` each chunk, and leave the context when the file has been processed."""

    def __init__(self, room: Spreadsheets, person: str, language: Language) -> None:
        self._room, self._person, self.language = room, person, language
        self._size = 0
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the context closes it

    def write(self, chunk: bytes) -> None:
        """Appends a chunk. Raises Problem 503 if there is no space left for it."""
        self._room.take(len(chunk))
        self._size += len(chunk)
        self.file.write(chunk)

    async def read(self, titles: list[str]) -> Reading:
        return await self._room.read(self.file, titles, self.language)

    def __enter__(self) -> Self:
        self._room.admit(self._person)
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self._room.dismiss(self._person, self._size)


def _environment() -> dict[str, str]:
    """What Python needs to find its modules; none of the gateway's keys and passwords."""
    kept = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR", "LD_LIBRARY_PATH", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PYTHONUTF8": "1",
        "MALLOC_ARENA_MAX": "1",
    }


def _result(output: IO[bytes], language: Language) -> Reading:
    output.seek(0)
    head = msgspec.json.decode(output.readline())
    if (fault := head.get("not_read")) is not None:
        raise _problem(fault["status"], fault["code"], Said(*fault["why"]), Said(*fault["remedy"]), language)
    return Reading(
        head["sheet"], head["heading_row"], head["heading"], head["rows"], head["left_out"], output
    )


def _ended(code: int | None, errors: IO[bytes], language: Language) -> Exception:
    """Why a process gave no answer: out of time, killed for lack of memory, or a bug of ours."""
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - 2_000))
    told = errors.read().decode(errors="replace")
    _log.warning("a spreadsheet's process ended", code=code, told=told)
    if code is None:
        return unavailable("The machine is busy: the spreadsheet could not be read in time.", retry_after=10)
    if code == -signal.SIGXCPU:
        why = Said("Reading it takes longer than one file may.", "读取所需时间超出单个文件的限制。")
    elif code < 0 or "MemoryError" in told or "File too large" in told:
        why = Said("Reading it takes more memory than one file may.", "读取所需内存超出单个文件的限制。")
    else:
        return RuntimeError(f"the spreadsheet's process ended with {code}")
    remedy = Said(
        "Split it, and delete what is empty or formatted only.",
        "请拆分文件，并删除只有格式、没有内容的行列。",
    )
    return _problem(413, "file-too-large", why, remedy, language)


def _problem(status: int, code: str, why: Said, remedy: Said, language: Language) -> Problem:
    title = (
        Said("The file is too large", "文件过大")
        if status == 413
        else Said("The file can't be read", "文件无法读取")
    )
    return Problem(
        status, code, title.to(language), why.to(language), where="body", remedy=remedy.to(language)
    )
