"""How a client is reached: standard input and output, a TCP port, a WebSocket."""

from __future__ import annotations

import gc
import os
import socket
import sys

from specdsl.errors import EnvironmentFailure
from specdsl.lsp.server import SpecdslServer, create

_SWITCH = 0.0005
"""Seconds after which the worker lets the event loop have the interpreter; by default it is ten times that,
and a message takes several turns to be read."""


def _prepared() -> SpecdslServer:
    sys.setswitchinterval(_SWITCH)
    server = create()
    gc.freeze()  # modules live as long as the process: no need to go through them again and again
    return server


def serve_stdio() -> None:
    """Serve the client that started this process, until it ends the connection. What else is printed (by a
    plugin, say) goes to standard error, where it does no harm."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _prepared().start_io(sys.stdin.buffer, output)


def free_port(host: str, port: int) -> int:
    """``port``, or any that is free where it is 0. Raises OSError where it cannot be had."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


def serve_tcp(host: str, port: int) -> None:
    """Serve one client over TCP. Raises OSError where the port cannot be had."""
    _prepared().start_tcp(host, port)


def serve_websocket(host: str, port: int) -> None:
    """Serve one client over a WebSocket. Raises OSError where the port cannot be had, and as
    ``require_websockets``."""
    require_websockets()
    _prepared().start_ws(host, port)


def require_websockets() -> None:
    """Raises EnvironmentFailure without the package for WebSockets."""
    try:
        import websockets  # noqa: F401
    except ImportError:
        raise EnvironmentFailure(
            "WebSockets need the package websockets", "pip install 'specdsl[ws]'"
        ) from None
