"""A stream: its rows in order, made ahead, at their pace.

order (row numbers) -> disorder -> due times -> rows and their text, a few loads ahead -> slices when due
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from specdsl.streaming.ahead import Ahead
from specdsl.streaming.disorder import Disorder
from specdsl.streaming.itinerary import Stretch, in_row_order, in_time_order
from specdsl.streaming.loads import Load, Record, loaded
from specdsl.streaming.pacing import Pacer, Stop
from specdsl.streaming.rates import Rate, Schedule
from specdsl.streaming.sources import Source
from specdsl.streaming.summary import Summary, Tally
from specdsl.streaming.targets.base import ClosedByReaderError, GivenUpError, Target

_LOAD = 8_192  # rows at most
_FIRST = 64
_LEAST = 16
_AHEAD = 0.25  # seconds' worth of rows in a load
_GRACE = 0.25  # seconds
_WARM_UP = 1.0  # seconds at most: what the first rows need is read and made before the clock starts


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a stream. ``times``: the column of each table by which rows are in order (None: in the
    order of rows); ``order``: another order; ``rate`` and ``speed`` exclude each other, neither is as fast as
    can be; ``duration`` in seconds; ``rows``: the first so many; ``day``: the seconds since midnight at which
    it begins."""

    times: Sequence[str] | None = None
    rate: Rate | None = None
    speed: float | None = None
    duration: float | None = None
    rows: int | None = None
    disorder: Disorder = field(default_factory=Disorder)
    seed: int = 0
    day: float = 0.0
    order: Callable[[], Iterator[Stretch]] | None = None

    @property
    def paced(self) -> bool:
        return self.rate is not None or self.speed is not None


@dataclass(slots=True)
class Ending:
    """Why there are no more rows: the tables' end, or as many as were asked for ("rows", "duration")."""

    reason: str = "end"


class Stream:
    """Rows of ``sources`` as ``request`` asks for them. Each iteration begins anew, with the same rows."""

    def __init__(self, sources: Sequence[Source], request: Request) -> None:
        self.sources = sources
        self.request = request
        self.unfinished: Summary | None = None
        """What the last stream came to, if it failed."""
        self.ended = ""
        """Why the last loop ended: as a summary says it."""

    # --- the rows and when they are due ------------------------------------------------------

    def stretches(self, ending: Ending) -> Iterator[Stretch]:
        """The numbers of the rows in the order in which they are sent, with the seconds at which they are
        due; as many as are asked for, and why no more."""
        asked = self.request
        if asked.order is not None:
            stretches = asked.order()
        elif asked.times is None:
            stretches = in_row_order(self.sources)
        else:
            stretches = in_time_order(self.sources, asked.times)
        if asked.rows is not None:
            stretches = _first(stretches, asked.rows, ending)
        if asked.disorder:
            own = map(self._clocked(), stretches) if asked.rate is not None else stretches
            stretches = asked.disorder.apply(own, asked.seed)
        due = self._clocked()
        for stretch in stretches:
            timed = due(stretch)
            if asked.duration is not None and asked.paced:
                n = int(np.searchsorted(timed.seconds, asked.duration, "left"))
                if n < len(timed):
                    ending.reason = "duration"
                    yield timed.part(0, n)
                    return
            yield timed

    def _clocked(self) -> Callable[[Stretch], Stretch]:
        """What says when rows are due."""
        asked = self.request
        if asked.rate is not None:
            schedule = Schedule(asked.rate, asked.seed, asked.day)
            return lambda stretch: stretch.at(schedule.take(len(stretch)))
        speed = asked.speed
        if speed is not None:
            return lambda stretch: stretch.at(stretch.seconds / speed)
        return lambda stretch: stretch.at(np.zeros(len(stretch)))

    def loads(self, text: str, ending: Ending) -> Iterator[Load]:
        """The rows, made and ready; ``text`` as ``loaded`` takes it. Without a pace the first loads are
        small, so that the stream begins at once. Raises GenerationError."""
        usual = self.request.rate.usual if self.request.rate is not None else float("inf")
        most = int(min(*(s.most for s in self.sources), _LOAD, max(_LEAST, usual * _AHEAD)))
        size = most if self.request.paced else min(_FIRST, most)
        for stretch in self.stretches(ending):
            at = 0
            while at < len(stretch):
                yield loaded(self.sources, stretch.part(at, at + size), text)
                at += size
                size = min(most, size * 2)

    # --- to a target -------------------------------------------------------------------------

    def send(self, target: Target, stop: Stop | None = None) -> Summary:
        """Send the rows to ``target``, which is closed at the end: all is delivered then, and files are
        whole. Raises GenerationError, EnvironmentFailure; then the target is abandoned."""
        stop = stop or Stop()
        self.unfinished = None
        names = [source.name for source in self.sources]
        tally = Tally(names, paced=self.request.paced, noun=self.sources[0].noun)
        ending = Ending()
        target.stop = stop
        try:
            target.open(self.sources)
            with self._ahead(target.text, ending) as loads:
                ended = self._drive(loads, target, tally, stop) or ending.reason
            target.close()
        except ClosedByReaderError:
            target.abandon()
            ended = "closed"
        except GivenUpError:
            target.abandon()
            unconfirmed = tally.sent - target.delivery.messages
            target.delivery.notes.append(
                f"the server was lost, and has not confirmed {unconfirmed:,} messages"
            )
            ended = stop.reason
        except BaseException:
            target.abandon()
            self.unfinished = tally.summary(target.shown, "failed", target.delivery)
            raise
        return tally.summary(target.shown, ended, target.delivery)

    def _drive(self, loads: Ahead[Load], target: Target, tally: Tally, stop: Stop) -> str:
        """Send loads until there are no more (""), or it is to stop: why."""
        self._warm_up(loads)
        first = loads.next()
        pacer = Pacer()
        target.begin(pacer.now)
        load = first
        while load is not None and not stop.is_set():
            for step in pacer.steps(load):
                if stop.is_set():
                    return stop.reason
                now = pacer.now()
                if self._is_over(now):
                    return "duration"
                self._tick(target, now)
                if isinstance(step, slice):
                    target.send(load, step)
                    tally.add(load, step, pacer.now())
                elif step > 0:
                    wake = target.wake
                    stop.wait(step if wake is None else max(0.0, min(step, wake - now)))
            load = loads.next()
        return stop.reason

    @staticmethod
    def _tick(target: Target, now: float) -> None:
        if target.wake is not None and now >= target.wake:
            target.tick(now)

    def available(self) -> int:
        """How many rows there are to send, without those that are sent twice."""
        return sum(source.count for source in self.sources)

    @contextmanager
    def _ahead(self, text: str, ending: Ending) -> Iterator[Ahead[Load]]:
        loads = Ahead(self.loads(text, ending))
        try:
            yield loads
        finally:
            loads.close()

    # --- to a loop ---------------------------------------------------------------------------

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        """Each row when it is due: its table's name, and its values by column."""
        ending = Ending()
        self.ended = ""
        with self._ahead("", ending) as loads:
            self._warm_up(loads)
            load = loads.next()
            pacer = Pacer()
            stop = Stop()
            while load is not None:
                for step in pacer.steps(load):
                    if self._is_over(pacer.now()):
                        self.ended = "duration"
                        return
                    if isinstance(step, slice):
                        yield from load.records(step.start, step.stop)
                    elif step > 0:
                        stop.wait(step)
                load = loads.next()
        self.ended = ending.reason

    async def __aiter__(self) -> AsyncIterator[tuple[str, Record]]:
        """The same in an event loop."""
        ending = Ending()
        self.ended = ""
        loads = Ahead(self.loads("", ending))
        try:
            await asyncio.to_thread(self._warm_up, loads)
            load = await asyncio.to_thread(loads.next)
            pacer = Pacer()
            while load is not None:
                for step in pacer.steps(load):
                    if self._is_over(pacer.now()):
                        self.ended = "duration"
                        return
                    if isinstance(step, slice):
                        for record in load.records(step.start, step.stop):
                            yield record
                    else:
                        await asyncio.sleep(step)
                load = await asyncio.to_thread(loads.next)
            self.ended = ending.reason
        finally:
            loads.close()

    def _warm_up(self, loads: Ahead[Load]) -> None:
        if self.request.paced:
            loads.fill(_WARM_UP)

    def _is_over(self, now: float) -> bool:
        """Whether the time is up. Rows that are due before it are sent, unless the stream is far behind."""
        longest = self.request.duration
        return longest is not None and now >= longest + (_GRACE if self.request.paced else 0.0)


def _first(stretches: Iterator[Stretch], rows: int, ending: Ending) -> Iterator[Stretch]:
    """The first ``rows`` of them. They are chosen before there is any disorder: those that are late or are
    overtaken belong to them too, and repetitions come on top. Where they are all there are, the stream
    comes to its end."""
    left = rows
    for stretch in stretches:
        some = stretch.part(0, left)
        left -= len(some)
        yield some
        if not left:
            if len(some) < len(stretch) or any(map(len, stretches)):
                ending.reason = "rows"
            return
