"""A language client over a pipe, small enough not to stand in the way of what is measured."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any


class Client:
    """A server process of its own. ``send`` and ``ask`` speak to it; ``heard`` has what it says unasked."""

    def __init__(self, command: list[str] | None = None) -> None:
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            command or [sys.executable, "-m", "specdsl", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._number = 0
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self.heard: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            length = 0
            while line := stream.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            body = stream.read(length)
            now = time.perf_counter()
            message = json.loads(body)
            if "method" in message:
                if "id" in message:
                    self._write({"id": message["id"], "result": None})
                self.heard.put((now, message))
            else:
                message["at"] = now
                self._answers.pop(message["id"]).put(message)

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self._process.stdin
        assert stream is not None
        stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        stream.flush()

    def send(self, method: str, params: Any) -> float:
        """A notification; when it was sent."""
        now = time.perf_counter()
        self._write({"method": method, "params": params})
        return now

    def ask(self, method: str, params: Any, timeout: float = 60) -> tuple[float, Any]:
        """A request; how long the answer took, in seconds, and the answer."""
        self._number += 1
        answer: queue.Queue[dict[str, Any]] = queue.Queue()
        self._answers[self._number] = answer
        began = time.perf_counter()
        self._write({"id": self._number, "method": method, "params": params})
        message = answer.get(timeout=timeout)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return message["at"] - began, message["result"]

    def begin(self, root: Path, **options: Any) -> dict[str, Any]:
        """Shake hands as an editor does."""
        capabilities = {
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {
                "completion": {
                    "completionItem": {"snippetSupport": True},
                    "completionList": {"itemDefaults": ["editRange"]},
                },
                "semanticTokens": {
                    "requests": {"full": {"delta": True}},
                    "tokenTypes": [],
                    "tokenModifiers": [],
                    "formats": [],
                },
            },
        }
        _, result = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "capabilities": capabilities,
                "initializationOptions": options,
            },
        )
        self.send("initialized", {})
        return dict(result["capabilities"])

    def wait(self, method: str, timeout: float = 60, **wanted: Any) -> tuple[float, Any]:
        """The next notification of a kind whose parameters have these values; when it came."""
        until = time.perf_counter() + timeout
        while True:
            at, message = self.heard.get(timeout=max(until - time.perf_counter(), 0.001))
            params = message.get("params") or {}
            if message["method"] == method and all(params.get(k) == v for k, v in wanted.items()):
                return at, params

    def end(self) -> int:
        """Say good-bye; the process's exit status."""
        self.ask("shutdown", None)
        self.send("exit", None)
        return self._process.wait(timeout=10)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
