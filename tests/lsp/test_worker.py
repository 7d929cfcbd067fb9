"""The worker: the urgent first, in steps, whatever jobs do."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager

import pytest

from specdsl.lsp.worker import ContentModified, Urgency, Worker


class Held:
    """A worker that is busy until ``go`` is called, so that what is submitted meanwhile waits."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failures: list[tuple[str, BaseException]] = []
        self.before = 0
        self.worker = Worker(self._before, lambda what, error: self.failures.append((what, error)))
        self._gate = threading.Event()
        begun = threading.Event()

        def block() -> None:
            begun.set()
            self._gate.wait(10)

        self.worker.submit(Urgency.TYPING, block)
        assert begun.wait(10)

    def _before(self) -> None:
        self.before += 1

    def go(self) -> None:
        self._gate.set()


@contextmanager
def held() -> Iterator[Held]:
    one = Held()
    try:
        yield one
    finally:
        one.go()
        one.worker.stop()


def test_the_urgent_goes_first_and_equals_in_their_order() -> None:
    with held() as h:
        order = [Urgency.WORKSPACE, Urgency.ASKED, Urgency.TYPING, Urgency.ASKED, Urgency.SYNTAX]
        futures = [
            h.worker.submit(urgency, lambda n=n, u=urgency: h.done.append(f"{u.name}{n}"))
            for n, urgency in enumerate(order)
        ]
        h.go()
        for future in futures:
            future.result(10)
        assert h.done == ["TYPING2", "SYNTAX4", "ASKED1", "ASKED3", "WORKSPACE0"]
        assert h.before == 6, "what was said is taken in ahead of every job"


def test_the_later_of_two_with_a_name_is_done() -> None:
    with held() as h:
        first = h.worker.submit(Urgency.MEANING, lambda: h.done.append("first"), name="a")
        other = h.worker.submit(Urgency.MEANING, lambda: h.done.append("other"), name="b")
        second = h.worker.submit(Urgency.MEANING, lambda: h.done.append("second"), name="a")
        h.go()
        second.result(10)
        other.result(10)
        assert first.cancelled()
        assert h.done == ["other", "second"]


def test_the_urgent_goes_between_the_steps_of_long_work() -> None:
    with held() as h:

        def long() -> Generator[None, None, str]:
            for step in range(3):
                h.done.append(f"step {step}")
                if step == 0:
                    h.worker.submit(Urgency.TYPING, lambda: h.done.append("typing"))
                yield
            return "all"

        future = h.worker.submit(Urgency.WORKSPACE, long)
        h.go()
        assert future.result(10) == "all"
        assert h.done == ["step 0", "typing", "step 1", "step 2"]


def test_what_is_cancelled_is_not_done_or_not_gone_on_with() -> None:
    with held() as h:
        closed = threading.Event()
        stepped = threading.Event()

        def endless() -> Generator[None, None, None]:
            try:
                while True:
                    stepped.set()
                    yield
            finally:
                closed.set()

        waiting = h.worker.submit(Urgency.ASKED, lambda: h.done.append("waiting"))
        named = h.worker.submit(Urgency.ASKED, lambda: h.done.append("named"), name="n")
        assert waiting.cancel()
        h.worker.cancel("n")
        running = h.worker.submit(Urgency.MEANING, endless)
        h.go()
        assert stepped.wait(10)
        running.cancel()
        assert closed.wait(10), "it may clean up"
        assert named.cancelled()
        with pytest.raises(CancelledError):
            running.result(10)
        h.worker.submit(Urgency.WORKSPACE, lambda: h.done.append("last")).result(10)
        assert h.done == ["last"]
        assert h.failures == []


def test_what_has_become_stale_is_told_so_and_is_no_failure() -> None:
    with held() as h:
        stale = threading.Event()

        def two_steps() -> Generator[None, None, None]:
            stale.set()
            yield
            h.done.append("went on")

        before = h.worker.submit(Urgency.ASKED, lambda: h.done.append("done"), is_stale=lambda: True)
        between = h.worker.submit(Urgency.ASKED, two_steps, is_stale=stale.is_set)
        h.go()
        for future in (before, between):
            with pytest.raises(ContentModified):
                future.result(10)
        assert h.done == []
        assert h.failures == []


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), SystemExit(1), KeyboardInterrupt()])
def test_the_worker_outlives_what_jobs_raise(error: BaseException) -> None:
    def fail() -> None:
        raise error

    def fail_later() -> Generator[None, None, None]:
        yield
        raise error

    with held() as h:
        futures = [
            h.worker.submit(Urgency.ASKED, job, name=f"job {n}") for n, job in enumerate((fail, fail_later))
        ]
        h.go()
        for future in futures:
            with pytest.raises(type(error)):
                future.result(10)
        assert h.failures == [("job 0", error), ("job 1", error)]
        assert h.worker.submit(Urgency.ASKED, lambda: 5).result(10) == 5


def test_after_stop_nothing_is_done() -> None:
    with held() as h:
        future = h.worker.submit(Urgency.ASKED, lambda: h.done.append("x"))
        assert not h.worker.is_idle
        h.worker.stop()
        assert h.worker.is_idle
        assert future.cancelled()


def test_when_nothing_is_to_be_done_it_is_told_once() -> None:
    told = threading.Semaphore(0)
    worker = Worker(lambda: None, lambda what, error: None, idle=told.release, pause=0.01)
    try:
        for _ in range(2):  # each time that it has worked
            assert worker.submit(Urgency.ASKED, lambda: 5).result(10) == 5
            assert told.acquire(timeout=10)
            assert not told.acquire(timeout=0.1)
    finally:
        worker.stop()
