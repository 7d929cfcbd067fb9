"""Results that are made of texts, kept within a budget.

Editing a long section makes a new text at every keystroke: a number of results is no bound on memory, the
length of the texts that they are made of is. The budget follows the documents at hand.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import update_wrapper
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

CHARACTERS = 100_000  # at least
_TIMES = 2  # as many characters as the documents have


class _Budget:
    characters = CHARACTERS


def make_room(characters: int) -> None:
    """Let the stores keep what documents of so many characters in all need, and a few states before."""
    _Budget.characters = max(CHARACTERS, _TIMES * characters)


_Key = tuple[object, ...]


class Store(Generic[R]):
    """The latest results, by keys that hold the texts: those within the budget (see ``make_room``), and
    always the last one. Safe to use from several threads."""

    def __init__(self) -> None:
        self._results: OrderedDict[_Key, R] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def get(self, key: _Key) -> R | None:
        """The result for a key, None where there is none."""
        with self._lock:
            if key not in self._results:
                return None
            self._results.move_to_end(key)
            return self._results[key]

    def put(self, key: _Key, result: R) -> None:
        """Keeps a result as the latest."""
        with self._lock:
            if key not in self._results:
                self._characters += _length(key)
            self._results[key] = result
            self._results.move_to_end(key)
            while self._characters > _Budget.characters and len(self._results) > 1:
                gone, _ = self._results.popitem(last=False)
                self._characters -= _length(gone)

    def __len__(self) -> int:
        return len(self._results)


def _length(key: _Key) -> int:
    return sum(len(part) for part in key if isinstance(part, str)) + 64


class Kept(Generic[P, R]):
    """A function of texts (and other hashable arguments, all positional) that remembers its results in a
    ``Store``."""

    def __init__(self, function: Callable[P, R]) -> None:
        update_wrapper(self, function)
        self._function = function
        self.store: Store[tuple[R]] = Store()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        known = self.store.get(args)
        if known is None:
            known = (self._function(*args, **kwargs),)
            self.store.put(args, known)
        return known[0]


def kept(function: Callable[P, R]) -> Kept[P, R]:
    """Decorates a function of texts so that it remembers its results."""
    return Kept(function)
