"""How a client is reached: standard input and output, a TCP port, a WebSocket."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Coroutine
from typing import Final

from pygls.io_ import StdoutWriter, WebSocketWriter

from specdsl.errors import EnvironmentFailure
from specdsl.lsp import garbage
from specdsl.lsp.messages import LARGEST, Piped, Received, Stream, bodies, too_long
from specdsl.lsp.server import SpecdslServer, create

_SWITCH = 0.0005
"""Seconds after which the worker lets the event loop have the interpreter; by default it is ten times that,
and a message takes several turns to be read."""
_TOO_BIG: Final = 1009
"""How a WebSocket says that a message was too long (RFC 6455, 7.4.1)."""


def _prepared() -> SpecdslServer:
    sys.setswitchinterval(_SWITCH)
    server = create()
    garbage.begin()
    return server


def serve_stdio() -> None:
    """Serve the client that started this process, until it ends the connection. What else is printed (by a
    plugin, say) goes to standard error, where it does no harm. Raises as ``bodies``."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    server = _prepared()
    server.protocol.set_writer(StdoutWriter(output))
    try:
        asyncio.run(_served(server, Piped(sys.stdin.buffer, server.thread_pool)))
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    finally:
        server.shutdown()


async def _served(server: SpecdslServer, stream: Stream) -> None:
    """Take all that a client says. Raises as ``bodies``."""
    async for body in bodies(stream):
        server.protocol.take(body)


def free_port(host: str, port: int) -> int:
    """``port``, or any that is free where it is 0. Raises OSError where it cannot be had."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


def serve_tcp(host: str, port: int) -> None:
    """Serve one client over TCP. Raises OSError where the port cannot be had, and as ``bodies``."""
    server = _prepared()

    async def serve() -> None:
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                server.protocol.set_writer(writer)
            except ConnectionRefusedError:
                return
            await _ending(ended, _served(server, Received(reader)))
            writer.close()

        async with await asyncio.start_server(connected, host, port):
            await ended

    _run(server, serve())


def serve_websocket(host: str, port: int) -> None:
    """Serve one client over a WebSocket. Raises OSError where the port cannot be had, and as
    ``require_websockets`` and ``bodies``."""
    require_websockets()
    from websockets.asyncio.server import ServerConnection
    from websockets.asyncio.server import serve as served_at
    from websockets.exceptions import ConnectionClosed

    server = _prepared()

    async def listen(connection: ServerConnection) -> None:
        try:
            while True:
                server.protocol.take(await connection.recv(decode=False))
        except ConnectionClosed as closed:
            if closed.sent is not None and closed.sent.code == _TOO_BIG:
                raise too_long() from None

    async def serve() -> None:
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def connected(connection: ServerConnection) -> None:
            try:
                server.protocol.set_writer(WebSocketWriter(connection), include_headers=False)
            except ConnectionRefusedError:
                return
            await _ending(ended, listen(connection))

        async with served_at(connected, host, port, max_size=LARGEST):
            await ended

    _run(server, serve())


async def _ending(ended: asyncio.Future[None], connection: Awaitable[None]) -> None:
    """Go through a connection, and tell ``ended`` how it came out."""
    try:
        await connection
    except Exception as error:  # noqa: BLE001 -- whoever waits for the end raises it again
        ended.set_exception(error)
    else:
        ended.set_result(None)


def _run(server: SpecdslServer, work: Coroutine[None, None, None]) -> None:
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()


def require_websockets() -> None:
    """Raises EnvironmentFailure without the package for WebSockets."""
    try:
        import websockets  # noqa: F401
    except ImportError:
        raise EnvironmentFailure(
            "WebSockets need the package websockets", "pip install 'specdsl[ws]'"
        ) from None
