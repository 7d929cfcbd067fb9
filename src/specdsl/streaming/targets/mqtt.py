"""MQTT 3.1.1: ``mqtt://[user:password@]host[:port][/topic]``, ``mqtts://`` with TLS.

The topic is the table's name if the address names none. With ``-O qos=1`` (the default) and ``2`` the server
confirms each message.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import Any

from specdsl.errors import EnvironmentFailure
from specdsl.sinks.options import flag, options_of, whole
from specdsl.streaming.targets.base import library
from specdsl.streaming.targets.messages import RECONNECT, TIMEOUT, Broker
from specdsl.streaming.targets.sending import Message

_QOS = whole("qos", "0: at most once, 1: at least once, 2: exactly once.", 1, 0, 2)
_RETAIN = flag("retain", "Whether the server keeps the last message of a topic.", default=False)
_WINDOW = 1_000  # messages on their way at once
_LOOK = 0.2  # seconds, after which a connection that has ended is noticed
_WINDOW_EXACT = 20  # of quality 2: servers such as Mosquitto lose those beyond, without a word


class Mqtt(Broker):
    """Published by paho-mqtt, which has a thread for the network."""

    options = options_of(_QOS, _RETAIN, TIMEOUT, RECONNECT)
    example = "mqtt://localhost:1883/events"
    port = 1883

    @property
    def place(self) -> str:
        return self.address.path

    def connect(self) -> None:
        mqtt = library("paho.mqtt.client", "mqtt", "mqtt")
        self.failures = (ValueError, RuntimeError)  # what paho says a message or a connection cannot be
        self.losses = (RuntimeError,)  # of messages: there is no connection
        self._timeout = self.values[TIMEOUT.name]
        client: Any = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        qos = self.values[_QOS.name]
        client.max_inflight_messages_set(_WINDOW_EXACT if qos == 2 else _WINDOW)
        if self.address.user is not None:
            client.username_pw_set(self.address.user, self.address.password)
        secure = self.address.url.scheme == "mqtts"
        if secure:
            client.tls_set()
        answered = Event()
        self._refused = ""

        def connected(_client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            self._refused = str(reason) if reason.is_failure else ""
            answered.set()

        gone = self._gone = Event()
        client.on_disconnect = lambda *_: gone.set()
        client.on_connect = connected
        client.on_socket_open = _undelayed
        client.connect_timeout = self._timeout
        client.connect(self.address.host, self.address.url.port or (8883 if secure else 1883))
        client.loop_start()
        self._client = client
        if not answered.wait(self._timeout):
            raise TimeoutError("no answer in time")
        if self._refused:
            raise EnvironmentFailure(f"`{self.shown}` refuses us: {self._refused}", "is the user right?")

    def publish(self, messages: Sequence[Message]) -> None:
        qos, retain = self.values[_QOS.name], bool(self.values[_RETAIN.name])
        for at in range(0, len(messages), _WINDOW):
            some = messages[at : at + _WINDOW]
            sent = [self._client.publish(message.place, message.body, qos, retain) for message in some]
            end = monotonic() + self._timeout
            for info in sent:
                while not info.is_published():
                    if self._gone.is_set():
                        raise ConnectionError("the server has closed the connection")
                    if monotonic() >= end:
                        raise TimeoutError("no answer in time")
                    info.wait_for_publish(_LOOK)

    def disconnect(self) -> None:
        if hasattr(self, "_client"):
            self._client.disconnect()
            self._client.loop_stop()


def _undelayed(_client: Any, _data: Any, connection: Any) -> None:
    """Small packets go out at once."""
    with suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
