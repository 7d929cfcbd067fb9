"""RabbitMQ and other servers of AMQP 0-9-1: ``amqp://user:password@host[:port][/vhost]``; ``amqps://``: TLS.

Rows go to queue ``-O queue=...`` (the table's name), which is declared durable where it is not there, or with
``-O exchange=...`` to that exchange, with the same name as routing key. The server confirms each message, and
returns one that no queue is bound for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from specdsl.errors import EnvironmentFailure
from specdsl.sinks.options import flag, options_of, text
from specdsl.streaming.targets.base import library
from specdsl.streaming.targets.loop import Loop
from specdsl.streaming.targets.messages import RECONNECT, TIMEOUT, Broker
from specdsl.streaming.targets.sending import Message

_QUEUE = text("queue", "The queue, or the routing key of an exchange; the table's name if not given.", "")
_EXCHANGE = text("exchange", "An exchange that is there, instead of a queue.", "")
_PERSISTENT = flag("persistent", "Whether messages outlive the server.", default=True)
_WINDOW = 512  # messages on their way at once


class Amqp(Broker):
    """Published by aio-pika with publisher confirms, in an event loop of its own."""

    options = options_of(_QUEUE, _EXCHANGE, _PERSISTENT, TIMEOUT, RECONNECT)
    example = "amqp://guest:guest@localhost:5672/"
    port = 5672
    query = (
        "heartbeat",
        "name",
        "auth",
        "cafile",
        "capath",
        "cadata",
        "keyfile",
        "certfile",
        "no_verify_ssl",
    )

    _connection: Any = None
    _loop: Loop | None = None

    @property
    def place(self) -> str:
        return str(self.values[_QUEUE.name])

    def prepare(self, places: Sequence[str]) -> None:
        self._queues = sorted(set(places))

    def connect(self) -> None:
        self._library = library("aio_pika", "amqp", "amqp")
        logging.getLogger("aiormq").setLevel(logging.CRITICAL)  # what goes wrong is raised, too
        logging.getLogger("aio_pika").setLevel(logging.CRITICAL)
        errors = self._errors = library("aiormq.exceptions", "amqp", "amqp")
        self.failures = (errors.AMQPError, errors.ChannelInvalidStateError)
        self.losses = (errors.ChannelInvalidStateError,)
        self._timeout = self.values[TIMEOUT.name]
        self._loop = Loop()
        self._loop.run(self._connected(), self._timeout)

    async def _connected(self) -> None:
        made = library("aio_pika.connection", "amqp", "amqp")
        self._connection = self._library.Connection(made.make_url(self.address.url.geturl()))
        await self._connection.connect(timeout=self._timeout)
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        name = self.values[_EXCHANGE.name]
        if name:
            self._exchange: Any = await self._found(name, channel)
            return
        self._exchange = channel.default_exchange
        for queue in self._queues:
            await self._require_queue(queue)

    async def _found(self, exchange: str, channel: Any) -> Any:
        try:
            return await channel.get_exchange(exchange)
        except self._errors.ChannelNotFoundEntity as error:
            raise EnvironmentFailure(
                f"`{self.shown}` has no exchange `{exchange}`",
                "declare it there, or send to queues: leave out -O exchange",
            ) from error
        except self._errors.ChannelClosed as error:
            raise self._refused(f"exchange `{exchange}`", error) from error

    async def _require_queue(self, queue: str) -> None:
        """Declare ``queue`` unless it is there, with whichever arguments: asked for passively, by a channel
        of its own, since the server closes one that asks in vain."""
        try:
            try:
                await self._declare(queue, passive=True)
            except self._errors.ChannelNotFoundEntity:
                await self._declare(queue, durable=True)
        except self._errors.ChannelClosed as error:
            raise self._refused(f"queue `{queue}`", error) from error

    async def _declare(self, queue: str, **how: bool) -> None:
        channel = await self._connection.channel()
        await channel.declare_queue(queue, **how)
        await channel.close()

    def _refused(self, what: str, error: BaseException) -> EnvironmentFailure:
        reason = " ".join(str(error).split())
        return EnvironmentFailure(f"`{self.shown}` refuses {what}: {reason}", "may this user have it?")

    def publish(self, messages: Sequence[Message]) -> None:
        if self._loop is None:
            raise ConnectionError("not connected")
        self._loop.run(self._confirmed(messages))

    async def _confirmed(self, messages: Sequence[Message]) -> None:
        modes = self._library.DeliveryMode
        mode = modes.PERSISTENT if self.values[_PERSISTENT.name] else modes.NOT_PERSISTENT
        for at in range(0, len(messages), _WINDOW):
            some = messages[at : at + _WINDOW]
            try:
                await asyncio.gather(*(self._sent(message, mode) for message in some))
            except self._errors.PublishError as returned:
                raise self._unroutable(returned.frame.routing_key) from returned

    async def _sent(self, message: Message, mode: Any) -> None:
        await self._exchange.publish(
            self._library.Message(message.body, content_type="application/json", delivery_mode=mode),
            routing_key=message.place,
            mandatory=True,
            timeout=self._timeout,
        )

    def _unroutable(self, key: str) -> EnvironmentFailure:
        """No queue gets messages with routing key ``key``."""
        name = self.values[_EXCHANGE.name]
        if name:
            return EnvironmentFailure(
                f"exchange `{name}` of `{self.shown}` has no queue for routing key `{key}`",
                "bind a queue to it with that key, or give -O queue=KEY a key that is bound",
            )
        return EnvironmentFailure(
            f"queue `{key}` of `{self.shown}` is gone", "whoever removed it: the next stream declares it anew"
        )

    def disconnect(self) -> None:
        connection, loop = self._connection, self._loop
        self._connection = self._loop = None
        if loop is None:
            return
        try:
            if connection is not None:
                loop.run(connection.close(), self._timeout)
        finally:
            loop.close()
