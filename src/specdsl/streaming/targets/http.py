"""HTTP: ``http://host[:port]/path``, ``https://`` with TLS; ``{table}`` in it stands for the table's name.

A request has ``-O batch=N`` rows: one is an object, several are an array, or lines (``-O body=jsonl``).
Requests are sent by ``-O concurrency=N`` connections that are kept open. What cannot be sent, or is answered
by 429 or a status from 500, is tried again (``-O retries=N``), after a pause that doubles. A failure is
counted; when many requests in a row fail, the stream ends.
"""

from __future__ import annotations

import base64
import http.client
import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from specdsl.errors import EnvironmentFailure
from specdsl.sinks.options import choice, options_of, whole
from specdsl.streaming.loads import Load
from specdsl.streaming.sources import Source
from specdsl.streaming.targets.base import Settings, Target, options_given, text_of
from specdsl.streaming.targets.messages import Address, seconds
from specdsl.version import VERSION

_BATCH = whole("batch", "Rows in a request.", 1, 1, 1_000_000)
_LANES = whole("concurrency", "Requests on their way at once.", 4, 1, 1_024)
_RETRIES = whole("retries", "How often a request is tried again.", 5, 0, 100)
_BODY = choice("body", "Several rows as an array, or as lines.", "json", ("json", "jsonl"))
_METHOD = choice("method", "Of requests.", "POST", ("POST", "PUT", "PATCH"))
_LINGER = seconds("linger", "How long a batch waits for more rows.", 1.0)
_TIMEOUT = seconds("timeout", "How long to wait for an answer.", 30.0)
_IN_A_ROW = 20  # failures that end the stream
_PAUSE, _LONGEST_PAUSE = 0.1, 10.0


@dataclass(frozen=True, slots=True)
class _Request:
    path: str
    body: bytes
    rows: int
    due: float


class Http(Target):
    """Requests in the order of rows, answered in any order."""

    options = options_of(_BATCH, _LANES, _RETRIES, _BODY, _METHOD, _LINGER, _TIMEOUT)

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__()
        secure = address.startswith("https")
        self._address = Address(address, 443 if secure else 80, "http://localhost:8080/events", None)
        self._secure = secure
        self._values = options_given("http", self.options, settings)
        self._batch = self._values[_BATCH.name]
        self._lines = self._values[_BODY.name] == "jsonl"
        self._headers = self._all_headers(settings)
        self._envelope = settings.envelope
        self._lanes_given = any(name == _LANES.name for name, _ in settings.values)
        self._pending: dict[str, list[bytes]] = {}
        self._due: dict[str, float] = {}  # of the last row that waits
        self._waiting: queue.Queue[_Request | None] = queue.Queue(2 * self._values[_LANES.name])
        self._lanes: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._in_a_row = 0
        self._broken = ""
        self._statuses: Counter[str] = Counter()
        self._clock: Callable[[], float] = perf_counter

    def _all_headers(self, settings: Settings) -> dict[str, str]:
        kind = "application/x-ndjson" if self._lines else "application/json"
        headers = {"Content-Type": kind, "User-Agent": f"specdsl/{VERSION}"}
        if self._address.user is not None:
            secret = f"{self._address.user}:{self._address.password or ''}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(secret).decode()}"
        given = {name.title(): value for name, value in settings.headers}
        return {**headers, **given}

    @property
    def shown(self) -> str:
        return self._address.shown

    def open(self, sources: Sequence[Source]) -> None:
        path = self._address.url.path or "/"
        query = f"?{self._address.url.query}" if self._address.url.query else ""
        named = "{table}" in path or "{table}" in query
        self.text = text_of(sources, envelope=self._envelope, apart=named)
        self._paths = {s.name: (path + query).replace("{table}", s.name) for s in sources}
        connection = self._connection()
        try:
            connection.connect()
        except OSError as error:
            raise EnvironmentFailure(
                f"cannot connect to `{self.shown}`: {error.strerror or error}", "is the server there?"
            ) from error
        finally:
            connection.close()
        in_turn = not self._lanes_given and any(source.ordered for source in sources)
        count = 1 if in_turn else self._values[_LANES.name]
        self._lanes = [threading.Thread(target=self._lane, daemon=True) for _ in range(count)]
        for lane in self._lanes:
            lane.start()

    def _connection(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._address.host, self._address.port, timeout=self._values[_TIMEOUT.name])

    def begin(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    # --- rows to requests ----------------------------------------------------------------------

    def send(self, load: Load, part: slice) -> None:
        dues = load.due[part].tolist()
        for i, (table, body) in enumerate(load.texts(part.start, part.stop)):
            path = self._paths[table]
            rows = self._pending.setdefault(path, [])
            rows.append(body)
            self._due[path] = dues[i]
            if len(rows) == self._batch:
                self._flush(path)
        if any(self._pending.values()) and self.wake is None:
            self.wake = self._clock() + self._values[_LINGER.name]

    def tick(self, now: float) -> None:
        self.wake = None
        for path in self._pending:
            self._flush(path)

    def _flush(self, path: str) -> None:
        rows = self._pending[path]
        if not rows:
            return
        if self._lines:
            body = b"\n".join(rows) + b"\n"
        else:
            body = rows[0] if self._batch == 1 else b"[" + b",".join(rows) + b"]"
        self._require_answers()
        self._waiting.put(_Request(path, body, len(rows), self._due[path]))
        self._pending[path] = []
        if not any(self._pending.values()):
            self.wake = None

    def _require_answers(self) -> None:
        if self._broken:
            raise EnvironmentFailure(
                f"{_IN_A_ROW} requests in a row to `{self.shown}` failed, the last one by {self._broken}",
                "is the server well, and does it take these rows?",
            )

    def close(self) -> None:
        self.tick(self._clock())
        for _ in self._lanes:
            self._waiting.put(None)
        for lane in self._lanes:
            lane.join()
        self._tell()
        self._require_answers()

    def abandon(self) -> None:
        self._ended.set()
        while not self._waiting.empty():
            self._waiting.get_nowait()
        for _ in self._lanes:
            self._waiting.put(None)
        self._tell()

    def _tell(self) -> None:
        if self._statuses:
            told = ", ".join(f"{status} {count:,} times" for status, count in self._statuses.most_common())
            self.delivery.notes.append(f"answers: {told}")
            self._statuses.clear()

    # --- requests to answers -------------------------------------------------------------------

    def _lane(self) -> None:
        """One connection, kept open, in a thread of its own."""
        connection = self._connection()
        while (request := self._waiting.get()) is not None:
            self._answered(request, connection)
        connection.close()

    def _answered(self, request: _Request, connection: http.client.HTTPConnection) -> None:
        for attempt in range(self._values[_RETRIES.name] + 1):
            if self._ended.is_set():
                return
            if attempt:
                with self._lock:
                    self.delivery.retries += 1
            begun = self._clock()
            outcome, wait = self._tried(request, connection)
            now = self._clock()
            with self._lock:
                self._statuses[outcome] += 1
                if outcome.startswith("2"):
                    self.delivery.accepted(begun, np.array([request.due]), now)
                    self._in_a_row = 0
                    return
            if wait is None or self._broken:
                break
            self._ended.wait(max(wait, min(_LONGEST_PAUSE, _PAUSE * 2**attempt)))
        with self._lock:
            self.delivery.failed += request.rows
            self._in_a_row += 1
            if self._in_a_row >= _IN_A_ROW:
                self._broken = outcome

    def _tried(self, request: _Request, connection: http.client.HTTPConnection) -> tuple[str, float | None]:
        """The status, or what happened instead; and how long to wait at least before it is tried again (None:
        it will not be otherwise then)."""
        method = self._values[_METHOD.name]
        try:
            connection.request(method, request.path, request.body, self._headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return _named(error), 0.0
        if answer.status == 429 or answer.status >= 500:
            after = answer.getheader("Retry-After", "")
            return str(answer.status), min(60.0, float(after)) if after.isdecimal() else 0.0
        return str(answer.status), None


def _named(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return "connection lost" if isinstance(error, OSError) else "no answer in HTTP"
