"""Servers that go away in the middle of a stream and come back, or do not."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import specdsl
from specdsl.errors import EnvironmentFailure
from specdsl.streaming.pacing import Stop
from specdsl.streaming.summary import Summary
from tests.streaming.servers import mqtt_listener, needs, proxy

SPEC = "dataset d { seed 5 }\ntable events 1_500 { id int key, word string = word() }"
EVERY = set(range(1, 1_501))
NAME = f"specdsl-{uuid.uuid4()}"


@pytest.fixture(scope="module")
def data() -> specdsl.Data:
    return specdsl.load(SPEC)


Got = list[int]

pytestmark = pytest.mark.filterwarnings(  # client libraries drop the sockets of connections that failed
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(autouse=True)
def _dropped_here() -> Iterator[None]:
    """Collects those sockets in the test that opened them, not in one that happens to run later."""
    yield
    gc.collect()


@contextmanager
def redis_rows() -> Iterator[Got]:
    needs(6379, "Redis", "redis")
    import redis

    client: Any = redis.Redis()
    rows: Got = []
    yield rows
    rows += [json.loads(entry[b"data"])["id"] for _, entry in client.xrange(NAME)]
    client.delete(NAME)


@contextmanager
def amqp_rows() -> Iterator[Got]:
    needs(5672, "RabbitMQ", "aio_pika")
    import aio_pika

    async def clear() -> None:
        """What a test of a server that did not come back has left."""
        connection = await aio_pika.connect("amqp://guest:guest@127.0.0.1/")
        async with connection:
            channel = await connection.channel()
            await channel.queue_delete(NAME)

    async def drain() -> Got:
        connection = await aio_pika.connect("amqp://guest:guest@127.0.0.1/")
        async with connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(NAME, durable=True)
            found = []
            while (message := await queue.get(no_ack=True, fail=False)) is not None:
                found.append(json.loads(message.body)["id"])
            await queue.delete()
            return found

    rows: Got = []
    asyncio.run(clear())
    yield rows
    rows += asyncio.run(drain())


@contextmanager
def mqtt_rows() -> Iterator[Got]:
    rows: Got = []
    with mqtt_listener(NAME, 1) as heard:
        yield rows
        heard.until(lambda: {json.loads(text)["id"] for text in heard.texts} == EVERY, 20)
    rows += [json.loads(text)["id"] for text in heard.texts]


@contextmanager
def nats_rows() -> Iterator[Got]:
    needs(4222, "NATS", "nats")
    import nats

    rows: Got = []
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> Any:
        client = await nats.connect("nats://127.0.0.1:4222")

        async def take(message: Any) -> None:
            rows.append(json.loads(message.data)["id"])

        await client.subscribe(NAME, cb=take)
        await client.flush()
        return client

    client = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    yield rows
    until(lambda: len(set(rows)) == len(EVERY))
    asyncio.run_coroutine_threadsafe(client.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


SERVERS: dict[str, tuple[int, str, dict[str, object], Callable[[], Any]]] = {
    "redis": (6379, "redis://127.0.0.1:{port}/0", {"stream": NAME}, redis_rows),
    "nats": (4222, f"nats://127.0.0.1:{{port}}/{NAME}", {}, nats_rows),
    "mqtt": (1883, f"mqtt://127.0.0.1:{{port}}/{NAME}", {}, mqtt_rows),
    "amqp": (5672, "amqp://guest:guest@127.0.0.1:{port}/", {"queue": NAME}, amqp_rows),
}


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def in_thread(call: Callable[[], Summary]) -> tuple[threading.Thread, list[Any]]:
    """``call`` in a thread, and the one thing that it gives or raises."""
    out: list[Any] = []

    def run() -> None:
        try:
            out.append(call())
        except EnvironmentFailure as failure:
            out.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, out


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("how", ["cut", "hangs"])
def test_a_server_that_comes_back(data: specdsl.Data, name: str, how: str) -> None:
    port, address, options, receiving = SERVERS[name]
    with receiving() as rows, proxy(port) as way:
        to = address.format(port=way.port)
        options = {**options, "timeout": "1s"}
        thread, out = in_thread(lambda: data.stream("events", rate="500/s").send(to, options=options))
        until(lambda: way.passed > 20_000)
        if how == "cut":
            way.cut()
            time.sleep(1)
            way.open()
        else:
            way.hangs = True
            time.sleep(1.6)
            way.cut()
            way.hangs = False
            way.open()
        thread.join(60)
        assert isinstance(out[0], Summary), out
        summary = out[0]
    counts = Counter(rows)
    assert set(counts) == EVERY  # at least once
    assert summary.delivery.messages == 1_500
    assert summary.delivery.failed == 0
    assert summary.delivery.retries >= 1
    assert "the server was lost for" in summary.delivery.notes[0]
    again = sum(counts.values()) - 1_500
    told = sum(int(note.split("; ")[1].split()[0].replace(",", "")) for note in summary.delivery.notes)
    assert 0 <= again <= told  # what may have come twice is told


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("patience", ["0s", "1s"])
def test_a_server_that_does_not_come_back(data: specdsl.Data, name: str, patience: str) -> None:
    port, address, options, _ = SERVERS[name]
    needs(port, name, {"redis": "redis", "nats": "nats", "mqtt": "paho.mqtt", "amqp": "aio_pika"}[name])
    with proxy(port) as way:
        to = address.format(port=way.port)
        options = {**options, "timeout": "1s", "reconnect": patience}
        stream = data.stream("events", rate="500/s")
        thread, out = in_thread(lambda: stream.send(to, options=options))
        until(lambda: way.passed > 20_000)
        begun = time.monotonic()
        way.cut()
        thread.join(30)
    assert isinstance(out[0], EnvironmentFailure)
    assert time.monotonic() - begun < 15
    assert "lost" in out[0].message
    assert stream.unfinished is not None
    assert 0 < stream.unfinished.delivery.messages < 1_500
    if name == "redis":
        import redis

        redis.Redis().delete(NAME)


@pytest.mark.parametrize("rate", ["500/s", "max"])
def test_whoever_stops_does_not_wait(rate: str) -> None:
    """Also where so much waits to be sent that the stream stands still."""
    needs(6379, "Redis", "redis")
    import redis

    data = specdsl.load("dataset d { seed 5 }\ntable events 300_000 { id int key, word string = word() }")
    stop = Stop()
    with proxy(6379) as way:
        to, options = f"redis://127.0.0.1:{way.port}/0", {"stream": NAME, "reconnect": "10m"}
        checkpoint = specdsl.Checkpoint()
        stream = data.stream(changes="plain", checkpoint=checkpoint, rate=rate)
        thread, out = in_thread(lambda: stream.send(to, options=options, stop=stop))
        until(lambda: way.passed > 20_000)
        way.cut()
        time.sleep(0.5)
        stop.set("interrupted")
        thread.join(60)
    redis.Redis().delete(NAME)
    assert isinstance(out[0], Summary), out
    assert (out[0].ended, out[0].recorded, checkpoint.batches()) == ("interrupted", False, [])
    assert "the server was lost, and has not confirmed" in out[0].delivery.notes[0]


def test_wrong_messages_are_not_tried_again(data: specdsl.Data) -> None:
    """A stream's name that holds something else: that does not get better."""
    needs(6379, "Redis", "redis")
    import redis

    client: Any = redis.Redis()
    client.set(NAME, "a text")
    begun = time.monotonic()
    with pytest.raises(EnvironmentFailure, match="WRONGTYPE"):
        data.stream("events").send("redis://127.0.0.1:6379/0", options={"stream": NAME})
    client.delete(NAME)
    assert time.monotonic() - begun < 10


def test_nothing_but_the_message_is_printed(tmp_path: Path) -> None:
    """Client libraries have their own logs."""
    pytest.importorskip("aio_pika")
    (tmp_path / "s.dgen").write_text(SPEC)
    command = [sys.executable, "-m", "specdsl", "stream", "s.dgen", "--to", "amqp://127.0.0.1:1/"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 3
    assert [line[:6] for line in ran.stderr.splitlines()] == ["error:", "  help"]
