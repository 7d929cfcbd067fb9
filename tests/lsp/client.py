"""A language client that waits for answers: over a pipe, TCP or a WebSocket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from tests.lsp.texts import offset_of, position_of

PATIENCE = 30.0
"""Seconds to wait for what must come."""

METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32601, -32602, -32603
REQUEST_FAILED, CANCELLED, CONTENT_MODIFIED = -32803, -32800, -32801

CAPABILITIES: dict[str, Any] = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
    },
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}


class Failure(Exception):
    """A request that was answered with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: int = error["code"]
        self.message: str = error["message"]


class Wire(Protocol):
    """How messages travel."""

    def send(self, body: bytes) -> None: ...

    def receive(self) -> bytes | None:
        """The next message's body, None where the connection has ended."""

    def close(self) -> None: ...


class Pipes:
    """Messages with headers, over a pair of streams."""

    def __init__(self, writer: Any, reader: Any) -> None:
        self._writer, self._reader = writer, reader
        self._lock = threading.Lock()

    def send(self, body: bytes) -> None:
        self.send_raw(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def send_raw(self, data: bytes) -> None:
        with self._lock:
            self._writer.write(data)
            self._writer.flush()

    def receive(self) -> bytes | None:
        length = 0
        with suppress(OSError, ValueError):
            while line := self._reader.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if length:
                return bytes(self._reader.read(length))
        return None

    def close(self) -> None:
        with suppress(OSError):
            self._writer.close()


class Stream(Pipes):
    """The same over a socket."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection.makefile("wb"), connection.makefile("rb"))
        self._connection = connection

    def close(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)  # whoever reads hears that it is over
        self._connection.close()


class WebSocket:
    """A message each, without headers."""

    def __init__(self, uri: str) -> None:
        from websockets.sync.client import connect

        self._stack = ExitStack()
        self._connection = self._stack.enter_context(connect(uri, max_size=None))

    def send(self, body: bytes) -> None:
        self._connection.send(body.decode())

    def receive(self) -> bytes | None:
        from websockets.exceptions import ConnectionClosed

        try:
            data = self._connection.recv()
        except ConnectionClosed:
            return None
        return data.encode() if isinstance(data, str) else data

    def close(self) -> None:
        self._stack.close()


class Client:
    """One connection. What the server says unasked is in ``heard``; what it asks is answered from
    ``replies`` (by method; a function of the parameters), else with null."""

    def __init__(self, wire: Wire, process: subprocess.Popen[bytes] | None = None) -> None:
        self.wire = wire
        self.process = process
        self.heard: list[dict[str, Any]] = []
        self.replies: dict[str, Callable[[Any], Any]] = {}
        self.encoding = "utf-16"
        self.capabilities: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.ended = False
        self._answers: dict[int, dict[str, Any]] = {}
        self._number = 0
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while (body := self.wire.receive()) is not None:
            message = json.loads(body)
            if "method" in message and "id" in message:
                reply = self.replies.get(message["method"], lambda params: None)(message.get("params"))
                self.post({"id": message["id"], "result": reply})
            with self._news:
                if "method" in message:
                    self.heard.append(message)
                elif isinstance(message.get("id"), int):
                    self._answers[message["id"]] = message
                self._news.notify_all()
        with self._news:
            self.ended = True
            self._news.notify_all()

    # --- saying --------------------------------------------------------------------------------

    def post(self, message: Mapping[str, Any]) -> None:
        """Send a message as it is."""
        self.wire.send(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, params: Any = None) -> None:
        self.post({"method": method, "params": params})

    def begin(self, method: str, params: Any = None) -> int:
        """Ask without waiting for the answer; the request's number."""
        self._number += 1
        self.post({"id": self._number, "method": method, "params": params})
        return self._number

    def answer(self, number: int) -> Any:
        """The answer to a request. Raises Failure where it is an error."""
        self.until(lambda: number in self._answers, f"an answer to request {number}")
        message = self._answers.pop(number)
        if "error" in message:
            raise Failure(message["error"])
        return message["result"]

    def ask(self, method: str, params: Any = None) -> Any:
        return self.answer(self.begin(method, params))

    # --- hearing -------------------------------------------------------------------------------

    def until(self, holds: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
        """Wait until something holds, which only what the server says can bring about."""
        deadline = time.monotonic() + patience
        with self._news:
            while not (found := holds()):
                left = deadline - time.monotonic()
                assert left > 0, f"{what} did not come; last was heard: {self.heard[-4:]}"
                assert not self.ended, f"the server ended before {what} came"
                self._news.wait(left)
        return found

    def notices(self, method: str) -> list[Any]:
        """The parameters of all notifications of a method."""
        return [one["params"] for one in list(self.heard) if one["method"] == method]

    def pushed(self, uri: str) -> list[dict[str, Any]]:
        """All that was pushed about a document, in order."""
        return [p for p in self.notices("textDocument/publishDiagnostics") if p["uri"] == uri]

    def checked(self, uri: str, *, calm: bool = False) -> list[dict[str, Any]]:
        """Wait until all of the document's present text has been looked at; what was pushed about it last.
        ``calm``: and what was held back while somebody was typing has been told, too."""
        wanted = {"uri": uri, "version": self.versions[uri]}
        self.until(lambda: wanted in self.notices("specdsl/changed"), f"the check of {wanted}")
        if calm:
            time.sleep(0.35)
        return list(self.pushed(uri)[-1]["diagnostics"])

    def codes(self, uri: str) -> list[str]:
        """The codes that were pushed about a document last."""
        pushed = self.pushed(uri)
        return [d["code"] for d in pushed[-1]["diagnostics"]] if pushed else []

    def errors(self) -> list[str]:
        """What was logged as an error, which is a bug of the server."""
        return [p["message"] for p in self.notices("window/logMessage") if p["type"] == 1]

    def logged(self) -> list[str]:
        return [p["message"] for p in self.notices("window/logMessage")]

    # --- beginning and end ---------------------------------------------------------------------

    def initialize(
        self,
        *roots: Path,
        capabilities: Mapping[str, Any] = CAPABILITIES,
        encodings: list[str] | None = None,
        options: Any = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Shake hands."""
        general = {} if encodings is None else {"general": {"positionEncodings": encodings}}
        result = self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": roots[0].as_uri() if roots else None,
                "workspaceFolders": [folder_of(root) for root in roots],
                "capabilities": {**capabilities, **general},
                "initializationOptions": options or {},
                **more,
            },
        )
        self.capabilities = result["capabilities"]
        self.encoding = self.capabilities["positionEncoding"]
        self.notify("initialized", {})
        return dict(result)

    def shutdown(self) -> int:
        """Say good-bye; the process's exit status."""
        self.ask("shutdown")
        self.notify("exit")
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        """Be gone, whatever the server does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.wire.close()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()

    # --- documents -----------------------------------------------------------------------------

    def open(self, uri: str, text: str, version: int = 1) -> None:
        self.texts[uri], self.versions[uri] = text, version
        item = {"uri": uri, "languageId": "dgen", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def close(self, uri: str) -> None:
        del self.texts[uri]
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def change(self, uri: str, text: str) -> None:
        """Give a document a whole new text."""
        self.texts[uri] = text
        self._send_changes(uri, [{"text": text}])

    def edit(self, uri: str, start: int, end: int, text: str) -> None:
        """Put a text in place of a stretch of a document."""
        before = self.texts[uri]
        change = {"range": self.range(uri, start, end), "text": text}
        self.texts[uri] = before[:start] + text + before[end:]
        self._send_changes(uri, [change])

    def type(self, uri: str, at: int, text: str, *, pause: float = 0.0) -> None:
        """Type a text, a character at a time."""
        for number, character in enumerate(text):
            self.edit(uri, at + number, at + number, character)
            time.sleep(pause)

    def _send_changes(self, uri: str, changes: list[dict[str, Any]]) -> None:
        self.versions[uri] += 1
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    # --- places --------------------------------------------------------------------------------

    def position(self, uri: str, offset: int) -> dict[str, int]:
        line, units = position_of(self.texts[uri], offset, self.encoding)
        return {"line": line, "character": units}

    def range(self, uri: str, start: int, end: int) -> dict[str, Any]:
        return {"start": self.position(uri, start), "end": self.position(uri, end)}

    def at(self, uri: str, words: str, *, nth: int = 0, into: int = 0, **more: Any) -> dict[str, Any]:
        """Parameters for a place: ``into`` characters after the beginning of the ``nth`` occurrence of some
        words in a document that is open."""
        offset = -1
        for _ in range(nth + 1):
            offset = self.texts[uri].index(words, offset + 1)
        return {"textDocument": {"uri": uri}, "position": self.position(uri, offset + into), **more}

    def of(self, uri: str, **more: Any) -> dict[str, Any]:
        """Parameters for a document."""
        return {"textDocument": {"uri": uri}, **more}

    def text(self, uri: str, range: Mapping[str, Any]) -> str:
        """The text at a range of a document that is open."""
        text = self.texts[uri]
        start, end = (
            offset_of(text, range[side]["line"], range[side]["character"], self.encoding)
            for side in ("start", "end")
        )
        return text[start:end]

    def applied(self, edits: list[dict[str, Any]], uri: str) -> str:
        """A document's text after edits that do not touch each other."""
        text = self.texts[uri]
        places = []
        for one in edits:
            start, end = one["range"]["start"], one["range"]["end"]
            places.append(
                (
                    offset_of(text, start["line"], start["character"], self.encoding),
                    offset_of(text, end["line"], end["character"], self.encoding),
                    one["newText"],
                )
            )
        for start, end, new in sorted(places, reverse=True):
            text = text[:start] + new + text[end:]
        return text


def folder_of(root: Path) -> dict[str, str]:
    """A workspace folder."""
    return {"uri": root.as_uri(), "name": root.name}


def start_process(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """A server's process."""
    return subprocess.Popen(
        [sys.executable, "-m", "specdsl", "lsp", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **options,
    )


@contextmanager
def over_stdio(**options: Any) -> Iterator[Client]:
    """A client of a server of its own."""
    process = start_process(**options)
    client = Client(Pipes(process.stdin, process.stdout), process)
    try:
        yield client
    finally:
        client.end()


@contextmanager
def listening(*arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server that listens, and where it says that it does."""
    process = start_process(*arguments, stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        yield process, process.stderr.readline().decode().strip()
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def connected(address: str, process: subprocess.Popen[bytes] | None = None) -> Client:
    """A client of a server that has said that it listens at ``host:port``."""
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
    connection.settimeout(None)
    return Client(Stream(connection), process)
