"""The meters' door: 202 only for what is stored, 4xx for a person, 429 and 503 for a re-send."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from services.energy.readings import quarantine, release, wire
from tests.conftest import DatabaseFactory
from tests.integration.energy.readings.pipeline import Pipeline, rows, zipped
from tests.kit.energy_oracle import Meter
from tests.kit.energy_store import Store, at
from tests.kit.servers import TestNats, wait_for

T = at("01-05 08:00")
JSON = {"Content-Type": "application/json"}


@pytest_asyncio.fixture
async def pipeline(database: DatabaseFactory, nats_server: TestNats) -> AsyncIterator[Pipeline]:
    """Servers with one registered register meter, m1 of e1."""
    made = await database("energy")
    conn = await asyncpg.connect(made.dsn)
    pipeline = Pipeline(nats_server, made, Store(conn))
    await pipeline.store.meter(Meter("m1", capacity=Decimal(1000), modulus=100_000_000_000))
    yield pipeline
    await conn.close()


@pytest_asyncio.fixture
async def door(pipeline: Pipeline) -> AsyncIterator[httpx.AsyncClient]:
    """A client with e1's credential."""
    async with pipeline.door() as client:
        client.headers.update(await pipeline.credential())
        yield client


async def push(door: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    return await door.post("/v1/readings", json=body, headers=headers)


async def done(door: httpx.AsyncClient, answer: httpx.Response) -> dict[str, Any]:
    """The receipt, once it is processed."""

    async def receipt() -> dict[str, Any] | None:
        found = (await door.get(answer.json()["status_url"])).json()
        return found if found["state"] == "done" else None

    return await wait_for(receipt)


class TestWhatIsTaken:
    async def test_rows_columns_and_gzip_end_in_the_same_store(
        self, pipeline: Pipeline, door: httpx.AsyncClient
    ) -> None:
        columns = {"columns": {"meter": "m1", "time": [T + 900, T + 1800], "value": [10.5, "20.250"]}}
        first = await push(door, rows(("m1", T, 0), unit="kWh", kind="register"))
        second = await push(door, columns)
        iso = rows(("m1", "2013-01-05T08:45:00+08:00", 30))
        third = await door.post(
            "/v1/readings", content=zipped(iso), headers={**JSON, "Content-Encoding": "gzip"}
        )
        assert [answer.status_code for answer in (first, second, third)] == [202] * 3
        assert second.json()["readings"] == 2
        assert (await door.get(first.json()["status_url"])).json()["state"] == "pending"
        async with pipeline.working():
            counts = [(await done(door, answer))["counts"]["accepted"] for answer in (first, second, third)]
        assert counts == [1, 2, 1]
        found = await pipeline.store.conn.fetch("SELECT t, v FROM reading ORDER BY t")
        assert [tuple(row) for row in found] == [
            (T, 0),
            (T + 900, 10_500_000),
            (T + 1800, 20_250_000),
            (T + 2700, 30_000_000),
        ]

    async def test_g9_three_times_the_same(self, pipeline: Pipeline, door: httpx.AsyncClient) -> None:
        answers = [await push(door, rows(("m1", T, 1))) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [202] * 3
        async with pipeline.working():
            outcomes = [(await done(door, answer))["counts"] for answer in answers]
        assert [(each["accepted"], each["duplicate"]) for each in outcomes] == [(1, 0), (0, 1), (0, 1)]

    async def test_an_interval_labelled_by_its_start_is_kept_by_its_end(
        self, pipeline: Pipeline, door: httpx.AsyncClient
    ) -> None:
        await pipeline.store.meter(Meter("q1", register=False))
        body = rows(("q1", T, 25), label="start", kind="interval", interval_seconds=900)
        answer = await push(door, body)
        async with pipeline.working():
            await done(door, answer)
        assert await pipeline.store.conn.fetchval("SELECT t FROM reading") == T + 900

    async def test_a_correction_and_the_same_correction_again(
        self, pipeline: Pipeline, door: httpx.AsyncClient
    ) -> None:
        correction = rows(("m1", T, 2), correction=True, reported_at="2013-01-07T10:00:00+08:00")
        bodies = (rows(("m1", T, 1)), correction, correction)
        async with pipeline.working():
            outcomes = [(await done(door, await push(door, body)))["exceptions"] for body in bodies]
        assert [[each["outcome"] for each in exceptions] for exceptions in outcomes] == [
            [],
            ["revised"],
            ["duplicate"],
        ]

    async def test_a_key_makes_one_request_of_two_and_no_more_than_that(
        self, pipeline: Pipeline, door: httpx.AsyncClient
    ) -> None:
        """The same key with another body is another request: nothing that was acknowledged may be lost."""
        key = {"Idempotency-Key": "k1"}
        one = await push(door, rows(("m1", T, 1)), **key)
        again = await push(door, rows(("m1", T, 1)), **key)
        other = await push(door, rows(("m1", T + 900, 2)), **key)
        assert one.json() == again.json() != other.json()
        assert await pipeline.queued() == 2

    async def test_small_posts_share_a_publish(self, pipeline: Pipeline) -> None:
        async with pipeline.door(share_publish_ms=50) as door:
            door.headers.update(await pipeline.credential())
            await push(door, rows(("m1", T, 0)))
            answers = await asyncio.gather(*(push(door, rows(("m1", T + 60 * n, n))) for n in range(1, 41)))
            assert {answer.status_code for answer in answers} == {202}
            assert len({answer.json()["receipt"] for answer in answers}) == 40
            assert await pipeline.queued() < 10
        async with pipeline.working():
            await pipeline.worked_off()
        assert await pipeline.store.conn.fetchval("SELECT sum(accepted) FROM receipt") == 41

    async def test_exactness_does_not_pass_through_floats(
        self, pipeline: Pipeline, door: httpx.AsyncClient
    ) -> None:
        values = [
            "0.0000014999",
            "1.0000015",
            "8589934592.000001",
            "999999999999.999999",
            "0.1",
            "1e3",
            "12.3456789",
        ]
        body = rows(*(("m2", T + 900 * n, "VALUE") for n in range(len(values))))
        text = json.dumps(body)
        for value in values:
            text = text.replace('"VALUE"', value, 1)
        await pipeline.store.meter(Meter("m2"))
        answer = await door.post("/v1/readings", content=text, headers=JSON)
        async with pipeline.working():
            await done(door, answer)
        found = await pipeline.store.conn.fetch("SELECT v FROM reading ORDER BY t")
        assert [row["v"] for row in found] == [
            1,
            1_000_002,
            8_589_934_592_000_001,
            999_999_999_999_999_999,
            100_000,
            1_000_000_000,
            12_345_679,
        ]

    async def test_what_no_meter_can_show_is_taken_and_kept_apart(
        self, pipeline: Pipeline, door: httpx.AsyncClient
    ) -> None:
        answer = await push(door, rows(("m1", T, 10**30), ("m1", T, -0.001), ("m1", 10**20, 1), ("m?", T, 1)))
        async with pipeline.working():
            found = await done(door, answer)
        assert [each["reason"] for each in found["exceptions"]] == [
            "impossible_value",
            "odd_time",
            "unknown_meter",
        ]

    async def test_the_quarantine_keeps_what_came(self, pipeline: Pipeline, door: httpx.AsyncClient) -> None:
        """NaN, 1e400 and thirty digits all read 4611686018427387.904; through a release, too."""
        values = ["NaN", "1e400", "1" * 30, "-Infinity"]
        body = rows(*(("m1", T + 900 * n, value) for n, value in enumerate(values)), ("m1", 10**20, 1))
        answer = await push(door, body)
        conn = pipeline.store.conn
        kept = "SELECT sent_value, sent_time FROM quarantine WHERE state = 'held' ORDER BY item"
        async with pipeline.working():
            await done(door, answer)
            before = await conn.fetch(kept)
            async with conn.transaction():
                await quarantine.release(conn, "e1", ["impossible_value", "odd_time"], pipeline.store.now)
                taken = await release.take(conn)
            js = await pipeline.nats.jetstream()
            for p, post in release.posts(taken):
                await js.publish(wire.subject(p), wire.encode([post]))
            await pipeline.worked_off()
        assert [tuple(row) for row in before] == [*((value, None) for value in values), (None, str(10**20))]
        assert await conn.fetch(kept) == before


WRONG: list[tuple[Any, str]] = [
    ({}, "body"),
    (rows(), "readings"),
    (rows(("m1", T, 1), columns={"meter": "m1", "time": [T], "value": [1]}), "body"),
    (rows(("", T, 1)), "readings[0].meter"),
    (rows(("m1", T, 1), ("a b", T, 1)), "readings[1].meter"),
    (rows(("m1", "2013-01-05T08:00:00", 1)), "readings[0].time"),
    (rows(("m1", "yesterday", 1)), "readings[0].time"),
    (rows(("m1", T, 1), ("m1", T, "abc")), "readings[1].value"),
    (rows(("m1", T, None)), "readings[0].value"),
    (rows(("m1", T, True)), "readings[0].value"),
    (rows(("m1", T, 1), label="start"), "label"),
    (rows(("m1", T, 1), label="start", kind="register", interval_seconds=900), "label"),
    (rows(("m1", T, 1), correction=True), "reported_at"),
    (rows(("m1", T, 1), reported_at="2013-01-05T08:00:00Z"), "reported_at"),
    (rows(("m1", T, 1), correction=True, reported_at="2213-01-05T08:00:00Z"), "reported_at"),
    (rows(("m1", T, 1), statistic_type=4), "statistic_type"),
    (rows(("m1", T, 1), colour="red"), "body"),
    (rows(*(("m1", T, 1) for _ in range(5001))), "readings"),
    ({"columns": {"meter": ["m1"], "time": [T, T], "value": [1, 2]}}, "columns.meter"),
    ({"columns": {"meter": "m1", "time": [T, T], "value": [1]}}, "columns.value"),
    ([], "body"),
]


class TestWhatAPersonMustPutRight:
    @pytest.mark.parametrize(("body", "where"), WRONG, ids=lambda value: str(value)[:40])
    async def test_the_place_is_named(self, door: httpx.AsyncClient, body: Any, where: str) -> None:
        answer = await push(door, body)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert answer.json()["where"] == where
        assert answer.json()["remedy"]

    @pytest.mark.parametrize("content", [b"", b"{", b'{"readings": \xff}', b'{"unit": "x" 2}'])
    async def test_not_json(self, door: httpx.AsyncClient, content: bytes) -> None:
        answer = await door.post("/v1/readings", content=content, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "not-json")

    @pytest.mark.parametrize(
        "content",
        [b"", b"{}", gzip.compress(b"{}")[:-3], gzip.compress(b"{}") + b"x"],
        ids=["empty", "plain", "cut", "longer"],
    )
    async def test_not_gzip(self, door: httpx.AsyncClient, content: bytes) -> None:
        headers = {**JSON, "Content-Encoding": "gzip"}
        answer = await door.post("/v1/readings", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "broken-gzip")

    @pytest.mark.parametrize(
        "headers",
        [{"Content-Type": "text/csv"}, {}, {**JSON, "Content-Encoding": "br"}],
        ids=["csv", "undeclared", "brotli"],
    )
    async def test_other_media(self, door: httpx.AsyncClient, headers: dict[str, str]) -> None:
        answer = await door.post("/v1/readings", content=b"{}", headers=headers)
        assert answer.status_code == 415

    async def test_too_large(self, pipeline: Pipeline) -> None:
        """Refused by its declared length, while it is read, and while it is unpacked."""

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b" " * 1000

        async with pipeline.door(max_body_bytes=10_000, max_unpacked_bytes=20_000) as door:
            door.headers.update(await pipeline.credential())
            bomb = gzip.compress(b" " * 5_000_000)
            assert len(bomb) < 10_000
            answers = [
                await door.post("/v1/readings", content=b" " * 20_000, headers=JSON),
                await door.post("/v1/readings", content=chunks(), headers=JSON),
                await door.post("/v1/readings", content=bomb, headers={**JSON, "Content-Encoding": "gzip"}),
            ]
        assert [answer.status_code for answer in answers] == [413] * 3

    @pytest.mark.parametrize(
        "authorization", [None, "", "Bearer", "Bearer e1", "Bearer e1.wrong", "Bearer nobody.x", "Basic e1.x"]
    )
    async def test_who_are_you(self, pipeline: Pipeline, authorization: str | None) -> None:
        async with pipeline.door() as door:
            headers = {} if authorization is None else {"Authorization": authorization}
            answers = [
                await door.post("/v1/readings", json=rows(("m1", T, 1)), headers=headers),
                await door.get(f"/v1/receipts/{uuid4()}", headers=headers),
            ]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert "Bearer" in answers[0].headers["www-authenticate"]

    async def test_a_revoked_credential(self, pipeline: Pipeline) -> None:
        header = await pipeline.credential()
        await pipeline.store.conn.execute("UPDATE device_credential SET valid_to = now()")
        async with pipeline.door() as door:
            answer = await door.post("/v1/readings", json=rows(("m1", T, 1)), headers=header)
        assert answer.status_code == 401

    @pytest.mark.parametrize("receipt", ["x", str(UUID(int=1, version=4))])
    async def test_a_made_up_receipt(self, door: httpx.AsyncClient, receipt: str) -> None:
        assert (await door.get(f"/v1/receipts/{receipt}")).status_code == 404

    async def test_anothers_receipt(self, pipeline: Pipeline, door: httpx.AsyncClient) -> None:
        answer = await push(door, rows(("m1", T, 1)))
        await pipeline.store.feed("e2")
        other = await pipeline.credential("e2")
        assert (await door.get(answer.json()["status_url"], headers=other)).status_code == 404

    async def test_no_such_route(self, door: httpx.AsyncClient) -> None:
        answers = [await door.get("/v2"), await door.get("/v1/readings")]
        assert [answer.status_code for answer in answers] == [404, 405]
        assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


class TestWhatAResendCures:
    async def test_the_queue_is_full(self, pipeline: Pipeline, door: httpx.AsyncClient) -> None:
        js = await pipeline.nats.jetstream()
        config = (await js.stream_info("READINGS")).config
        await js.update_stream(config.evolve(max_bytes=1))
        answer = await push(door, rows(("m1", T, 1)))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        await js.update_stream(config)
        assert (await push(door, rows(("m1", T, 1)))).status_code == 202

    async def test_the_stream_does_not_answer(self, pipeline: Pipeline) -> None:
        async with pipeline.door(publish_budget_s=0.2) as door:
            door.headers.update(await pipeline.credential())
            await push(door, rows(("m1", T, 1)))
            await pipeline.nats.stop()
            answer = await push(door, rows(("m1", T + 900, 1)))
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            await pipeline.nats.restart()

    async def test_more_than_a_fair_share(self, pipeline: Pipeline) -> None:
        async with pipeline.door(readings_per_second=1, readings_burst=5_000) as door:
            door.headers.update(await pipeline.credential())
            full = rows(*(("m1", T + n, 1) for n in range(5_000)))
            assert (await push(door, full)).status_code == 202
            answer = await push(door, rows(*(("m1", T + n, 1) for n in range(60))))
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60

    async def test_too_much_in_hand(self, pipeline: Pipeline) -> None:
        async with pipeline.door(max_bytes_in_flight=1_000) as door:
            door.headers.update(await pipeline.credential())
            answer = await push(door, rows(*(("m1", T + n, 1) for n in range(100))))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_the_document_names_what_the_door_takes(door: httpx.AsyncClient) -> None:
    document = (await door.get("/openapi.json")).json()
    push_it = document["paths"]["/v1/readings"]["post"]
    assert set(push_it["responses"]) >= {"202", "400", "401", "413", "415", "422", "429", "503"}
    examples = push_it["requestBody"]["content"]["application/json"]["examples"]
    for name, example in examples.items():
        assert (await push(door, example["value"])).status_code == 202, name


class TestWhatIsTraced:
    PARENT = f"00-{'ab' * 16}-{'cd' * 8}-01"

    async def test_the_answer_names_its_trace(self, door: httpx.AsyncClient) -> None:
        taken = await push(door, rows(("m1", T, 1)), traceparent=self.PARENT)
        assert (taken.status_code, taken.headers["X-Trace-Id"]) == (202, "ab" * 16)
        refused = await push(door, {"readings": "none"}, traceparent=self.PARENT)
        assert (refused.status_code // 100, refused.headers["X-Trace-Id"]) == (4, "ab" * 16)

    async def test_who_has_no_credential_writes_nothing_into_our_traces(
        self, door: httpx.AsyncClient
    ) -> None:
        answer = await push(
            door, rows(("m1", T, 1)), traceparent=self.PARENT, Authorization="Bearer e1.guess"
        )
        assert answer.status_code == 401
        assert "X-Trace-Id" not in answer.headers
