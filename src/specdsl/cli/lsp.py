"""``specdsl lsp``: the language server."""

from __future__ import annotations

import errno
import socket
import sys
from typing import Final

import click

from specdsl.cli.options import Whole, command_line
from specdsl.cli.terminal import Terminal
from specdsl.errors import EnvironmentFailure, UsageError

PORT = Whole(0, 65535)
_LOCAL: Final = "127.0.0.1"


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Standard input and output: the default.")
@click.option("--tcp", type=PORT, metavar="PORT", help="Wait for one client on a TCP port; 0: any free one.")
@click.option("--ws", type=PORT, metavar="PORT", help="Wait for one client on a WebSocket.")
@click.option(
    "--host", metavar="ADDRESS", help=f"The address of this machine for --tcp and --ws; {_LOCAL} without it."
)
@command_line
def command(terminal: Terminal, stdio: bool, tcp: int | None, ws: int | None, host: str | None) -> None:
    """Serve an editor: the language server protocol.

    Editors start this by themselves; docs/editors.md says how each is set up.
    """
    if (tcp is not None) + (ws is not None) + stdio > 1:
        raise UsageError("--stdio, --tcp and --ws cannot be had together", "choose one of them")
    if host is not None and tcp is None and ws is None:
        raise UsageError("--host is for --tcp and --ws", "add --tcp PORT or --ws PORT, or leave --host out")
    from specdsl.lsp import transports

    if tcp is None and ws is None:
        if sys.stdin.isatty():
            terminal.say("specdsl lsp: waiting for an editor on standard input; Ctrl-C ends it")
        transports.serve_stdio()
        return
    port = tcp if tcp is not None else ws
    assert port is not None, "one of them is given"
    if ws is not None:
        transports.require_websockets()  # before anything is said
    _listen(terminal, _LOCAL if host is None else host, port, is_tcp=tcp is not None)


def _listen(terminal: Terminal, host: str, port: int, *, is_tcp: bool) -> None:
    """Serve one client there. Raises UsageError where ``host`` is no address of this machine,
    EnvironmentFailure where the port cannot be had."""
    from specdsl.lsp import transports

    try:
        if not host:
            raise UnicodeError("no address")
        port = transports.free_port(host, port)
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        said = f"specdsl lsp: listening on {'' if is_tcp else 'ws://'}{place}"
        serve = transports.serve_tcp if is_tcp else transports.serve_websocket
        serve(host, port, lambda: terminal.say(said))
    except (UnicodeError, OSError) as error:
        is_host = isinstance(error, UnicodeError | socket.gaierror)
        if is_host or (isinstance(error, OSError) and error.errno == errno.EADDRNOTAVAIL):
            raise UsageError(
                f'"{host}" is no address of this machine',
                f"--host takes one: {_LOCAL} is for this machine alone, 0.0.0.0 for its networks, too",
            ) from None
        assert isinstance(error, OSError)
        raise EnvironmentFailure(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            "another port may be free: 0 finds one",
        ) from None
