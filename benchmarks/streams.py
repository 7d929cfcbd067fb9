"""Streams: the rate that is kept, how even it is, and how many rows a second each target takes at most.

    python benchmarks/streams.py               all targets that are there
    python benchmarks/streams.py stdout http   these
    python benchmarks/streams.py --seconds 10 --rounds 3

Brokers are those that listen on their usual ports of this machine; the others are left out. The HTTP server
is a small one of Python's, so that its ceiling is the server's as much as the client's; kafka-mock is the
cluster that librdkafka has for tests.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from measuring import environment, tell

SPEC = """
dataset streams { seed 1 }
table users 10_000 { id int key }
table events 20_000_000 {
  id int key
  user_id -> users
  kind string = "click" 70% | "view" 25% | "buy"
  amount decimal(8, 2) in 1..500
  at timestamp in 2025-01-01..2025-02-01
}
"""
_QUEUE = "specdsl-benchmark"
RATES = (100, 1_000, 10_000, 50_000)
SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextlib.contextmanager
def http_server() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def measured(folder: Path, to: str, seconds: float, *more: str) -> dict[str, Any]:
    """The summary of a stream."""
    command = [sys.executable, "-m", "specdsl", "stream", "s.dgen", "-t", "events", "--to", to, "--json"]
    ran = subprocess.run(
        [*command, "--for", f"{seconds}s", *more],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL if to == "-" else subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    if ran.returncode:
        raise SystemExit(f"{to}: {ran.stderr.decode()}")
    made: dict[str, Any] = json.loads(ran.stderr if to == "-" else ran.stdout)
    return made


async def _delete_queue(address: str) -> None:
    """What nobody has received."""
    import aio_pika

    async with await aio_pika.connect(address) as connection:
        channel = await connection.channel()
        await channel.queue_delete(_QUEUE)


def targets(port: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "stdout", "-", ()
    yield "jsonl files", "lines", ("--every", "1s", "--append")
    yield "parquet files", "parquet", ("--every", "1s", "--append", "-f", "parquet")
    yield "http", f"http://127.0.0.1:{port}/", ("-O", "concurrency=8")
    yield "http, batch=100", f"http://127.0.0.1:{port}/", ("-O", "batch=100")
    for name, usual, address, more in (
        ("redis", 6379, "redis://127.0.0.1/0", ("-O", "stream=specdsl-benchmark", "-O", "maxlen=1000")),
        ("nats", 4222, "nats://127.0.0.1/specdsl.benchmark", ()),
        ("mqtt", 1883, "mqtt://127.0.0.1/specdsl/benchmark", ()),
        ("rabbitmq", 5672, "amqp://guest:guest@127.0.0.1/", ("-O", f"queue={_QUEUE}")),
        ("kafka", 9092, "kafka://127.0.0.1/specdsl-benchmark", ()),
    ):
        if listens(usual):
            yield name, address, more
            if name == "rabbitmq":
                asyncio.run(_delete_queue(address))
    with contextlib.suppress(ImportError):
        import confluent_kafka

        cluster = confluent_kafka.Producer(
            {"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0}
        )
        broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))
        yield "kafka-mock", f"kafka://{broker.host}:{broker.port}/specdsl-benchmark", ()


def measure(
    seconds: float = 5.0, rounds: int = 3, wanted: Sequence[str] = (), told: Callable[[str], None] = tell
) -> dict[str, Any]:
    """What each target keeps at each rate, and how much it takes at most; in turns, ``rounds`` times."""
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as place, http_server() as port:
        folder = Path(place)
        (folder / "s.dgen").write_text(SPEC, "utf-8")
        for _ in range(rounds):
            for name, to, more in targets(port):
                if wanted and name.split()[0].rstrip(",") not in wanted:
                    continue
                one = found.setdefault(name, {"name": name, "most": [], "rates": {}})
                _measure(one, folder, to, more, seconds, told)
    return {"seconds": seconds, "rounds": rounds, "targets": list(found.values())}


def _measure(
    one: dict[str, Any],
    folder: Path,
    to: str,
    more: tuple[str, ...],
    seconds: float,
    told: Callable[[str], None],
) -> None:
    name = one["name"]
    ceiling = measured(folder, to, seconds, *more)
    most = ceiling.get("messages_per_second", ceiling["rate"]) * (100 if "batch" in name else 1)
    for rate in RATES:
        if rate > most:
            continue
        made = measured(folder, to, seconds, "--rate", f"{rate}/s", *more)
        late = made["lateness"]
        off = made["rate"] / made["asked"] - 1
        kept = one["rates"].setdefault(str(rate), {"off": [], "p50": [], "p99": []})
        kept["off"].append(off)
        kept["p50"].append(late["p50_ms"])
        kept["p99"].append(late["p99_ms"])
        told(
            f"{name:<16}{made['asked']:>10,.0f}{made['rate']:>12,.1f}{off:>9.2%}{late['p50_ms']:>9.2f}"
            f"{late['p99_ms']:>9.2f}{late['max_ms']:>9.2f}"
        )
    one["most"].append(most)
    told(f"{name:<16}{'max':>10}{most:>12,.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=1, help="of all targets, one after the other")
    given = parser.parse_args()
    print(f"{'target':<16}{'asked/s':>10}{'kept/s':>12}{'off':>9}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}")
    measure(given.seconds, given.rounds, given.targets, lambda text: print(text, flush=True))


if __name__ == "__main__":
    main()
