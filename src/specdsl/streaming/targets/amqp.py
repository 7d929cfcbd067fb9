"""RabbitMQ and other servers of AMQP 0-9-1: ``amqp://user:password@host[:port][/vhost]``; ``amqps://``: TLS.

Rows go to queue ``-O queue=...`` (the table's name), which is declared durable where it is not there, or with
``-O exchange=...`` to that exchange, with the same name as routing key. The server confirms each message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from specdsl.sinks.options import flag, options_of, text
from specdsl.streaming.targets.base import library
from specdsl.streaming.targets.loop import Loop
from specdsl.streaming.targets.messages import TIMEOUT, Broker
from specdsl.streaming.targets.sending import Message

_QUEUE = text("queue", "The queue, or the routing key of an exchange.", "{table}")
_EXCHANGE = text("exchange", "An exchange that is there, instead of a queue.", "")
_PERSISTENT = flag("persistent", "Whether messages outlive the server.", default=True)
_WINDOW = 512  # messages on their way at once


class Amqp(Broker):
    """Published by aio-pika with publisher confirms, in an event loop of its own."""

    options = options_of(_QUEUE, _EXCHANGE, _PERSISTENT, TIMEOUT)
    example = "amqp://guest:guest@localhost:5672/"
    port = 5672

    @property
    def place(self) -> str:
        return str(self.values[_QUEUE.name])

    def prepare(self, places: Sequence[str]) -> None:
        self._queues = sorted(set(places))

    def connect(self) -> None:
        self._library = library("aio_pika", "amqp", "amqp")
        self.failures = (library("aiormq.exceptions", "amqp", "amqp").AMQPError,)
        self._timeout = self.values[TIMEOUT.name]
        self._loop = Loop()
        self._loop.run(self._connected(), self._timeout)

    async def _connected(self) -> None:
        self._connection: Any = await self._library.connect(self.address.url.geturl(), timeout=self._timeout)
        channel = await self._connection.channel(publisher_confirms=True)
        name = self.values[_EXCHANGE.name]
        if name:
            self._exchange: Any = await channel.get_exchange(name)
            return
        self._exchange = channel.default_exchange
        for queue in self._queues:
            await channel.declare_queue(queue, durable=True)

    def publish(self, messages: Sequence[Message]) -> None:
        self._loop.run(self._confirmed(messages))

    async def _confirmed(self, messages: Sequence[Message]) -> None:
        modes = self._library.DeliveryMode
        mode = modes.PERSISTENT if self.values[_PERSISTENT.name] else modes.NOT_PERSISTENT
        for at in range(0, len(messages), _WINDOW):
            await asyncio.gather(
                *(
                    self._exchange.publish(
                        self._library.Message(m.body, content_type="application/json", delivery_mode=mode),
                        routing_key=m.place,
                        timeout=self._timeout,
                    )
                    for m in messages[at : at + _WINDOW]
                )
            )

    def disconnect(self) -> None:
        if hasattr(self, "_connection"):
            self._loop.run(self._connection.close(), self._timeout)
        if hasattr(self, "_loop"):
            self._loop.close()
