"""Work done ahead of its reader by a thread of its own, a few items at most."""

from __future__ import annotations

import atexit
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")

_DEPTH = 3


class Ahead(Generic[T]):
    """The items of an iterator, made by a thread. What it raises is raised by ``next``."""

    def __init__(self, items: Iterator[T]) -> None:
        self._queue: queue.Queue[T | BaseException | None] = queue.Queue(_DEPTH)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(items,), name="specdsl-stream", daemon=True)
        _OPEN.add(self)
        self._thread.start()

    def next(self) -> T | None:
        """The next item; None at the end, and after ``close``."""
        if self._ended.is_set():
            return None
        item = self._queue.get()
        if item is None or isinstance(item, BaseException):
            self._ended.set()
        if isinstance(item, BaseException):
            raise item
        return item

    def fill(self, seconds: float) -> None:
        """Wait until as much is made as may be, or all, or so long."""
        end = time.monotonic() + seconds
        while self._thread.is_alive() and not self._queue.full() and time.monotonic() < end:
            time.sleep(0.002)

    def close(self) -> None:
        """Make no more. A reader that waits gets None."""
        self._ended.set()
        while self._thread.is_alive():
            try:
                self._queue.get_nowait()  # make room for what it is about to put
            except queue.Empty:
                self._thread.join(0.01)
        self._put(None)

    def _run(self, items: Iterator[T]) -> None:
        try:
            for item in items:
                if self._ended.is_set():
                    return
                self._queue.put(item)
            self._queue.put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the reader
            self._queue.put(error)

    def _put(self, item: None) -> None:
        with suppress(queue.Full):
            self._queue.put_nowait(item)


_OPEN: WeakSet[Ahead[Any]] = WeakSet()


@atexit.register
def _close_all() -> None:
    """A thread that makes rows while the interpreter ends would end the process by a signal."""
    for ahead in list(_OPEN):
        ahead.close()
