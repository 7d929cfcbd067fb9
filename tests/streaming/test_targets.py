"""Targets against servers: every row arrives, once, as a build writes it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

import specdsl
from specdsl.errors import EnvironmentFailure, SpecdslError, UsageError
from specdsl.streaming.targets.base import Settings
from specdsl.streaming.targets.registry import target_at
from tests.streaming.servers import http_server, mqtt_listener, needs, websocket_server, websocket_that_ends

T = TypeVar("T")

SPEC = """
dataset d { seed 5 }
table users 20 { id int key, joined timestamp in 2025-01-01..2025-02-01 }
table events 300 {
  id int key
  user_id -> users
  kind string = "click" 70% | "vue é"
  at timestamp in 2025-01-01..2025-02-01
}
"""


@pytest.fixture(scope="module")
def data() -> specdsl.Data:
    return specdsl.load(SPEC)


@pytest.fixture(scope="module")
def events(data: specdsl.Data, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines that a build writes."""
    folder = tmp_path_factory.mktemp("built")
    data.build(folder, "jsonl")
    return (folder / "events.jsonl").read_text("utf-8").splitlines()


def parsed(lines: list[str]) -> list[Any]:
    return [json.loads(line) for line in lines]


# --- HTTP ----------------------------------------------------------------------------------------


def test_http_a_row_a_request(data: specdsl.Data, events: list[str]) -> None:
    with http_server() as server:
        address = f"http://me:secret@127.0.0.1:{server.port}/in/{{table}}?x=1"
        made = data.stream("events", rate="3000/s").send(address, headers={"X-Source": "test"})
    assert sorted(body.decode() for _, _, body in server.requests) == sorted(events)
    path, headers, _ = server.requests[0]
    assert path == "/in/events?x=1"
    assert headers["X-Source"] == "test"
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == "Basic bWU6c2VjcmV0"
    assert (made.delivery.messages, made.delivery.failed, made.delivery.latency.count) == (300, 0, 300)
    assert "secret" not in made.target
    assert made.delivery.notes == ["answers: 200 300 times"]


@pytest.mark.parametrize("body", ["json", "jsonl"])
def test_http_batches(data: specdsl.Data, events: list[str], body: str) -> None:
    with http_server() as server:
        options = {"batch": 64, "concurrency": 1, "body": body}
        made = data.stream("events").send(f"http://127.0.0.1:{server.port}", options=options)
    assert server.rows() == parsed(events)
    assert made.delivery.messages == len(server.requests) == 5


def test_http_tries_again(data: specdsl.Data, events: list[str]) -> None:
    with http_server(lambda n: 503 if n % 3 == 0 else 201) as server:
        address = f"http://127.0.0.1:{server.port}/"
        made = data.stream("events").send(address, options={"batch": 50, "concurrency": 1})
    assert server.rows() == parsed(events)
    assert made.delivery.retries == 3
    assert made.delivery.failed == 0


def test_http_counts_what_is_refused(data: specdsl.Data) -> None:
    with http_server(lambda n: 400 if n == 1 else 200) as server:
        address = f"http://127.0.0.1:{server.port}/"
        made = data.stream("events").send(address, options={"batch": 100, "concurrency": 1})
    assert (made.delivery.messages, made.delivery.failed, made.delivery.retries) == (2, 100, 0)


def test_http_ends_when_all_fails(data: specdsl.Data) -> None:
    with (
        http_server(lambda _: 404) as server,
        pytest.raises(EnvironmentFailure, match="20 requests in a row"),
    ):
        stream = data.stream("events")
        stream.send(f"http://127.0.0.1:{server.port}/")
    assert stream.unfinished is not None
    (note,) = stream.unfinished.delivery.notes
    assert note.startswith("answers: 404 ")


def test_http_a_slow_server_is_not_spared_in_the_figures(data: specdsl.Data) -> None:
    """One connection and 20 ms an answer are 50 rows/s at most; 200/s were asked for."""
    with http_server(pause=0.02) as server:
        address = f"http://127.0.0.1:{server.port}/"
        made = data.stream("events", rate="200/s", rows=60).send(address, options={"concurrency": 1})
    assert made.delivery.latency.percentile(0.5) < 0.2
    assert made.delivery.response.most > 0.6  # the last of them was due after 0.3 s


def test_http_a_batch_waits_only_so_long(data: specdsl.Data) -> None:
    with http_server() as server:
        options = {"batch": 1000, "linger": "100ms"}
        data.stream("events", rate="20/s", rows=10).send(f"http://127.0.0.1:{server.port}/", options=options)
    assert len(server.requests) > 2
    assert len(server.rows()) == 10


def test_nobody_is_there(data: specdsl.Data) -> None:
    with pytest.raises(EnvironmentFailure, match="cannot connect"):
        data.stream("events").send("http://127.0.0.1:9/")


# --- brokers -------------------------------------------------------------------------------------


def test_redis(data: specdsl.Data, events: list[str]) -> None:
    needs(6379, "Redis", "redis")
    import redis

    client = redis.Redis()
    name = f"specdsl-{uuid.uuid4()}"
    try:
        made = data.stream("events", rate="5000/s").send("redis://127.0.0.1/0", options={"stream": name})
        got = [entry[b"data"].decode() for _, entry in client.xrange(name)]
        assert got == events
        assert made.delivery.messages == 300
        data.stream("events").send("redis://127.0.0.1/0", options={"stream": name, "maxlen": 100})
        assert client.xlen(name) < 300
    finally:
        client.delete(name)
        client.close()


def test_nats(data: specdsl.Data, events: list[str]) -> None:
    needs(4222, "NATS", "nats")
    import nats

    async def run() -> list[str]:
        client = await nats.connect("nats://127.0.0.1:4222")
        subject = f"specdsl.{uuid.uuid4()}.events"
        listening = await client.subscribe(subject)
        await client.flush()
        pattern = subject.replace("events", "{table}")
        await asyncio.to_thread(data.stream("events").send, f"nats://127.0.0.1:4222/{pattern}")
        got = [(await listening.next_msg(5)).data.decode() for _ in events]
        await client.close()
        return got

    assert asyncio.run(run()) == events


def test_jetstream(data: specdsl.Data, events: list[str]) -> None:
    needs(4222, "NATS", "nats")
    import nats

    name = f"specdsl-{uuid.uuid4()}"
    address = f"nats://127.0.0.1:4222/{name}.events"

    async def run() -> int:
        client = await nats.connect("nats://127.0.0.1:4222")
        stream = client.jetstream()
        with pytest.raises(EnvironmentFailure, match="lost"):  # no stream takes it
            await asyncio.to_thread(data.stream("events").send, address, options={"jetstream": True})
        await stream.add_stream(name=name, subjects=[f"{name}.>"])
        try:
            await asyncio.to_thread(data.stream("events").send, address, options={"jetstream": True})
            return int((await stream.stream_info(name)).state.messages)
        finally:
            await stream.delete_stream(name)
            await client.close()

    assert asyncio.run(run()) == len(events)


def test_amqp(data: specdsl.Data, events: list[str]) -> None:
    needs(5672, "RabbitMQ", "aio_pika")
    import aio_pika

    name = f"specdsl-{uuid.uuid4()}"
    address = "amqp://guest:guest@127.0.0.1:5672/"
    made = data.stream("events").send(address, options={"queue": name, "persistent": False})

    async def drain() -> list[str]:
        connection = await aio_pika.connect(address)
        channel = await connection.channel()
        queue = await channel.get_queue(name)
        got = []
        for _ in events:
            message = await queue.get(timeout=5, no_ack=True)
            assert message is not None
            got.append(message.body.decode())
        await queue.delete()
        await connection.close()
        return got

    assert asyncio.run(drain()) == events
    assert made.delivery.messages == 300
    with pytest.raises(
        EnvironmentFailure, match=r"^`amqp://127.0.0.1:5672/` has no exchange `there-is-none`$"
    ):
        data.stream("events").send(address, options={"exchange": "there-is-none"})


RABBIT = "amqp://guest:guest@127.0.0.1:5672/"


def rabbit(work: Callable[[Any], Awaitable[T]]) -> T:
    """What ``work`` gives, which gets a channel."""
    needs(5672, "RabbitMQ", "aio_pika")
    import aio_pika

    async def run() -> T:
        async with await aio_pika.connect(RABBIT) as connection:
            return await work(await connection.channel())

    return asyncio.run(run())


def test_amqp_returns_what_no_queue_is_bound_for(data: specdsl.Data) -> None:
    """An exchange drops such messages, and confirms them."""
    name = f"specdsl-{uuid.uuid4()}"

    async def begin(channel: Any) -> None:
        exchange = await channel.declare_exchange(name, "direct")
        await (await channel.declare_queue(name)).bind(exchange, "events")

    async def end(channel: Any) -> int:
        queue = await channel.get_queue(name)
        count = queue.declaration_result.message_count
        await queue.delete(if_empty=False)
        await channel.exchange_delete(name)
        return int(count)

    rabbit(begin)
    stream = data.stream("events")
    with pytest.raises(EnvironmentFailure) as failure:
        stream.send(RABBIT, options={"exchange": name, "queue": "evnts"})
    assert f"exchange `{name}`" in failure.value.message
    assert "routing key `evnts`" in failure.value.message
    assert "bind a queue" in failure.value.help
    assert stream.unfinished is not None
    assert stream.unfinished.delivery.messages == 0
    assert stream.send(RABBIT, options={"exchange": name}).delivery.messages == 300
    assert rabbit(end) == 300


@pytest.mark.parametrize(
    "how", [{"arguments": {"x-max-length": 1_000}}, {"durable": False, "auto_delete": True}]
)
def test_amqp_takes_queues_as_they_are(data: specdsl.Data, how: dict[str, Any]) -> None:
    name = f"specdsl-{uuid.uuid4()}"

    async def begin(channel: Any) -> None:
        await channel.declare_queue(name, **{"durable": True, **how})

    async def end(channel: Any) -> int:
        queue = await channel.get_queue(name)
        count = queue.declaration_result.message_count
        await queue.delete(if_empty=False)
        return int(count)

    rabbit(begin)
    assert data.stream("events").send(RABBIT, options={"queue": name}).delivery.messages == 300
    assert rabbit(end) == 300


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_mqtt(data: specdsl.Data, events: list[str], qos: int) -> None:
    topic = f"specdsl/{uuid.uuid4()}"
    with mqtt_listener(f"{topic}/events", 0) as heard:
        data.stream("events").send(f"mqtt://127.0.0.1:1883/{topic}/{{table}}", options={"qos": qos})
        heard.until(lambda: len(heard.texts) == len(events))
    assert heard.texts == events


def test_kafka(data: specdsl.Data, events: list[str]) -> None:
    """Against librdkafka's own cluster, which speaks Kafka's protocol over TCP."""
    kafka = pytest.importorskip("confluent_kafka")
    cluster = kafka.Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0})
    broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))
    address = f"kafka://{broker.host}:{broker.port}/t-{{table}}"
    options = {"key": "user_id", "compression": "lz4"}
    made = data.stream("events", rate="5000/s").send(address, options=options)
    assert (made.delivery.messages, made.delivery.failed) == (300, 0)
    settings = {"group.id": "g", "auto.offset.reset": "earliest"}
    consumer = kafka.Consumer({"bootstrap.servers": f"{broker.host}:{broker.port}", **settings})
    try:
        consumer.subscribe(["t-events"])
        got = []
        while len(got) < len(events):
            message = consumer.poll(20)
            assert message is not None and message.error() is None
            got.append((message.key().decode(), message.value().decode()))
    finally:
        consumer.close()
    assert sorted(body for _, body in got) == sorted(events)
    assert all(json.loads(body)["user_id"] == int(key) for key, body in got)


def test_kafka_options_are_checked(data: specdsl.Data) -> None:
    pytest.importorskip("confluent_kafka")
    with pytest.raises(UsageError, match="does not take these options"):
        data.stream("events").send("kafka://127.0.0.1:9/", options={"no.such": "1"})
    with pytest.raises(UsageError, match="has no column `nope`"):
        data.stream("events").send("kafka://127.0.0.1:9/", options={"key": "nope"})
    with pytest.raises(EnvironmentFailure, match="cannot connect"):
        data.stream("events").send("kafka://127.0.0.1:9/", options={"timeout": "500ms"})


def test_websocket(data: specdsl.Data, events: list[str]) -> None:
    pytest.importorskip("websockets")
    with websocket_server() as (port, got):
        data.stream("events", "users", rate="max", time={"users": "joined"}).send(f"ws://127.0.0.1:{port}/")
        data.stream("events").send(f"ws://127.0.0.1:{port}/")
    assert got[320:] == events
    mixed = parsed(got[:320])
    assert sorted(m["row"]["id"] for m in mixed if m["table"] == "users") == list(range(1, 21))
    assert sorted(json.dumps(m["row"]) for m in mixed if m["table"] == "events") == sorted(
        json.dumps(e) for e in parsed(events)
    )


def test_a_server_that_goes_away(data: specdsl.Data) -> None:
    pytest.importorskip("websockets")
    with websocket_server(most=50) as (port, got):
        stream = data.stream("events", rate="1000/s")
        with pytest.raises(EnvironmentFailure, match="lost `ws://"):
            stream.send(f"ws://127.0.0.1:{port}/")
    assert len(got) == 50
    assert stream.unfinished is not None
    assert 50 <= stream.unfinished.total < 300


@pytest.mark.parametrize(
    ("most", "code", "told"),
    [
        (50, None, "lost `ws://"),
        (300, None, "the server has cut the connection"),
        (300, 1011, r"with code 1011 \(disk full\)"),
        (300, 1000, ""),
    ],
)
def test_how_a_websocket_ends(data: specdsl.Data, most: int, code: int | None, told: str) -> None:
    """That all messages are on their way does not mean that the server has them; how it ends says so."""
    pytest.importorskip("websockets")
    checkpoint = specdsl.Checkpoint()
    with websocket_that_ends(most, code) as port:
        stream = data.stream("events", changes="plain", checkpoint=checkpoint)
        if told:
            with pytest.raises(EnvironmentFailure, match=told):
                stream.send(f"ws://127.0.0.1:{port}/")
        else:
            assert stream.send(f"ws://127.0.0.1:{port}/").recorded
    assert len(checkpoint.batches()) == (0 if told else 1)


def test_a_websocket_for_each_table(data: specdsl.Data, events: list[str]) -> None:
    pytest.importorskip("websockets")
    paths: list[str] = []
    with websocket_server(paths=paths) as (port, got):
        stream = data.stream("events", "users", time={"users": "joined"})
        stream.send(f"ws://127.0.0.1:{port}/p/{{table}}?x={{table}}")
    assert Counter(paths) == {"/p/events?x=events": 300, "/p/users?x=users": 20}
    assert sum(json.loads(message).keys() == json.loads(events[0]).keys() for message in got) == 300


# --- what cannot be asked ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "more", "told"),
    [
        ("kafak://localhost", {}, "did you mean kafka://?"),
        ("redis://", {}, "names no host"),
        ("redis://localhost:port", {}, "is not an address"),
        ("redis://me:se/cret@localhost", {}, "`redis://localhost` is not an address"),
        ("http://localhost/", {"options": {"batch": "many"}}, "a whole number, 1 to 1,000,000"),
        ("http://localhost/", {"options": {"bach": "1"}}, "did you mean `batch`?"),
        ("http://localhost/", {"options": {"linger": "soon"}}, "such as 500ms"),
        ("http://localhost/", {"every": "60s"}, "--every is for files"),
        ("redis://localhost/", {"headers": {"A": "b"}}, "headers are for"),
        ("-", {"options": {"a": "b"}}, "no options"),
        ("redis://localhost/notadb", {}, "a number, which `notadb` is not"),
        ("redis://localhost/0/1", {}, "a number, which `0/1` is not"),
        ("redis://localhost/?db=main", {}, "a number, which `main` is not"),
        ("redis://localhost/?stream=s", {}, "has no `?stream`"),
        ("redis://:secr#et@localhost/", {}, "has no part after `#`"),
        ("mqtt://localhost/s2/#", {}, "a `#` in a name is %23"),
        ("mqtt://localhost/s2?", {}, "a `?` in a name is %3F"),
        ("mqtts://localhost/s2?qos=2", {}, "an address of mqtts:// has no `?qos`"),
        ("nats://localhost/s2?x=1", {}, "options are given by -O"),
        ("nats://localhost/s2#x", {}, "has no part after `#`"),
        ("amqp://localhost/?queue=q", {}, "has no `?queue`"),
        ("amqp://localhost/#q", {}, "has no part after `#`"),
        ("kafka://localhost/events?key=id", {}, "has no `?key`"),
        ("kafka://localhost/events#1", {}, "has no part after `#`"),
        ("ws://localhost/events#1", {}, "has no part after `#`"),
        ("http://localhost/events#1", {}, "has no part after `#`"),
    ],
)
def test_wrong_targets(data: specdsl.Data, address: str, more: dict[str, Any], told: str) -> None:
    with pytest.raises(SpecdslError) as failure:
        data.stream("events").send(address, **more)
    assert failure.value.status == 2
    assert told in f"{failure.value.message} {failure.value.help}"
    assert "secr" not in f"{failure.value.message} {failure.value.help}"


@pytest.mark.parametrize(
    "address",
    ["redis://localhost/3?client_name=a", "rediss://localhost/?ssl_cert_reqs=none", "amqp://h/?heartbeat=5",
     "ws://localhost/e?token=1", "http://localhost/e?token=1", "mqtt://localhost/a%23", "redis://localhost/1/"],
)  # fmt: skip
def test_what_addresses_may_have(address: str) -> None:
    assert target_at(address, Settings()).shown


def test_a_missing_library_is_named(data: specdsl.Data, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(UsageError) as failure:
        data.stream("events").send("redis://localhost/")
    assert failure.value.help == "pip install 'specdsl[redis]'"


def test_files_of_every_format(data: specdsl.Data, tmp_path: Path) -> None:
    from specdsl.sinks.registry import SINKS

    for form in SINKS:
        made = data.stream("events").send(str(tmp_path / form), format=form, every="100rows")
        assert len(made.delivery.parts) == 3
        assert {p.name for p in (tmp_path / form).iterdir()} == {Path(p).name for p in made.delivery.parts}
