"""Pushing a file: a wrong address or credential is said at once, and a batch's refusal without a traceback."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.main import app
from cli.readings_csv import Mapping, read
from cli.readings_import import Done, check, push
from clients.door import Door, DoorError

REGISTER = Mapping(
    meter="M1",
    meter_column=None,
    time_column="time",
    value_column="value",
    time_format="iso",
    zone="Asia/Shanghai",
    label="end",
    midnight="as-written",
    kind="register",
    minutes=15,
    unit="kWh",
)


def door(handler: Any) -> Door:
    made = Door("http://door", "e1.secret")
    made._http = httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://door")
    return made


def refusing(status: int, **problem: Any) -> Any:
    return lambda _: httpx.Response(status, json={"title": "No", "status": status, **problem})


async def test_a_credential_that_nobody_knows_is_told_before_anything_is_sent() -> None:
    with pytest.raises(DoorError, match="401"):
        await check(door(refusing(401)))
    for status, more in ((404, {}), (503, {"retry_after": 1})):
        await check(door(refusing(status, **more)))


async def test_an_address_that_nobody_answers_at_is_told_at_once() -> None:
    def nobody(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("All connection attempts failed")

    with pytest.raises(ValueError, match="nobody answers at http://door"):
        await check(door(nobody))


def test_it_is_told_in_a_line_and_not_in_a_traceback(tmp_path: Path) -> None:
    """It took thirty tries and ended in an ExceptionGroup's traceback."""
    file = tmp_path / "feed.csv"
    file.write_text("time,value\n2013-01-01 00:15,1\n")
    options = [
        "--meter",
        "M1",
        "--yes",
        "--credential",
        "e1.x",
        "--url",
        "http://127.0.0.1:9",
        "--data",
        str(tmp_path),
    ]
    done = CliRunner().invoke(app, ["readings", "import", str(file), *options])
    assert done.exit_code == 1
    assert "nobody answers at http://127.0.0.1:9" in done.output
    assert "Traceback" not in done.output


async def test_a_refused_batch_is_one_error_and_the_others_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "feed.csv"
    file.write_text("time,value\n" + "".join(f"2013-01-01 00:00:{n:02},1\n" for n in range(60)) * 60)
    feed, sent = read(file, REGISTER), asyncio.Event()

    def some(request: httpx.Request) -> httpx.Response:
        if sent.is_set():
            return httpx.Response(422, json={"title": "No", "detail": "not this one", "status": 422})
        sent.set()
        return httpx.Response(202, json={"receipt": "r1", "readings": 1000})

    done = Done(tmp_path / "notes.json")
    with pytest.raises(DoorError, match="not this one"):
        await push(door(some), feed, REGISTER, done, Console(quiet=True))
    assert list(done.receipts.values()) == ["r1"]
