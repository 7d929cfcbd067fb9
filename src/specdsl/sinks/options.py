"""Options of formats: what ``-O KEY=VALUE`` on the command line may say, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from specdsl.errors import UsageError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """One option of a format.

    ``parse`` makes a value of the text that the user gave and raises ValueError, whose message says what
    is allowed. Values are bool, int, str or None, so that the manifest can keep them. ``choices`` are the
    texts that are allowed, where they are few.
    """

    name: str
    doc: str
    default: T
    parse: Callable[[str], T]
    choices: tuple[str, ...] = ()


Options = Mapping[str, Option[Any]]
"""The options of a format by name."""


def options_of(*options: Option[Any]) -> Options:
    """``options`` by name."""
    return {option.name: option for option in options}


def choice(name: str, doc: str, default: str, choices: tuple[str, ...]) -> Option[str]:
    """An option that takes one of ``choices``."""

    def parse(text: str) -> str:
        if text in choices:
            return text
        raise ValueError(f"one of: {', '.join(choices)}")

    return Option(name, doc, default, parse, choices)


def flag(name: str, doc: str, *, default: bool) -> Option[bool]:
    """An option that is true or false."""

    def parse(text: str) -> bool:
        if text in ("true", "false"):
            return text == "true"
        raise ValueError("true or false")

    return Option(name, doc, default, parse, ("true", "false"))


def whole(name: str, doc: str, default: int, low: int, high: int) -> Option[int]:
    """An option that is a whole number, ``low <= n <= high``."""
    return Option(name, doc, default, _whole(low, high))


def optional_whole(name: str, doc: str, low: int, high: int) -> Option[int | None]:
    """An option that is a whole number, and None where it is not given."""
    return Option(name, doc, None, _whole(low, high))


def text(name: str, doc: str, default: str) -> Option[str]:
    """An option that takes any text."""
    return Option(name, doc, default, str)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(given: str) -> int:
        try:
            number = int(given)
        except ValueError:
            number = low - 1
        if low <= number <= high:
            return number
        raise ValueError(f"a whole number, {low:,} to {high:,}")

    return parse


def resolve(format: str, options: Options, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values of the options of ``format`` that were given as texts and differ from the defaults. The
    last one counts where a name comes twice. Raises UsageError for names and values that there are not."""
    values: dict[str, Any] = {}
    for name, value in given:
        option = options.get(name)
        if option is None:
            if not options:
                raise UsageError(f"`{format}` has no options, and so no `{name}`")
            near = get_close_matches(name, options, 1)
            hint = f"did you mean `{near[0]}`? " if near else ""
            raise UsageError(
                f"`{format}` has no option `{name}`", f"{hint}there are: {', '.join(sorted(options))}"
            )
        try:
            values[name] = option.parse(value)
        except ValueError as problem:
            raise UsageError(
                f"`{value}` is not a value of option `{name}` of `{format}`", str(problem)
            ) from None
    return {name: value for name, value in values.items() if value != options[name].default}
