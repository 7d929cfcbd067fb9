"""WebSockets: ``ws://host[:port]/path``, ``wss://`` with TLS; ``{table}`` in the path stands for the table's
name. Each row is a text message."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from specdsl.sinks.options import options_of
from specdsl.streaming.targets.base import Settings, library
from specdsl.streaming.targets.messages import TIMEOUT, Broker
from specdsl.streaming.targets.sending import Message

_WELL = (1000, 1001)  # codes of RFC 6455: done, and going away
_ABNORMAL = 1006  # there was no closing handshake


class WebSocket(Broker):
    """A connection to a server for each path; what it says is not read. Where several tables share one,
    messages name theirs. It confirms nothing but the end: a connection that does not close as both sides
    want it is a failure."""

    options = options_of(TIMEOUT)
    example = "ws://localhost:8080/events"
    port = 80
    query = None

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__(address, settings)
        self._headers = settings.headers
        self._opened = ExitStack()
        self._connections: dict[str, Any] = {}

    @property
    def place(self) -> str:
        url = self.address.url
        return f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"

    def prepare(self, places: Sequence[str]) -> None:
        self._paths = sorted(set(places))

    def connect(self) -> None:
        client = library("websockets.sync.client", "ws", self.address.url.scheme)
        self.failures = (library("websockets.exceptions", "ws", "ws").WebSocketException,)
        timeout = self.values[TIMEOUT.name]
        root = self.address.url._replace(path="", query="", fragment="").geturl()
        for path in self._paths:
            connection = client.connect(
                root + path,
                additional_headers=list(self._headers),
                open_timeout=timeout,
                close_timeout=timeout,
                proxy=None,
                max_queue=None,
            )
            self._connections[path] = self._opened.enter_context(connection)

    def publish(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._connections[message.place].send(message.body, text=True)

    def disconnect(self) -> None:
        connections = list(self._connections.values())
        self._connections.clear()
        self._opened.close()
        for connection in connections:
            if connection.close_code not in _WELL:
                raise ConnectionError(_ended(connection.close_code, connection.close_reason))


def _ended(code: int | None, reason: str | None) -> str:
    if code is None or code == _ABNORMAL:
        return "the server has cut the connection, and may not have all messages"
    said = f" ({reason})" if reason else ""
    return f"the server has closed the connection with code {code}{said}, and may not have all messages"
