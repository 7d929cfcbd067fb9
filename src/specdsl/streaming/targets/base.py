"""What a target is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import SplitResult

from specdsl.errors import SpecdslError, UsageError
from specdsl.sinks.options import Options, options_of, resolve
from specdsl.streaming.loads import Load
from specdsl.streaming.pacing import Stop
from specdsl.streaming.sources import Source
from specdsl.streaming.summary import Delivery


class ClosedByReaderError(SpecdslError):
    """Whoever reads the stream went away; it has what it wanted."""


class GivenUpError(SpecdslError):
    """The server is lost, and whoever has stopped the stream does not wait for it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to send. ``values``: the options that were given, as texts; ``headers``: of requests; ``format``
    (None: jsonl), ``compression``, ``every`` (when a new part begins) and ``append`` are for files;
    ``envelope``: messages name their table even where it is the only one."""

    values: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    format: str | None = None
    compression: str | None = None
    every: str | None = None
    append: bool = False
    envelope: bool = False

    @property
    def of_files(self) -> list[str]:
        """Those given that only files have."""
        given = {"--format": self.format, "--compression": self.compression, "--every": self.every}
        return [name for name, value in {**given, "--append": self.append}.items() if value]


class Target(ABC):
    """One place that rows are sent to.

    ``text``: whether it wants the rows' JSON texts made beforehand ("rows", "envelopes"), or none ("").
    ``wake``: the second at which ``tick`` wants to be called (None: never). All calls come from one thread.
    """

    options: Options = options_of()
    text = "rows"
    wake: float | None = None

    def __init__(self) -> None:
        self.delivery = Delivery()
        self.stop = Stop()
        """That of the stream, which sets it before ``open``."""

    @property
    @abstractmethod
    def shown(self) -> str:
        """What it is called in messages, without secrets."""

    @abstractmethod
    def open(self, sources: Sequence[Source]) -> None:
        """Connect, or make ready to write. Raises UsageError, DataError, EnvironmentFailure."""

    def begin(self, clock: Callable[[], float]) -> None:  # noqa: B027 - most targets need no clock
        """The stream begins: ``clock`` tells its seconds."""

    @abstractmethod
    def send(self, load: Load, part: slice) -> None:
        """Rows ``part`` of ``load`` are due. Raises EnvironmentFailure, ClosedByReaderError."""

    def tick(self, now: float) -> None:  # noqa: B027 - only those with a ``wake`` are called
        """It is ``now``, and ``wake`` has come."""

    @abstractmethod
    def close(self) -> None:
        """Wait until all is delivered; files are whole. Raises EnvironmentFailure."""

    @abstractmethod
    def abandon(self) -> None:
        """Give up: connections are closed, what is unfinished is removed. Raises nothing."""


def text_of(sources: Sequence[Source], *, envelope: bool, apart: bool) -> str:
    """The ``text`` of a target. ``envelope``: whether messages are to name their table in any case;
    ``apart``: whether tables go to places of their own. Raises UsageError."""
    named = all(source.named for source in sources)
    if envelope and named:
        raise UsageError("these messages name their table already, in `source`", "leave out --envelope")
    return "envelopes" if envelope or not (apart or named or len(sources) == 1) else "rows"


def library(name: str, extra: str, scheme: str) -> ModuleType:
    """Module ``name`` of a client library. Raises UsageError, with what to install, where it is missing."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name.split(".")[0]):
            raise
        raise UsageError(
            f"{scheme}:// needs a library that is not installed", f"pip install 'specdsl[{extra}]'"
        ) from None


def options_given(target: str, options: Options, settings: Settings) -> dict[str, Any]:
    """All options of a target by name. Raises UsageError."""
    given = resolve(target, options, settings.values)
    return {name: given.get(name, option.default) for name, option in options.items()}


def without_secrets(url: SplitResult) -> str:
    """An address as it may be printed: without user, password, and query."""
    host = url.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{host}{port}{url.path}"
