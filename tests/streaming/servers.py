"""Servers for tests: an HTTP server that can be told to fail, a WebSocket server, and whether others run."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


def needs(port: int, name: str, module: str) -> None:
    """Skip the test where no such server listens here, or its client library is missing."""
    pytest.importorskip(module)
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        pytest.skip(f"no {name} listens on port {port}")


class Received:
    """Requests: path, headers, body. ``answers`` gives the status of the n-th one, from 0."""

    def __init__(self, answers: Callable[[int], int], pause: float) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers = answers
        self.pause = pause
        self.lock = threading.Lock()
        self.port = 0

    def rows(self) -> list[Any]:
        """What the bodies of requests that were accepted hold, in the order of their numbers."""
        out: list[Any] = []
        for i, (_, headers, body) in enumerate(self.requests):
            if self.answers(i) < 300:
                if headers["Content-Type"] == "application/x-ndjson":
                    out += [json.loads(line) for line in body.splitlines()]
                else:
                    made = json.loads(body)
                    out += made if isinstance(made, list) else [made]
        return out


@contextmanager
def http_server(answers: Callable[[int], int] = lambda _: 200, pause: float = 0.0) -> Iterator[Received]:
    received = Received(answers, pause)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with received.lock:
                number = len(received.requests)
                received.requests.append((self.path, dict(self.headers), body))
            time.sleep(received.pause)
            self.send_response(received.answers(number))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def websocket_server(most: int | None = None) -> Iterator[tuple[int, list[str]]]:
    """A port, and the messages that came there; after ``most`` it hangs up."""
    from websockets.sync.server import ServerConnection, serve

    got: list[str] = []

    def take(connection: ServerConnection) -> None:
        for message in connection:
            assert isinstance(message, str)
            got.append(message)
            if len(got) == most:
                return

    with serve(take, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.socket.getsockname()[1], got
        server.shutdown()
        thread.join()
