"""``specdsl lsp``: the language server."""

from __future__ import annotations

import sys

import click

from specdsl.cli.options import Whole, command_line
from specdsl.cli.terminal import Terminal
from specdsl.errors import EnvironmentFailure, UsageError

PORT = Whole(0, 65535)


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Standard input and output: the default.")
@click.option("--tcp", type=PORT, metavar="PORT", help="Wait for one client on a TCP port; 0: any free one.")
@click.option("--ws", type=PORT, metavar="PORT", help="Wait for one client on a WebSocket.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address for --tcp and --ws.")
@command_line
def command(terminal: Terminal, stdio: bool, tcp: int | None, ws: int | None, host: str) -> None:
    """Serve an editor: the language server protocol.

    Editors start this by themselves; docs/editors.md says how each is set up.
    """
    if (tcp is not None) + (ws is not None) + stdio > 1:
        raise UsageError("--stdio, --tcp and --ws cannot be had together", "choose one of them")
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
    try:
        port = transports.free_port(host, port)
        form = "" if tcp is not None else "ws://"
        terminal.say(f"specdsl lsp: listening on {form}{host}:{port}")
        (transports.serve_tcp if tcp is not None else transports.serve_websocket)(host, port)
    except OSError as error:
        raise EnvironmentFailure(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            "another port may be free: 0 finds one",
        ) from None
