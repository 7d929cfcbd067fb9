"""All targets by the scheme of their addresses. A new one is a file of its own and one row here.

A target's module is imported when it is asked for, and its client library when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from typing import cast

from specdsl.errors import UsageError
from specdsl.streaming.targets.base import Settings, Target

TARGETS = {
    "-": "stdout:Stdout",
    "file": "files:Files",
    **dict.fromkeys(("http", "https"), "http:Http"),
    "kafka": "kafka:Kafka",
    **dict.fromkeys(("nats", "tls"), "nats:Nats"),
    **dict.fromkeys(("amqp", "amqps"), "amqp:Amqp"),
    **dict.fromkeys(("redis", "rediss"), "redis:RedisStreams"),
    **dict.fromkeys(("mqtt", "mqtts"), "mqtt:Mqtt"),
    **dict.fromkeys(("ws", "wss"), "websocket:WebSocket"),
}
"""Where each is (``module:Class``). ``-`` is standard output; addresses without a scheme are folders."""

_WITH_HEADERS = ("http", "https", "ws", "wss")


def target_at(address: str, settings: Settings) -> Target:
    """The target that ``address`` names. Raises UsageError."""
    scheme, colon, _ = address.partition("://")
    name = "-" if address == "-" else scheme if colon else "file"
    if name not in TARGETS:
        near = get_close_matches(name, TARGETS, 1)
        known = ", ".join(f"{t}://" for t in TARGETS if t != "-")
        hint = f"did you mean {near[0]}://?" if near else f"-, a folder, or one of {known}"
        raise UsageError(f"nothing is known of `{name}://`", hint)
    if settings.of_files and name != "file":
        raise UsageError(f"{settings.of_files[0]} is for files", "--to FOLDER")
    if settings.headers and name not in _WITH_HEADERS:
        raise UsageError("headers are for HTTP requests and WebSockets", "leave out --header")
    module, _, kind = TARGETS[name].partition(":")
    made = getattr(import_module(f"specdsl.streaming.targets.{module}"), kind)
    return cast("Callable[[str, Settings], Target]", made)(address, settings)
