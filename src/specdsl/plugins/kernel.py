"""Running a user's function as a kernel, without trusting it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from specdsl.functions.arguments import as_vector, stream_of
from specdsl.functions.entry import Invocation
from specdsl.functions.problems import FunctionProblem
from specdsl.plugins.draw import Draw
from specdsl.plugins.kinds import BadResult, Kind
from specdsl.randomness.streams import Stream
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import Vector

_RERUN: Final = 5
"""So many rows of each batch are made a second time, by themselves."""


@dataclass(frozen=True, eq=False)
class Body:
    """A user's function as a kernel. ``draw`` is the parameter that gets randomness."""

    name: str
    function: Callable[..., Any]
    kinds: Mapping[str, Kind]
    result: Kind
    draw: str | None
    may_miss: bool

    def __call__(self, call: Invocation) -> Vector:
        """The values of a batch. Raises FunctionProblem for whatever the function does wrong."""
        vectors = {name: as_vector(call, name) for name in self.kinds}
        stream = stream_of(call) if self.draw is not None else None
        values = self._values(call.n, vectors, stream)
        if call.n > _RERUN:
            self._compare(values, vectors, stream, call.n - _RERUN)
        return replace(values, type=call.result)

    def _values(self, n: int, vectors: Mapping[str, Vector], stream: Stream | None) -> Vector:
        given = {name: self.kinds[name].given(vector.data) for name, vector in vectors.items()}
        if self.draw is not None and stream is not None:
            given[self.draw] = Draw(stream)
        try:
            made = self.function(**given)
        except (Exception, SystemExit) as error:
            raise FunctionProblem(f"it raised {_told(error)}", "the function is one of a plugin") from error
        size = len(made) if hasattr(made, "__len__") and np.ndim(made) > 0 else None
        if size is None or np.ndim(made) > 1:
            shown = type(made).__name__ if size is None else f"an array of {np.ndim(made)} dimensions"
            raise FunctionProblem(
                f"it gave {shown} for {n} rows", "it must return an array with one value for each row"
            )
        if size != n:
            raise FunctionProblem(
                f"it gave {size} values for {n} rows", "it must return an array with one value for each row"
            )
        try:
            data, valid = self.result.taken(made)
        except BadResult as bad:
            raise FunctionProblem(f"it gave {bad}", "convert the result, or annotate its type") from None
        except (ValueError, TypeError, OverflowError) as error:
            raise FunctionProblem(f"its result cannot be used: {_told(error)}") from error
        if valid is not None and not self.may_miss:
            row = int(np.flatnonzero(~valid)[0])
            raise FunctionProblem(
                f"it gave no value for row {row} of {n}", "annotate the result with `| None` if that may be"
            )
        return Vector(self.result.type, data, valid)

    def _compare(self, values: Vector, vectors: Mapping[str, Vector], stream: Stream | None, at: int) -> None:
        """A few rows again, without the others: values must not depend on the company they come in."""
        rows = np.arange(at, at + _RERUN, dtype=np.int64)
        fewer = {name: selection.take(vector, rows) for name, vector in vectors.items()}
        some = None if stream is None else Stream(stream.key, stream.addresses[rows])
        again, before = self._values(_RERUN, fewer, some), selection.take(values, rows)
        if _list(again) != _list(before):
            raise FunctionProblem(
                "it gives a row another value when other rows come with it",
                "a value may depend on the row's own arguments and on a `Draw` parameter, on nothing else",
            )


def _list(vector: Vector) -> list[Any]:
    data: Any = vector.data
    items: list[Any] = data.tolist() if isinstance(data, np.ndarray) else strings.plain(data).to_pylist()
    if vector.valid is None:
        return items
    return [item if there else None for item, there in zip(items, vector.valid, strict=True)]


def _told(error: BaseException) -> str:
    """The exception in one line, with where in the user's file it came from."""
    text = " ".join(str(error).split())[:200]
    frames = traceback.extract_tb(error.__traceback__)
    place = frames[1] if len(frames) > 1 else None
    at = f" (line {place.lineno} of {place.name})" if place is not None else ""
    return f"{type(error).__name__}{': ' if text else ''}{text}{at}"
