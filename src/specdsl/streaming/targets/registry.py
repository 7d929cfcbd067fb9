"""All targets by the scheme of their addresses. A new one is a file of its own and one row here.

A target's module is imported when it is asked for, and its client library when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from typing import cast

from specdsl.building.form import form_named
from specdsl.errors import UsageError
from specdsl.sinks.options import Options
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

WITH_CLIENT_OPTIONS = ("kafka",)
"""Those that hand options with a dot in their names to their client library."""

_WITH_HEADERS = ("http", "https", "ws", "wss")


def target_at(address: str, settings: Settings) -> Target:
    """The target that ``address`` names. Raises UsageError."""
    name = scheme_of(address)
    if name not in TARGETS:
        near = get_close_matches(name, TARGETS, 1)
        known = ", ".join(f"{t}://" for t in TARGETS if t != "-")
        hint = f"did you mean {near[0]}://?" if near else f"-, a folder, or one of {known}"
        raise UsageError(f"nothing is known of `{name}://`", hint)
    if settings.of_files and name != "file":
        raise UsageError(f"{settings.of_files[0]} is for files", "--to FOLDER")
    if settings.headers and name not in _WITH_HEADERS:
        raise UsageError("headers are for HTTP requests and WebSockets", "leave out --header")
    return cast("Callable[[str, Settings], Target]", _kind(name))(address, settings)


def scheme_of(address: str) -> str:
    """The scheme of an address: one of ``TARGETS``, or what is none."""
    scheme, colon, _ = address.partition("://")
    return "-" if address == "-" else scheme if colon else "file"


def options_at(address: str, settings: Settings) -> Options | None:
    """The options that ``address`` takes; None where there is no such target. Raises UsageError for a
    format of files that there is not."""
    name = scheme_of(address)
    if name not in TARGETS:
        return None
    if name == "file":
        from specdsl.streaming.targets.files import require_parts

        require_parts(settings.format)
        form = form_named(settings.format or "jsonl", settings.compression, ())
        return form.format.options
    return _kind(name).options


def _kind(name: str) -> type[Target]:
    module, _, kind = TARGETS[name].partition(":")
    return cast("type[Target]", getattr(import_module(f"specdsl.streaming.targets.{module}"), kind))
