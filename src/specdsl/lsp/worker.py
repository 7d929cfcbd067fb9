"""One thread that does all work on the documents, the urgent first.

A job is a function, or a generator function that yields where something more urgent may go before it. Jobs
see what was taken in before them; one whose document has changed since it was asked for is not done any more.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Any, Final


class Urgency(IntEnum):
    """What goes first."""

    TYPING = 0  # completion, signature: somebody waits for them with every key
    SYNTAX = 1  # what is wrong at the place of a change
    ASKED = 2  # hover, rename, formatting, definition, a preview
    SHOWN = 3  # colours, hints, lenses, symbols
    MEANING = 4  # what is wrong elsewhere in the document
    WORKSPACE = 5  # what is wrong in other files


class ContentModified(Exception):
    """The document has changed since the job was asked for."""


Job = Callable[[], Any]


@dataclass(order=True)
class _Task:
    urgency: Urgency
    number: int
    job: Job = field(compare=False)
    future: Future[Any] = field(compare=False)
    is_stale: Callable[[], bool] = field(compare=False)
    name: str = field(compare=False, default="")
    steps: Generator[None, None, Any] | None = field(compare=False, default=None)


def _never() -> bool:
    return False


def _nothing() -> None:
    return None


class Worker:
    """The thread and its queue. ``before``: called ahead of every step, to take in what has changed;
    ``idle``: called once when there has been nothing to do for ``pause`` seconds."""

    def __init__(
        self,
        before: Callable[[], None],
        failed: Callable[[str, BaseException], None],
        idle: Callable[[], None] = _nothing,
        pause: float = 5.0,
    ) -> None:
        self._before = before
        self._failed = failed
        self._idle = idle
        self._pause = pause
        self._queue: list[_Task] = []
        self._waiting = threading.Condition()
        self._numbers = itertools.count()
        self._named: dict[str, _Task] = {}
        self._stopped = False
        self._thread: Final = threading.Thread(target=self._run, name="specdsl-worker", daemon=True)
        self._thread.start()

    def submit(
        self, urgency: Urgency, job: Job, *, is_stale: Callable[[], bool] = _never, name: str = ""
    ) -> Future[Any]:
        """Have a job done. Its future can be cancelled as long as it has not begun, and between its steps. Of
        two jobs with the same ``name`` that wait, the later one takes the place of the earlier one."""
        task = _Task(urgency, next(self._numbers), job, Future(), is_stale, name)
        with self._waiting:
            if name:
                before = self._named.get(name)
                if before is not None:
                    before.future.cancel()
                self._named[name] = task
            heapq.heappush(self._queue, task)
            self._waiting.notify()
        return task.future

    def cancel(self, name: str) -> None:
        """Leave the job of this name undone."""
        with self._waiting:
            task = self._named.pop(name, None)
        if task is not None:
            task.future.cancel()

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits."""
        with self._waiting:
            return not self._queue

    def stop(self) -> None:
        """Do nothing more; a step that is being done is finished."""
        with self._waiting:
            self._stopped = True
            for task in self._queue:
                task.future.cancel()
            self._queue.clear()
            self._waiting.notify()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            self._step(task)

    def _next(self) -> _Task | None:
        """The most urgent task, None at the end."""
        rested = False
        while True:
            with self._waiting:
                self._waiting.wait_for(
                    lambda: self._queue or self._stopped, timeout=None if rested else self._pause
                )
                if self._stopped:
                    return None
                if self._queue:
                    return heapq.heappop(self._queue)
            rested = True
            self._idle()

    def _step(self, task: _Task) -> None:
        """Begin a task, or go on with it; put it back where it is not done."""
        if task.future.cancelled():
            self._leave(task)
            return
        try:
            self._before()
            if task.is_stale():
                raise ContentModified
            if task.steps is None:
                result = task.job()
                if not isinstance(result, Generator):
                    self._done(task, result)
                    return
                task.steps = result
            next(task.steps)
        except StopIteration as end:
            self._done(task, end.value)
        except BaseException as error:  # noqa: BLE001 -- the thread lives on whatever a job does
            self._leave(task)
            if not isinstance(error, ContentModified):
                self._failed(task.name or "a request", error)
            if not task.future.cancelled():
                _settle(partial(task.future.set_exception, error))
        else:
            with self._waiting:
                heapq.heappush(self._queue, task)

    def _done(self, task: _Task, result: Any) -> None:
        self._leave(task)
        if not task.future.cancelled():
            _settle(partial(task.future.set_result, result))

    def _leave(self, task: _Task) -> None:
        if task.steps is not None:
            task.steps.close()
        with self._waiting:
            if self._named.get(task.name) is task:
                del self._named[task.name]


def _settle(settle: Callable[[], None]) -> None:
    """Tell a future its outcome, which it does not take where it was cancelled in between."""
    with suppress(InvalidStateError):
        settle()
