"""What targets of messages share: an address with a place for the table's name, and one message a row."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from specdsl.errors import EnvironmentFailure, UsageError
from specdsl.sinks.options import Option, options_of
from specdsl.streaming.loads import Load
from specdsl.streaming.quantities import duration
from specdsl.streaming.sources import Source
from specdsl.streaming.targets.base import (
    GivenUpError,
    Settings,
    Target,
    options_given,
    text_of,
    without_secrets,
)
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


def _patience(text: str) -> float:
    try:
        return 0.0 if text.strip().lower() in ("0", "0s") else duration(text, "reconnect")
    except UsageError as problem:
        raise ValueError(problem.help or problem.message) from None


RECONNECT = Option("reconnect", "How long to try again where the server is lost; 0s: not.", 30.0, _patience)
_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds between two tries, doubled each time
_LOOK = 0.1  # seconds, after which it is noticed that the stream is to stop


def places(pattern: str, sources: Sequence[Source]) -> dict[str, str]:
    """Where the messages of each table go; what each is called by itself where ``pattern`` is empty."""
    return {s.name: pattern.replace("{table}", s.name) if pattern else s.place for s in sources}


def require_understood(text: str, query: Iterable[str] | None, example: str, *, escaped: bool = True) -> None:
    """Raises UsageError for parts of an address that nobody would look at: what follows ``#``, and values
    after ``?`` other than those of ``query`` (None: all are the server's). ``escaped``: whether names may
    have such signs, as %23 and %3F. What may be of a password is not shown."""
    scheme = text.partition("://")[0]
    if "#" in text:
        raise UsageError(
            f"an address of {scheme}:// has no part after `#`",
            f"such as {example}" + ("; a `#` in a name is %23" if escaped else ""),
        )
    _, mark, written = text.partition("?")
    if not mark or query is None:
        return
    known = tuple(query)
    for key in [key for key, _ in parse_qsl(written, keep_blank_values=True)] or [""]:
        if key not in known:
            shown = f"`?{key}`" if key.isidentifier() and "@" not in written else "part after `?`"
            there = (
                f"known are {', '.join(known)}" if known else f"such as {example}; options are given by -O"
            )
            raise UsageError(
                f"an address of {scheme}:// has no {shown}",
                there + ("; a `?` in a name is %3F" if escaped else ""),
            )


def _without_user(text: str) -> str:
    """An address that could not be taken apart, without what may be of a password."""
    scheme, _, rest = text.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


class Address:
    """An address in its parts; ``query``: the values after ``?`` that it may have (None: any). Raises
    UsageError where it has no host, or parts that mean nothing."""

    def __init__(self, text: str, port: int, example: str, query: Iterable[str] | None = ()) -> None:
        require_understood(text, query, example)
        try:
            self.url: SplitResult = urlsplit(text)
            self.host, self.port = self.url.hostname or "", self.url.port or port
        except ValueError as problem:
            why = f": {problem}" if "@" not in text else ""
            raise UsageError(
                f"`{_without_user(text)}` is not an address{why}", f"such as {example}"
            ) from None
        if not self.host:
            raise UsageError(f"`{_without_user(text)}` names no host", f"such as {example}")

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
    ``{table}`` in it for the table's name; "" is what each is called by itself. Where several tables go to
    one place, messages name theirs.

    Where the server is lost, messages that it has not confirmed are sent again when it is back: it may have
    some of them already."""

    options = options_of(TIMEOUT, RECONNECT)
    scheme = ""
    example = ""
    port = 0
    query: Iterable[str] | None = ()  # what may be after the `?` of an address; None: anything
    failures: tuple[type[BaseException], ...] = ()  # of the library, told to people in a line
    losses: tuple[type[BaseException], ...] = ()  # those among them, besides OSError, that the server is lost

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__()
        self.address = Address(address, self.port, self.example, self.query)
        self.values = options_given(self.address.url.scheme, self.options, settings)
        self._envelope = settings.envelope
        self._places: dict[str, str] = {}
        self._sender: Sender | None = None
        self._given_up = Event()

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
        self._places = places(self.place, sources)
        apart = not self.place or "{table}" in self.place
        self.text = text_of(sources, envelope=self._envelope, apart=apart)
        self.prepare(list(self._places.values()))
        self._told(self.connect, "cannot connect to")

    def prepare(self, places: Sequence[str]) -> None:
        """These are the places that messages will go to."""

    def begin(self, clock: Callable[[], float]) -> None:
        self._sender = Sender(
            lambda some: self._told(lambda: self._published(some), "lost"), self.delivery, clock
        )

    def send(self, load: Load, part: slice) -> None:
        assert self._sender is not None
        texts = load.texts(part.start, part.stop)
        self._sender.put([Message(self._places[table], body) for table, body in texts], load.due[part])

    def _published(self, messages: Sequence[Message]) -> None:
        """Publish ``messages``, again where the server is lost, as long as there is patience."""
        try:
            self.publish(messages)
            return
        except self._lost as error:
            lost = error
        begun, pause, again = monotonic(), _PAUSE, 0
        end = begun + self.values.get(RECONNECT.name, 0.0)
        failed: tuple[type[BaseException], ...] = (OSError, EnvironmentFailure, *self.failures)
        while monotonic() + pause < end and self._waited(pause):
            pause = min(2 * pause, _LONGEST_PAUSE)
            with suppress(*failed):
                self.disconnect()  # what is left of the old connection
            try:
                self.connect()
            except failed:
                continue
            again += len(messages)
            try:
                self.publish(messages)
            except self._lost:
                continue
            self.delivery.retries += 1
            away = monotonic() - begun
            self.delivery.notes.append(
                f"the server was lost for {away:,.1f} s; {again:,} messages were sent again"
            )
            return
        if self.stop.is_set():
            raise GivenUpError(f"`{self.shown}` is lost") from lost
        raise lost

    def _waited(self, seconds: float) -> bool:
        """Wait so long; False at once where it is to stop, or is given up."""
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0 and not self.stop.is_set() and not self._given_up.is_set():
            self._given_up.wait(min(left, _LOOK))
        return left <= 0

    @property
    def _lost(self) -> tuple[type[BaseException], ...]:
        return (OSError, *self.losses)

    def close(self) -> None:
        if self._sender is not None:
            self._sender.finish()
        self._told(self.disconnect, "lost")

    def abandon(self) -> None:
        self._given_up.set()
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
