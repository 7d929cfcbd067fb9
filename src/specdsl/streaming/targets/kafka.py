"""Apache Kafka and what speaks like it: ``kafka://host[:port][,host...][/topic]``.

The topic is the table's name if the address names none. ``-O key=COLUMN`` is the messages' key; options with
a dot in their names (``-O security.protocol=SASL_SSL``) are librdkafka's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from specdsl.errors import EnvironmentFailure, UsageError
from specdsl.sinks.options import choice, options_of, text, whole
from specdsl.streaming.loads import Load
from specdsl.streaming.sources import Source
from specdsl.streaming.targets.base import Settings, Target, library, options_given, text_of
from specdsl.streaming.targets.messages import TIMEOUT, places, require_understood

_KEY = text("key", "The column whose values are the messages' keys.", "")
_ACKS = choice("acks", "How many replicas confirm a message.", "all", ("all", "1", "0"))
_PACKED = choice("compression", "Of batches of messages.", "none", ("none", "gzip", "snappy", "lz4", "zstd"))
_LINGER = whole("linger", "Milliseconds to wait for more messages to send together.", 5, 0, 60_000)
_EXAMPLE = "kafka://localhost:9092/events"
_DEFAULT_PORT = 9092


class Kafka(Target):
    """Produced by confluent-kafka, which sends and retries in threads of its own and tells of each message
    when the brokers have it."""

    options = options_of(_KEY, _ACKS, _PACKED, _LINGER, TIMEOUT)

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__()
        require_understood(address, (), _EXAMPLE, escaped=False)
        rest = address.partition("://")[2]
        hosts, _, topic = rest.partition("/")
        if not hosts or "@" in hosts:
            wrong = "has a user in it" if "@" in hosts else "names no host"
            hint = "-O sasl.username=... and -O sasl.password=..." if "@" in hosts else f"such as {_EXAMPLE}"
            raise UsageError(f"`{address.rsplit('@', maxsplit=1)[-1]}` {wrong}", hint)
        named = [host if ":" in host else f"{host}:{_DEFAULT_PORT}" for host in hosts.split(",") if host]
        self._servers = ",".join(named)
        self._topic = topic
        self._own = {key: value for key, value in settings.values if "." in key}
        plain = tuple((key, value) for key, value in settings.values if "." not in key)
        self._values = options_given("kafka", self.options, replace(settings, values=plain))
        self._envelope = settings.envelope
        self._clock: Callable[[], float] = perf_counter
        self._lost = ""
        self._answers: list[tuple[float, float, float]] = []  # sent, due, answered

    @property
    def shown(self) -> str:
        return f"kafka://{self._servers}/{self._topic}".removesuffix("/")

    def open(self, sources: Sequence[Source]) -> None:
        kafka = library("confluent_kafka", "kafka", "kafka")
        apart = not self._topic or "{table}" in self._topic
        self.text = text_of(sources, envelope=self._envelope, apart=apart)
        self._topics = places(self._topic, sources)
        self._key = self._values[_KEY.name]
        self._keyed = not self._key and any(source.keyed for source in sources)
        if self._key and any(source.named for source in sources):
            raise UsageError("these messages have keys of their own", "leave out -O key")
        for source in sources:
            if self._key and self._key not in source.schema.names:
                raise UsageError(
                    f"`{source.name}` has no column `{self._key}`", "-O key names a column of each"
                )
        self._timeout = self._values[TIMEOUT.name]
        try:
            self._producer: Any = kafka.Producer(
                {
                    "bootstrap.servers": self._servers,
                    "acks": self._values[_ACKS.name],
                    "compression.type": self._values[_PACKED.name],
                    "linger.ms": self._values[_LINGER.name],
                    "enable.idempotence": self._values[_ACKS.name] == "all",
                    "queue.buffering.max.messages": 200_000,
                    "log_level": 0,
                    "error_cb": lambda _: None,  # what comes of it is told for each message
                    **self._own,
                }
            )
        except kafka.KafkaException as error:
            raise UsageError(f"Kafka's client does not take these options: {_reason(error)}") from None
        try:
            self._producer.list_topics(timeout=self._timeout)
        except kafka.KafkaException as error:
            raise EnvironmentFailure(
                f"cannot connect to `{self.shown}`: {_reason(error)}", "are the brokers there?"
            ) from error

    def begin(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def send(self, load: Load, part: slice) -> None:
        keys = self._keys(load, part)
        dues = load.due[part].tolist()
        for i, (table, body) in enumerate(load.texts(part.start, part.stop)):
            told = self._answered(dues[i], self._clock())
            value = None if self._keyed and body == b"null" else body  # a tombstone has no value
            while True:
                try:
                    self._producer.produce(self._topics[table], value, keys[i], on_delivery=told)
                    break
                except BufferError:  # the brokers are slower than we are
                    self._producer.poll(0.1)
                    self._require_all()
        self._producer.poll(0)
        self._require_all()

    def _keys(self, load: Load, part: slice) -> list[bytes | None]:
        """The key of each message."""
        if self._keyed:
            return load.keys(part.start, part.stop)
        if not self._key:
            return [None] * (part.stop - part.start)
        values = load.column(self._key, part.start, part.stop)
        return [None if value is None else str(value).encode() for value in values]

    def _answered(self, due: float, sent: float) -> Callable[[Any, Any], None]:
        def told(error: Any, _message: Any) -> None:
            if error is not None:
                self.delivery.failed += 1
                self._lost = self._lost or str(error.str())
                return
            self._answers.append((sent, due, self._clock()))

        return told

    def _require_all(self) -> None:
        """Count what was answered. Raises EnvironmentFailure where a message was not taken."""
        if self._answers:
            sent, due, now = np.array(self._answers).T
            self.delivery.accepted(sent, due, now)
            self._answers.clear()
        if self._lost:
            raise EnvironmentFailure(
                f"`{self.shown}` did not take a message: {self._lost}", "is the topic there, and open to us?"
            )

    def close(self) -> None:
        left = self._producer.flush(self._timeout)
        self._require_all()
        if left:
            raise EnvironmentFailure(f"`{self.shown}` has not confirmed {left:,} messages in time")

    def abandon(self) -> None:
        if hasattr(self, "_producer"):
            self._producer.purge()
            self._producer.flush(0)
            self._answers.clear()


def _reason(error: Any) -> str:
    found = error.args[0] if error.args else error
    return str(found.str()) if hasattr(found, "str") else str(found)
