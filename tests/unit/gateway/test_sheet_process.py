"""A file that bursts its process takes no other file with it, and no more of the machine than one file may."""

import asyncio
import io
import os
import tempfile
import zipfile
from typing import IO, Any

import psutil
import pytest
from openpyxl import Workbook

from services.gateway import spreadsheets
from services.gateway.settings import GatewaySettings
from services.gateway.spreadsheets import Spreadsheets
from shared.problems import Problem
from tests.kit.servers import wait_for

TITLES = ["项目名称", "地区"]
GOOD = "项目名称,地区\n甲,福清市\n".encode()
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def settings(**values: int) -> GatewaySettings:
    known: dict[str, Any] = {
        "sheet_memory": 400_000_000,
        "sheet_seconds": 10,
        "sheet_processes": 2,
        "upload_room": 1_000_000,
        **values,
    }
    return GatewaySettings.model_construct(**known)


def on_disk(content: bytes) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the test's process
    file.write(content)
    return file


def with_styles(xml: bytes) -> bytes:
    """A workbook whose styles are this XML."""
    plain, out = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["项目名称"])  # type: ignore[union-attr]
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, xml if name == "xl/styles.xml" else source.read(name))
    return out.getvalue()


def readers() -> list[psutil.Process]:
    """The processes of this one that read spreadsheets now."""
    return [each for each in psutil.Process().children() if _reads(each)]


def _reads(process: psutil.Process) -> bool:
    try:
        return spreadsheets._PROCESS in process.cmdline()
    except psutil.NoSuchProcess:
        return False


async def refused(room: Spreadsheets, content: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        await room.read(on_disk(content), TITLES, "en")
    return caught.value


async def test_a_file_is_read_and_its_process_is_gone() -> None:
    room = Spreadsheets(settings())
    with await room.read(on_disk(GOOD), TITLES, "en") as reading:
        parts = list(reading.parts())
    assert (reading.heading, reading.rows) == (TITLES, 1)
    assert parts == [[{"row": 2, "cells": ["甲", "福清市"], "faults": [], "merged": []}]]
    assert not readers()


async def test_memory_is_the_kernels_to_bound_and_innocent_files_go_on() -> None:
    """517f57c: one worker for all; a file of 381 kB took 4 GB, and five files beside it were lost."""
    many = b"<xf/>" * 5_000_000
    bomb = with_styles(b'<styleSheet xmlns="%s">%s</styleSheet>' % (_NAMESPACE.encode(), many))
    assert len(bomb) < 100_000
    room = Spreadsheets(settings(sheet_memory=150_000_000))
    innocent = [room.read(on_disk(GOOD), TITLES, "en") for _ in range(3)]
    burst, readings = await asyncio.gather(refused(room, bomb), asyncio.gather(*innocent))
    assert (burst.status, burst.code, bool(burst.remedy)) == (413, "file-too-large", True)
    assert [reading.rows for reading in readings] == [1, 1, 1]


async def test_time_is_the_kernels_to_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CSV of forty million empty lines: seconds of work, and nothing in it."""
    monkeypatch.setattr(
        spreadsheets, "_SLOWER", 200.0
    )  # this machine may be busy: the CPU's limit counts here
    room = Spreadsheets(settings(sheet_seconds=1))
    slow = await refused(room, GOOD + b"\n" * 40_000_000)
    assert (slow.status, "longer" in slow.detail) == (413, True)
    assert not readers()


async def test_a_fault_is_told_in_the_readers_language() -> None:
    room = Spreadsheets(settings())
    with pytest.raises(Problem) as caught:
        await room.read(on_disk(b"PK\x03\x04rest"), TITLES, "zh")
    assert (caught.value.status, caught.value.detail) == (422, "文件已损坏。")
    assert "重新保存" in caught.value.remedy


async def test_who_leaves_while_his_file_is_read_takes_its_process_along() -> None:
    room = Spreadsheets(settings())
    reading = asyncio.create_task(room.read(on_disk(GOOD + b"\n" * 40_000_000), TITLES, "en"))

    async def begun() -> bool:
        return bool(readers())

    await wait_for(begun, 20, "the process has begun")
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not readers()
    with await room.read(on_disk(GOOD), TITLES, "en") as next_one:
        assert next_one.rows == 1


async def test_who_waits_too_long_for_his_turn_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "_WAITS_S", 0.01)
    room = Spreadsheets(settings(sheet_processes=1))
    reading = asyncio.create_task(room.read(on_disk(GOOD + b"\n" * 40_000_000), TITLES, "en"))

    async def begun() -> bool:
        return bool(readers())

    await wait_for(begun, 20, "the process has begun")
    waiting = await refused(room, GOOD)
    assert (waiting.status, waiting.retry_after) == (503, 10)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


def test_files_take_no_more_room_than_there_is() -> None:
    """517f57c held six uploads of 50 MB in the gateway's memory."""
    room = Spreadsheets(settings(upload_room=1_000))
    with room.upload("p-a", "en") as first:
        first.write(b"x" * 600)
        with room.upload("p-b", "en") as second, pytest.raises(Problem) as caught:
            second.write(b"x" * 600)
        assert (caught.value.status, caught.value.retry_after) == (503, 10)
        with pytest.raises(Problem) as twice:
            room.upload("p-a", "zh")
        assert (twice.value.status, twice.value.detail) == (429, "您的另一个文件正在读取。")
    with room.upload("p-a", "en") as again:
        again.write(b"x" * 1_000)


async def test_the_process_has_none_of_the_gateways_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENGJI_PSEUDONYM_KEY", "secret")
    given = spreadsheets._environment()
    assert "secret" not in given.values()
    assert set(given) <= {*os.environ, "PYTHONUTF8", "MALLOC_ARENA_MAX"}
