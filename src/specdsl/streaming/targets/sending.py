"""Groups of messages sent by a thread of its own, so that waiting for an answer does not hold up what is due
next. What comes in meanwhile goes out together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from specdsl.streaming.summary import Delivery
from specdsl.vectors.vector import Float64Array

_GROUP = 2_048
_WAITING = 4_096
"""Messages that may wait; whoever brings more waits too, and is late."""


@dataclass(frozen=True, slots=True)
class Message:
    """``body`` is to go to ``place``: a topic, subject, queue or stream."""

    place: str
    body: bytes


class Sender:
    """Hands messages to ``publish``, which returns when the server has them, and counts them in ``delivery``.
    What ``publish`` raises is raised by the next call here."""

    def __init__(
        self,
        publish: Callable[[Sequence[Message]], None],
        delivery: Delivery,
        clock: Callable[[], float],
    ) -> None:
        self._publish = publish
        self._delivery = delivery
        self._clock = clock
        self._changed = threading.Condition()
        self._groups: deque[tuple[list[Message], Float64Array]] = deque()
        self._waiting = 0
        self._ended = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="specdsl-sender", daemon=True)
        self._thread.start()

    def put(self, messages: list[Message], due: Float64Array) -> None:
        """Send these, which are due at ``due``, as soon as may be."""
        with self._changed:
            while self._waiting > _WAITING and self._failure is None:
                self._changed.wait()
            self._raise()
            self._groups.append((messages, due))
            self._waiting += len(messages)
            self._changed.notify_all()

    def finish(self) -> None:
        """Wait until all is sent."""
        self._end()
        self._raise()

    def abandon(self) -> None:
        """Send nothing more."""
        with self._changed:
            self._groups.clear()
        self._end()

    def _end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while group := self._next():
            messages, due = group
            try:
                begun = self._clock()
                self._publish(messages)
                now = self._clock()
            except BaseException as error:  # noqa: BLE001 - it is raised again in the other thread
                with self._changed:
                    self._failure = error
                    self._changed.notify_all()
                return
            self._delivery.accepted(begun, due, now)
            with self._changed:
                self._waiting -= len(messages)
                self._changed.notify_all()

    def _next(self) -> tuple[list[Message], Float64Array] | None:
        """What waits, as one group; None at the end."""
        with self._changed:
            while not self._groups and not self._ended:
                self._changed.wait()
            if not self._groups:
                return None
            messages, due = self._groups.popleft()
            dues = [due]
            while self._groups and len(messages) + len(self._groups[0][0]) <= _GROUP:
                more, due = self._groups.popleft()
                messages = messages + more
                dues.append(due)
            return messages, np.concatenate(dues)
