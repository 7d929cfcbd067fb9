"""NATS: ``nats://[user:password@]host[:port][/subject]``, ``tls://`` with TLS.

The subject is the table's name if the address names none. ``-O jetstream=true`` waits for a stream of
JetStream (which must be there) to store each message; without it the server has received each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from specdsl.sinks.options import flag, options_of
from specdsl.streaming.targets.base import library
from specdsl.streaming.targets.loop import Loop
from specdsl.streaming.targets.messages import RECONNECT, TIMEOUT, Broker
from specdsl.streaming.targets.sending import Message

_STORED = flag("jetstream", "Wait until JetStream has stored each message.", default=False)
_WINDOW = 512  # messages on their way to JetStream at once


class Nats(Broker):
    """Published by nats-py, in an event loop of its own."""

    options = options_of(_STORED, TIMEOUT, RECONNECT)
    example = "nats://localhost:4222/events"
    port = 4222

    _client: Any = None
    _loop: Loop | None = None

    @property
    def place(self) -> str:
        return self.address.path

    def connect(self) -> None:
        nats = library("nats", "nats", "nats")
        errors = library("nats.errors", "nats", "nats")
        self.failures = (errors.Error,)
        self.losses = (
            errors.TimeoutError,
            errors.StaleConnectionError,
            errors.ConnectionClosedError,
            errors.NoServersError,
        )
        self._timeout = self.values[TIMEOUT.name]
        self._loop = Loop()
        server = self.address.url._replace(path="", query="", fragment="").geturl()
        self._client = self._loop.run(
            nats.connect(
                server,
                connect_timeout=self._timeout,
                allow_reconnect=False,
                error_cb=_quiet,
            ),
            self._timeout,
        )

    def publish(self, messages: Sequence[Message]) -> None:
        if self._loop is None:
            raise ConnectionError("not connected")
        self._loop.run(self._stored(messages) if self.values[_STORED.name] else self._sent(messages))

    async def _sent(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._client.publish(message.place, message.body)
        await self._client.flush(self._timeout)

    async def _stored(self, messages: Sequence[Message]) -> None:
        stream = self._client.jetstream(timeout=self._timeout)
        for at in range(0, len(messages), _WINDOW):
            some = messages[at : at + _WINDOW]
            await asyncio.gather(*(stream.publish(message.place, message.body) for message in some))

    def disconnect(self) -> None:
        client, loop = self._client, self._loop
        self._client = self._loop = None
        if loop is None:
            return
        try:
            if client is not None:
                loop.run(client.close(), self._timeout)
        finally:
            loop.close()


async def _quiet(_: Exception) -> None:
    """What goes wrong is raised where it is waited for."""
