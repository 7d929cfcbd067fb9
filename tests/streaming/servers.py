"""Servers for tests: an HTTP server that can be told to fail, a WebSocket server, and whether others run."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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


class Proxy:
    """A way to the server at ``port`` that can be cut: connections end, and new ones are refused, or taken
    and never answered."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.hangs = False
        self.passed = 0  # bytes to the server
        self.port = 0
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            for one in self._sockets:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._sockets.clear()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._to))
            with self._lock:
                self._sockets += [client, server]
            for pair in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                while self.hangs:
                    time.sleep(0.01)
                target.sendall(data)
                self.passed += len(data) if counts else 0
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    made = Proxy(port)
    try:
        yield made
    finally:
        made.hangs = False
        made.cut()


@contextmanager
def websocket_server(
    most: int | None = None, paths: list[str] | None = None
) -> Iterator[tuple[int, list[str]]]:
    """A port, and the messages that came there; after ``most`` it hangs up. ``paths`` gets
    the path of each message's connection."""
    from websockets.sync.server import ServerConnection, serve

    got: list[str] = []

    def take(connection: ServerConnection) -> None:
        assert connection.request is not None
        for message in connection:
            assert isinstance(message, str)
            got.append(message)
            if paths is not None:
                paths.append(connection.request.path)
            if len(got) == most:
                return

    with serve(take, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.socket.getsockname()[1], got
        server.shutdown()
        thread.join()


@contextmanager
def websocket_that_ends(most: int, code: int | None) -> Iterator[int]:
    """The port of a server that takes one connection, reads ``most`` messages, and closes with ``code``
    whatever the client says meanwhile; None: it resets the connection."""
    from websockets.frames import Close, Frame, Opcode
    from websockets.http11 import Request
    from websockets.server import ServerProtocol

    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            protocol, count = ServerProtocol(), 0
            while count < most and (data := connection.recv(65_536)):
                protocol.receive_data(data)
                for event in protocol.events_received():
                    if isinstance(event, Request):
                        protocol.send_response(protocol.accept(event))
                        connection.sendall(b"".join(protocol.data_to_send()))
                    elif event.opcode is Opcode.TEXT:
                        count += 1
            if code is None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            ending = Frame(Opcode.CLOSE, Close(code, "disk full").serialize())
            connection.sendall(ending.serialize(mask=False))
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                """Until the client has hung up, too."""

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    thread.join()
    listener.close()


class Heard:
    """Messages, in the order in which they came."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._news = threading.Condition()

    def take(self, text: str) -> None:
        with self._news:
            self.texts.append(text)
            self._news.notify_all()

    def until(self, holds: Callable[[], bool], seconds: float = 10) -> None:
        """Wait for what messages bring about."""
        with self._news:
            assert self._news.wait_for(holds, seconds), len(self.texts)


@contextmanager
def mqtt_listener(topic: str, qos: int) -> Iterator[Heard]:
    """What the MQTT server of this machine says of ``topic``."""
    needs(1883, "MQTT server", "paho.mqtt.client")
    from paho.mqtt import client as mqtt

    heard, listening = Heard(), threading.Event()
    listener = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    listener.on_message = lambda _client, _data, message: heard.take(message.payload.decode())
    listener.on_subscribe = lambda *_: listening.set()
    listener.connect("127.0.0.1")
    listener.loop_start()
    try:
        listener.subscribe(topic, qos)
        assert listening.wait(5)
        yield heard
    finally:
        listener.disconnect()
        listener.loop_stop()
