"""``specdsl lsp``: how it begins and ends, over a pipe, TCP and a WebSocket."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from specdsl.lsp.messages import LARGEST
from tests.lsp.client import (
    PATIENCE,
    Client,
    Pipes,
    WebSocket,
    connected,
    listening,
    over_stdio,
    start_process,
)

TEXT = "table t 5 {\n  id int key\n  n  int = nothing\n}\n"


def works(client: Client) -> None:
    client.initialize()
    client.open("untitled:a", TEXT)
    (one,) = client.checked("untitled:a")
    assert client.text("untitled:a", one["range"]) == "nothing"
    assert client.errors() == []


def test_shutdown_and_exit() -> None:
    with over_stdio() as client:
        works(client)
        assert client.shutdown() == 0


def test_exit_alone_is_a_failure() -> None:
    with over_stdio() as client:
        client.initialize()
        client.notify("exit")
        assert client.process is not None
        assert client.process.wait(PATIENCE) == 1


@pytest.mark.parametrize("busy", [False, True])
def test_the_end_of_input_ends_the_process(busy: bool) -> None:
    process = start_process(stderr=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stderr is not None
    if busy:
        body = b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": null, "rootUri": null}}'
        process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert errors == b""


def test_the_process_ends_with_its_client() -> None:
    """Somebody else keeps the pipes open, as a shell between the two would."""
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with over_stdio() as client:
        client.initialize(processId=parent.pid)
        assert client.process is not None
        parent.kill()
        parent.wait()
        assert parent.stdin is not None
        parent.stdin.close()
        assert client.process.wait(PATIENCE) == 1


def test_tcp_on_any_free_port() -> None:
    with listening("--tcp", "0") as (process, said):
        match = re.fullmatch(r"specdsl lsp: listening on (127\.0\.0\.1:[1-9]\d*)", said)
        assert match
        client = connected(match[1], process)
        works(client)
        assert client.shutdown() == 0
        client.wire.close()


def test_a_tcp_client_that_vanishes_ends_the_server() -> None:
    with listening("--tcp", "0") as (process, said):
        client = connected(said.rpartition(" ")[2], process)
        works(client)
        client.wire.close()
        assert process.wait(PATIENCE) == 0


def websocket(address: str, process: subprocess.Popen[bytes] | None = None) -> Client:
    return Client(WebSocket(address), process)


def test_a_websocket() -> None:
    with listening("--ws", "0") as (process, said):
        match = re.fullmatch(r"specdsl lsp: listening on (ws://127\.0\.0\.1:\d+)", said)
        assert match
        client = websocket(match[1], process)
        works(client)
        assert client.shutdown() == 0
        client.wire.close()


def test_a_second_client_is_turned_away() -> None:
    with listening("--tcp", "0") as (process, said):
        address = said.rpartition(" ")[2]
        client = connected(address, process)
        works(client)
        other = connected(address)
        deadline = time.monotonic() + PATIENCE
        while not other.ended:
            assert time.monotonic() < deadline, "it is left to wait"
            time.sleep(0.05)
        other.wire.close()
        assert client.ask("specdsl/explain", {"code": "DG405"})["code"] == "DG405"
        assert client.shutdown() == 0
        client.wire.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_second_websocket_is_turned_away() -> None:
    with listening("--ws", "0") as (process, said):
        address = said.rpartition(" ")[2]
        client = websocket(address, process)
        works(client)
        other = websocket(address)
        deadline = time.monotonic() + PATIENCE
        while not other.ended:
            assert time.monotonic() < deadline, "it is left to wait"
            time.sleep(0.05)
        other.wire.close()
        assert client.ask("specdsl/explain", {"code": "DG405"})["code"] == "DG405"
        assert client.shutdown() == 0
        client.wire.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def run(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    program = (
        f"{code}\nimport sys\nfrom specdsl.cli.main import main\nsys.exit(main({['lsp', *arguments]!r}))"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        input="",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("option", ["--tcp", "--ws"])
def test_a_port_in_use(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = run(option, str(other.getsockname()[1]))
    assert done.returncode == 3
    assert "cannot listen on 127.0.0.1:" in done.stderr
    assert "Traceback" not in done.stderr
    assert "listening on" not in done.stderr


def test_websockets_without_their_package() -> None:
    block = textwrap.dedent("""
        import sys
        class Blocker:
            def find_spec(self, name, path=None, target=None):
                if name.partition('.')[0] == 'websockets':
                    raise ImportError(name)
        sys.meta_path.insert(0, Blocker())
    """)
    done = run("--ws", "0", code=block)
    assert done.returncode == 3
    assert "WebSockets need the package websockets" in done.stderr
    assert "pip install 'specdsl[ws]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert "listening on" not in done.stderr, "nobody does"


@pytest.mark.parametrize(
    "arguments", [("--stdio", "--tcp", "0"), ("--tcp", "0", "--ws", "0"), ("--tcp", "70000"), ("--tcp", "x")]
)
def test_what_cannot_be_asked_for(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("--host", "127.0.0.1"), ("--stdio", "--host", "127.0.0.1")])
def test_a_host_without_a_port(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "--host is for --tcp and --ws" in done.stderr
    assert "add --tcp PORT" in done.stderr


@pytest.mark.parametrize("option", ["--tcp", "--ws"])
@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "a..b", "x" * 70, ""])
def test_a_host_that_is_no_address_of_this_machine(option: str, host: str) -> None:
    done = run(option, "0", "--host", host)
    assert done.returncode == 2
    assert f'"{host}" is no address of this machine' in done.stderr
    assert "127.0.0.1" in done.stderr
    assert "port" not in done.stderr
    assert "Traceback" not in done.stderr


WRONG_INPUT = [
    (b"hello\n", "not with `hello`"),
    (b"\x00\xff\x1b[31m\n", r"not with `\x00\xff\x1b[31m`"),
    (b"x" * 1_000_000, "not with `xxxxxxx"),
    (b"Content-Length: 999999999999\r\n\r\n{}", "999999999999 bytes is too long"),
    (b"Content-Length: " + b"9" * 6_000 + b"\r\n\r\n{}", "is too long"),
    (b"Content-Length: -5\r\n\r\n{}", "not `-5`"),
    (b"Content-Length: two\r\n\r\n{}", "not `two`"),
]


@pytest.mark.parametrize(("given", "said"), WRONG_INPUT)
def test_what_is_no_message_ends_the_server(given: bytes, said: str) -> None:
    process = start_process(stderr=subprocess.PIPE)
    output, errors = process.communicate(given, timeout=PATIENCE)
    assert process.returncode == 1
    assert output == b""
    assert said in errors.decode()
    assert errors.decode().count("error: ") == 1
    assert b"Traceback" not in errors
    assert len(errors) < 500


@pytest.mark.parametrize("given", [b"Content-Length: 20\r\n\r\n{}", b"Content-Length: 20\r\n"])
def test_input_that_ends_within_a_message(given: bytes) -> None:
    process = start_process(stderr=subprocess.PIPE)
    _, errors = process.communicate(given, timeout=PATIENCE)
    assert process.returncode == 1
    assert b"the input ended" in errors


def test_headers_in_every_form() -> None:
    with over_stdio() as client:
        client.initialize()
        body = b'{"jsonrpc": "2.0", "id": 77, "method": "specdsl/explain", "params": {"code": "DG405"}}'
        headers = b"\r\ncontent-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:%d\n\n"
        assert isinstance(client.wire, Pipes)
        client.wire.send_raw(headers % len(body) + body)
        client.wire.send_raw(b"Content-Length: 0\r\n\r\n")
        assert client.answer(77)["code"] == "DG405"
        assert client.shutdown() == 0


def test_what_is_no_message_ends_a_tcp_server() -> None:
    with listening("--tcp", "0") as (process, said):
        client = connected(said.rpartition(" ")[2], process)
        assert isinstance(client.wire, Pipes)
        client.wire.send_raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert process.wait(PATIENCE) == 1
        assert process.stderr is not None
        errors = process.stderr.read()
        assert b"not with `GET / HTTP/1.1`" in errors
        assert b"Traceback" not in errors
        client.wire.close()


@pytest.mark.parametrize(("size", "ends"), [(3 * 2**20, False), (LARGEST + 1, True)])
def test_long_messages_of_a_websocket(size: int, ends: bool) -> None:
    with listening("--ws", "0") as (process, said):
        client = websocket(said.rpartition(" ")[2], process)
        client.initialize()
        client.notify("unknown/notification", {"text": "x" * size})
        if ends:
            assert process.wait(PATIENCE) == 1
            assert process.stderr is not None
            errors = process.stderr.read()
            assert b"is too long" in errors
            assert b"Traceback" not in errors
        else:
            assert client.shutdown() == 0
        client.wire.close()


def test_stdio_may_be_said() -> None:
    process = start_process("--stdio", cwd=Path(os.sep))
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
