"""Redis streams: ``redis://[user:password@]host[:port][/database]``, ``rediss://`` with TLS.

Each row is an entry of stream ``-O stream=...`` (the table's name) with one field, ``data``: its JSON text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from specdsl.errors import UsageError
from specdsl.sinks.options import optional_whole, options_of, text
from specdsl.streaming.targets.base import Settings, library
from specdsl.streaming.targets.messages import RECONNECT, TIMEOUT, Broker
from specdsl.streaming.targets.sending import Message

_STREAM = text("stream", "The key of the stream; the table's name if not given.", "")
_LENGTH = optional_whole("maxlen", "Keep about so many entries, the newest.", 1, 2**53)


class RedisStreams(Broker):
    """Entries added by pipelines: a round trip for each group of rows."""

    options = options_of(_STREAM, _LENGTH, TIMEOUT, RECONNECT)
    example = "redis://localhost:6379/0"
    port = 6379
    query = (
        "db", "protocol", "client_name",
        "ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname",
    )  # fmt: skip

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__(address, settings)
        asked = [value for key, value in parse_qsl(self.address.url.query) if key == "db"]
        for database in (self.address.path.removesuffix("/"), *asked):
            if database and not re.fullmatch(r"[0-9]{1,9}", database):
                raise UsageError(
                    f"a database of Redis is a number, which `{database}` is not",
                    f"such as {self.example}; the stream is named by -O stream=...",
                )

    @property
    def place(self) -> str:
        return str(self.values[_STREAM.name])

    def connect(self) -> None:
        redis = library("redis", "redis", "redis")
        self.failures = (redis.RedisError,)
        self.losses = (redis.ConnectionError, redis.TimeoutError)
        timeout = self.values[TIMEOUT.name]
        self._client: Any = redis.Redis.from_url(
            self.address.url.geturl(), socket_timeout=timeout, socket_connect_timeout=timeout
        )
        self._client.ping()

    def publish(self, messages: Sequence[Message]) -> None:
        length = self.values[_LENGTH.name]
        with self._client.pipeline(transaction=False) as pipeline:
            for message in messages:
                pipeline.xadd(message.place, {"data": message.body}, maxlen=length, approximate=True)
            pipeline.execute()

    def disconnect(self) -> None:
        if hasattr(self, "_client"):
            self._client.close()
