"""Change records against servers: who folds what arrived, in the order in which it did, has the snapshot."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import specdsl
from tests.changes.making import BANK
from tests.streaming.changing import State, replayed, snapshot
from tests.streaming.servers import http_server, mqtt_listener, needs, websocket_server
from tests.streaming.test_kafka import broker

BATCHES = 3
TABLES = ("customers", "accounts", "cards", "notes")
RABBIT = "amqp://guest:guest@127.0.0.1:5672/"

Send = Callable[..., int]
"""Sends the stream to an address with options, and gives the number of messages."""


@pytest.fixture(scope="module")
def data() -> specdsl.Data:
    """The bank under a name of its own, so that no other test has its topics."""
    return specdsl.load(BANK.replace("dataset bank", f"dataset bank_{uuid.uuid4().hex[:8]}"))


@pytest.fixture(scope="module")
def last(data: specdsl.Data, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the last batch, with the snapshot after it."""
    folder, checkpoint = tmp_path_factory.mktemp("built"), specdsl.Checkpoint()
    for number in range(1, BATCHES + 1):
        place = folder / f"{number}"
        data.build(place, checkpoint=checkpoint, changes="plain", snapshot=True, verify="off")
    return folder / f"{BATCHES}"


@pytest.fixture
def send(data: specdsl.Data) -> Send:
    def sent(to: str, *, tombstones: bool = False, **options: object) -> int:
        asked = {"tombstones": tombstones}
        found = data.stream(changes="debezium", batches=BATCHES, options=asked, rate="20_000/s")
        made = found.send(to, options=options)
        assert made.ended == "end"
        assert made.delivery.failed == 0
        assert set(made.changes) == {"inserts", "updates", "deletes", *(["tombstones"] if tombstones else [])}
        return made.total

    return sent


def places(data: specdsl.Data) -> list[str]:
    """What Debezium calls the topics."""
    return [f"{data.name}.public.{table}" for table in TABLES]


def require_snapshot(data: specdsl.Data, messages: list[str], last: Path, folder: Path) -> None:
    """What arrived of each table is in order, and comes to the snapshot."""
    numbers: dict[str, int] = {}
    for message in map(json.loads, messages):
        source = message["source"]
        assert numbers.get(source["table"], 0) < source["lsn"]
        numbers[source["table"]] = source["lsn"]
    expected: State = snapshot(data, last)
    assert sum(map(len, expected.values())) > 200
    assert replayed(data, messages, folder, last) == expected


def test_redis(data: specdsl.Data, send: Send, last: Path, tmp_path: Path) -> None:
    needs(6379, "Redis", "redis")
    import redis

    client = redis.Redis()
    try:
        total = send("redis://127.0.0.1/0")
        got = [e[b"data"].decode() for place in places(data) for _, e in client.xrange(place)]
    finally:
        client.delete(*places(data))
        client.close()
    assert len(got) == total
    require_snapshot(data, got, last, tmp_path)


@pytest.mark.parametrize("stored", [False, True])
def test_nats(data: specdsl.Data, send: Send, last: Path, tmp_path: Path, stored: bool) -> None:
    """All tables on one connection: they arrive in the order of the commits."""
    needs(4222, "NATS", "nats")
    import nats

    name = f"specdsl-{uuid.uuid4()}"

    async def run() -> tuple[int, list[str]]:
        client = await nats.connect("nats://127.0.0.1:4222")
        stream = client.jetstream()
        if stored:
            await stream.add_stream(name=name, subjects=[f"{data.name}.>"])
        try:
            listening = await client.subscribe(f"{data.name}.public.*", pending_msgs_limit=-1)
            await client.flush()
            total = await asyncio.to_thread(send, "nats://127.0.0.1:4222", jetstream=stored)
            got = [(await listening.next_msg(5)).data.decode() for _ in range(total)]
        finally:
            if stored:
                await stream.delete_stream(name)
            await client.close()
        return total, got

    total, got = asyncio.run(run())
    assert [json.loads(text)["source"]["lsn"] for text in got] == list(range(1, total + 1))
    require_snapshot(data, got, last, tmp_path)


def test_amqp(data: specdsl.Data, send: Send, last: Path, tmp_path: Path) -> None:
    needs(5672, "RabbitMQ", "aio_pika")
    import aio_pika

    async def drain() -> list[str]:
        connection = await aio_pika.connect(RABBIT)
        channel = await connection.channel()
        got = []
        for place in places(data):
            queue = await channel.get_queue(place)
            while (message := await queue.get(timeout=5, no_ack=True, fail=False)) is not None:
                got.append(message.body.decode())
            await queue.delete()
        await connection.close()
        return got

    total = send(RABBIT, persistent=False)
    got = asyncio.run(drain())
    assert len(got) == total
    require_snapshot(data, got, last, tmp_path)


def test_mqtt(data: specdsl.Data, send: Send, last: Path, tmp_path: Path) -> None:
    topic = f"specdsl/{uuid.uuid4()}"
    with mqtt_listener(f"{topic}/#", 0) as heard:
        total = send(f"mqtt://127.0.0.1:1883/{topic}/{{table}}", qos=1)
        heard.until(lambda: len(heard.texts) == total)
    require_snapshot(data, heard.texts, last, tmp_path)


def test_http(data: specdsl.Data, send: Send, last: Path, tmp_path: Path) -> None:
    with http_server() as server:
        total = send(f"http://127.0.0.1:{server.port}/{{table}}", batch=20, body="jsonl")
    assert len(server.rows()) == total
    assert {path for path, _, _ in server.requests} == {f"/{table}" for table in TABLES}
    require_snapshot(data, [json.dumps(row) for row in server.rows()], last, tmp_path)


class Busy:
    """Answers that take a while; ``most`` of them at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0

    def __call__(self, _: int) -> int:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.02)
        with self._lock:
            self._now -= 1
        return 200


@pytest.mark.parametrize(("options", "at_once"), [({}, 1), ({"concurrency": 4}, 4)])
def test_http_keeps_the_order(data: specdsl.Data, options: dict[str, int], at_once: int) -> None:
    """Unless more requests are asked for, each is answered before the next."""
    busy = Busy()
    with http_server(busy) as server:
        found = data.stream("notes", changes="debezium", rows=30)
        assert found.send(f"http://127.0.0.1:{server.port}/", options=options).delivery.messages == 30
    assert 1 <= busy.most <= at_once
    assert at_once == 1 or busy.most > 1


def test_websocket(data: specdsl.Data, send: Send, last: Path, tmp_path: Path) -> None:
    pytest.importorskip("websockets")
    with websocket_server() as (port, got):
        total = send(f"ws://127.0.0.1:{port}/")
        for _ in range(200):
            if len(got) == total:
                break
            threading.Event().wait(0.05)
    assert [json.loads(text)["source"]["lsn"] for text in got] == list(range(1, total + 1))
    require_snapshot(data, got, last, tmp_path)


# --- Kafka ---------------------------------------------------------------------------------------


@pytest.fixture(params=["librdkafka", "tansu"])
def kafka(request: pytest.FixtureRequest, data: specdsl.Data) -> Iterator[str]:
    """The address of librdkafka's own cluster, or of a broker in a process of its own."""
    library = pytest.importorskip("confluent_kafka")
    if request.param == "tansu":
        with broker(*places(data), "t-cards", "u") as (address, _):
            yield address
        return
    cluster = library.Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0})
    found = next(iter(cluster.list_topics(timeout=10).brokers.values()))
    yield f"{found.host}:{found.port}"
    del cluster


def received(server: str, count: int, *topics: str) -> list[tuple[str | None, str | None]]:
    """Keys and values of the messages of topics, one topic after the other, in order in each partition."""
    import confluent_kafka as library

    consumer = library.Consumer({"bootstrap.servers": server, "group.id": "g", "log_level": 0})
    found: dict[str, list[tuple[str | None, str | None]]] = {topic: [] for topic in topics}
    every = [(topic, consumer.list_topics(topic, timeout=10).topics[topic]) for topic in topics]
    consumer.assign([library.TopicPartition(name, p, 0) for name, topic in every for p in topic.partitions])
    for _ in range(count):
        message = consumer.poll(20)
        assert message is not None
        assert message.error() is None
        key, value = message.key(), message.value()
        found[message.topic()].append((key and key.decode(), None if value is None else value.decode()))
    assert consumer.poll(0.5) is None
    consumer.close()
    return [pair for topic in topics for pair in found[topic]]


def test_kafka(data: specdsl.Data, send: Send, last: Path, tmp_path: Path, kafka: str) -> None:
    total = send(f"kafka://{kafka}", tombstones=True)
    got = received(kafka, total, *places(data))
    keys = {t.name: t.key for t in data.dataset.tables.values()}
    numbers: dict[tuple[str, str | None], int] = {}
    for number, (key, value) in enumerate(got):
        if value is None:  # the last of its key
            behind = [v for k, v in got[:number] if k == key and v is not None]
            assert json.loads(behind[-1])["op"] == "d"
            continue
        message = json.loads(value)
        row, source = message["after"] or message["before"], message["source"]
        assert json.loads(key or "") == {name: row[name] for name in keys[source["table"]]}
        # A partition has all messages of a key, in order.
        assert numbers.get((source["table"], key), 0) < source["lsn"]
        numbers[source["table"], key] = source["lsn"]
    assert sum(value is None for _, value in got) > 5
    messages = [value for _, value in got if value is not None]
    assert replayed(data, messages, tmp_path, last) == snapshot(data, last)


def test_kafka_plain(data: specdsl.Data, kafka: str) -> None:
    data.stream("cards", changes="plain", rows=20).send(f"kafka://{kafka}/t-{{table}}")
    found = received(kafka, 20, "t-cards")
    for key, value in found:
        row = json.loads(value or "")
        assert json.loads(key or "") == {"account_id": row["account_id"], "number": row["number"]}
    data.stream("cards", changes="plain", rows=20).send(f"kafka://{kafka}/u", options={"key": "pin"})
    assert all(key == str(json.loads(value or "")["pin"]) for key, value in received(kafka, 20, "u"))
