"""What targets of messages share: an address with a place for the table's name, and one message a row."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from specdsl.errors import EnvironmentFailure, UsageError
from specdsl.sinks.options import Option, options_of
from specdsl.streaming.loads import Load
from specdsl.streaming.quantities import duration
from specdsl.streaming.sources import Source
from specdsl.streaming.targets.base import Settings, Target, options_given, without_secrets
from specdsl.streaming.targets.sending import Message, Sender

T = TypeVar("T")


def seconds(name: str, doc: str, default: float) -> Option[float]:
    """An option that is a duration."""

    def parse(text: str) -> float:
        try:
            return duration(text, name)
        except UsageError as problem:
            raise ValueError(problem.help or problem.message) from None

    return Option(name, doc, default, parse)


TIMEOUT = seconds("timeout", "How long to wait for the server.", 10.0)


class Address:
    """An address in its parts. Raises UsageError where it has no host."""

    def __init__(self, text: str, port: int, example: str) -> None:
        try:
            self.url: SplitResult = urlsplit(text)
            self.host, self.port = self.url.hostname or "", self.url.port or port
        except ValueError as problem:
            raise UsageError(f"`{text}` is not an address: {problem}", f"such as {example}") from None
        if not self.host:
            raise UsageError(f"`{text}` names no host", f"such as {example}")

    @property
    def user(self) -> str | None:
        return None if self.url.username is None else unquote(self.url.username)

    @property
    def password(self) -> str | None:
        return None if self.url.password is None else unquote(self.url.password)

    @property
    def path(self) -> str:
        """Behind the first slash."""
        return unquote(self.url.path.removeprefix("/"))

    @property
    def shown(self) -> str:
        return without_secrets(self.url)


class Broker(Target):
    """Sends a message a row and waits until the server has each of them. ``place`` is where they go, with
    ``{table}`` in it for the table's name. Where several tables go to one place, messages name theirs."""

    options = options_of(TIMEOUT)
    scheme = ""
    example = ""
    port = 0
    failures: tuple[type[BaseException], ...] = ()  # of the library, told to people in a line

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__()
        self.address = Address(address, self.port, self.example)
        self.values = options_given(self.address.url.scheme, self.options, settings)
        self._envelope = settings.envelope
        self._places: dict[str, str] = {}
        self._sender: Sender | None = None

    @property
    def shown(self) -> str:
        return self.address.shown

    @property
    @abstractmethod
    def place(self) -> str:
        """The pattern of the places that messages go to."""

    @abstractmethod
    def connect(self) -> None:
        """Connect. Raises UsageError where a library is missing."""

    @abstractmethod
    def publish(self, messages: Sequence[Message]) -> None:
        """Send some messages and wait until the server has them."""

    @abstractmethod
    def disconnect(self) -> None:
        """Close the connection, if there is one."""

    def open(self, sources: Sequence[Source]) -> None:
        pattern = self.place or "{table}"
        alone = len(sources) == 1 or "{table}" in pattern
        self.text = "envelopes" if self._envelope or not alone else "rows"
        self._places = {source.name: pattern.replace("{table}", source.name) for source in sources}
        self.prepare(list(self._places.values()))
        self._told(self.connect, "cannot connect to")

    def prepare(self, places: Sequence[str]) -> None:
        """These are the places that messages will go to."""

    def begin(self, clock: Callable[[], float]) -> None:
        self._sender = Sender(
            lambda some: self._told(lambda: self.publish(some), "lost"), self.delivery, clock
        )

    def send(self, load: Load, part: slice) -> None:
        assert self._sender is not None
        texts = load.texts(part.start, part.stop)
        self._sender.put([Message(self._places[table], body) for table, body in texts], load.due[part])

    def close(self) -> None:
        if self._sender is not None:
            self._sender.finish()
        self._told(self.disconnect, "lost")

    def abandon(self) -> None:
        if self._sender is not None:
            self._sender.abandon()
        with suppress(*self.failures, OSError, EnvironmentFailure):
            self.disconnect()

    def _told(self, call: Callable[[], T], what: str) -> T:
        try:
            return call()
        except OSError as error:
            raise self._failure(what, error) from error
        except self.failures as error:
            raise self._failure(what, error) from error

    def _failure(self, what: str, error: BaseException) -> EnvironmentFailure:
        plain = getattr(error, "strerror", None) or str(error)
        reason = " ".join(plain.split()) or type(error).__name__
        return EnvironmentFailure(
            f"{what} `{self.shown}`: {reason}", "is the server there, and does it take these messages?"
        )
