"""WebSockets: ``ws://host[:port]/path``, ``wss://`` with TLS. Each row is a text message."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from specdsl.sinks.options import options_of
from specdsl.streaming.targets.base import Settings, library
from specdsl.streaming.targets.messages import TIMEOUT, Broker
from specdsl.streaming.targets.sending import Message


class WebSocket(Broker):
    """A connection to a server; what it says is not read. Several tables share it, so that messages name
    theirs."""

    options = options_of(TIMEOUT)
    example = "ws://localhost:8080/events"
    port = 80

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__(address, settings)
        self._headers = settings.headers
        self._opened = ExitStack()

    @property
    def place(self) -> str:
        return "one for all"

    def connect(self) -> None:
        client = library("websockets.sync.client", "ws", self.address.url.scheme)
        self.failures = (library("websockets.exceptions", "ws", "ws").WebSocketException,)
        timeout = self.values[TIMEOUT.name]
        connection = client.connect(
            self.address.url.geturl(),
            additional_headers=list(self._headers),
            open_timeout=timeout,
            close_timeout=timeout,
            proxy=None,
            max_queue=None,
        )
        self._connection: Any = self._opened.enter_context(connection)

    def publish(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._connection.send(message.body, text=True)

    def disconnect(self) -> None:
        self._opened.close()
