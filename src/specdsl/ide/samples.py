"""Live values of a column, from the text as it is: what a build would make in the first rows.

Only the column asked for is made, and what it needs. Where that would take many rows, nothing is made and the
reason is told. What is broken elsewhere in the section is left out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from specdsl.compiler import compile_source
from specdsl.datatypes import types as t
from specdsl.datatypes.value_text import value_text
from specdsl.errors import SpecdslError
from specdsl.files import DataFileSchema, FileProblem, Problem, StoredRows, StoredTable
from specdsl.functions.entry import Function
from specdsl.ide.burden import burden
from specdsl.ide.histogram import Histogram, histogram
from specdsl.ide.live import MOST_BURDEN, error_of, live
from specdsl.ide.workspace import Workspace
from specdsl.ir.model import Column
from specdsl.plugins.catalogue import Plugins
from specdsl.source import SourceFile

if TYPE_CHECKING:
    from specdsl.generate.generator import Generator

ROWS: Final = 8
MANY_ROWS: Final = 500
PATIENCE: Final = 0.1
"""Seconds for the first rows, after which no more are made."""
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of a column's first rows as texts, in order; or ``reason``, why there are none. ``examples``:
    the first different ones among all rows that were made, without null. ``histogram``: how the numbers of
    some hundred rows lie; ``shares``: the most frequent of few values, with their share of those rows, 0..1;
    ``nulls``: the share of rows without a value. ``type`` is as checked, ``rows`` how many the table has."""

    values: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    reason: str = ""
    type: t.DataType | None = None
    histogram: Histogram | None = None
    shares: tuple[tuple[str, float], ...] = ()
    nulls: float = 0.0
    rows: int = 0


def sample_column(
    workspace: Workspace,
    path: str,
    table: str,
    column: str,
    *,
    many: bool = False,
    patience: float = PATIENCE,
) -> Sample:
    """The values of the first rows. With ``many`` also what some hundred rows look like, where the first took
    no more than ``patience`` seconds. Whatever goes wrong is the sample's ``reason``."""
    try:
        return _sample(workspace, path, table, column, patience if many else 0.0)
    except SpecdslError as error:
        return Sample(reason=error.message)
    except FileProblem as problem:
        return Sample(reason=f"{problem.path}: {problem.detail or problem.problem.value}")
    except Exception as error:  # noqa: BLE001 (an editor goes on whatever a value did)
        return Sample(reason=f"no values can be made: {type(error).__name__}")


def _sample(workspace: Workspace, path: str, table: str, column: str, patience: float) -> Sample:
    numbers = workspace.program(path).names.declared.get(table, ())
    if not numbers:
        return Sample(reason=f"there is no table `{table}`")
    made = live(workspace, path, numbers[0])
    dataset, generator = made.dataset, made.generator
    if dataset is None or generator is None:
        message = made.errors[0].message() if made.errors else "the table cannot be made"
        return Sample(reason=message)
    checked = dataset.tables.get(table)
    if checked is not None and checked.query is not None:
        return Sample(reason="SQL makes this table, when all others are built")
    if checked is None or column not in checked.columns:
        error = error_of(workspace, path, made, numbers[0], column)
        return Sample(reason=f"there is no column `{column}`" if error is None else error.message())
    rows = burden(dataset, table, column)
    if rows > MOST_BURDEN:
        return Sample(
            reason=f"about {rows:,} rows would have to be made first", type=checked.columns[column].type
        )
    return _values(generator, table, checked.columns[column], patience)


def _values(generator: Generator, table: str, column: Column, patience: float) -> Sample:
    began = time.perf_counter()
    total = generator.row_count(table)
    first = generator.values(table, column.name, 0, min(ROWS, total))
    texts = tuple(_text(value, column.type) for value in first.to_pylist())
    if total <= ROWS or time.perf_counter() - began > patience:
        reason = "" if texts else "the table has no rows"
        return Sample(texts, _examples(first.to_pylist(), column.type), reason, column.type, rows=total)
    values = generator.values(table, column.name, 0, min(MANY_ROWS, total)).to_pylist()
    nulls = sum(value is None for value in values) / len(values)
    there = [value for value in values if value is not None]
    return Sample(
        texts,
        _examples(there, column.type),
        "",
        column.type,
        histogram(there, column.type),
        _shares(there, column.type, len(values)),
        nulls,
        total,
    )


def _examples(values: Sequence[Any], kind: t.DataType) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in values:
        if value is not None:
            found.setdefault(_text(value, kind))
        if len(found) == ROWS:
            break
    return tuple(found)


def _shares(values: Sequence[Any], kind: t.DataType, of: int) -> tuple[tuple[str, float], ...]:
    """The values with their shares, where a few come again and again."""
    if not isinstance(kind, (t.String, t.Enum, t.Bool, t.Int)) or len(values) < 20:
        return ()
    counts = Counter(values)
    if len(counts) > (8 if isinstance(kind, t.Int) else 12) or len(counts) * 4 > len(values):
        return ()
    return tuple((_text(value, kind), count / of) for value, count in counts.most_common(8))


def _text(value: Any, kind: t.DataType) -> str:
    text = value_text(value, kind)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


# --- examples of functions ----------------------------------------------------------------------


class _NoFiles:
    """Nothing to read."""

    def resolve(self, mentioned_in: str, path: str) -> str:
        raise FileProblem(Problem.OUTSIDE, path)

    def read_text(self, path: str) -> str:
        raise FileProblem(Problem.MISSING, path)

    def data_schema(self, path: str, table: str = "") -> DataFileSchema:
        raise FileProblem(Problem.MISSING, path)

    def stored_rows(self, wanted: StoredTable) -> StoredRows | None:
        return None

    def data_rows(self, path: str, columns: object) -> Any:
        raise FileProblem(Problem.MISSING, path)

    def query_schema(self, sql: str, tables: object) -> Any:
        raise FileProblem(Problem.QUERY, sql)

    def read_columns(self, path: str, columns: object, table: str = "") -> Any:
        raise FileProblem(Problem.MISSING, path)


def sample_example(function: Function, plugins: Plugins) -> tuple[str, ...]:
    """Values of a function's first example that can be made; () where none can."""
    key = tuple(source.digest for source in plugins.sources)
    for example in function.examples[:2]:
        found = _example_values(example.code, example.type, plugins, key)
        if found:
            return found
    return ()


def _example_values(code: str, kind: str, plugins: Plugins, key: tuple[str, ...]) -> tuple[str, ...]:
    if plugins.sources:
        return _made_example(code, kind, plugins)
    return _known_example(code, kind, key)


@lru_cache(maxsize=512)
def _known_example(code: str, kind: str, key: tuple[str, ...]) -> tuple[str, ...]:
    return _made_example(code, kind, Plugins())


def _made_example(code: str, kind: str, plugins: Plugins) -> tuple[str, ...]:
    from specdsl.generate.generator import Generator
    from specdsl.plan.planner import plan

    text = f"dataset d {{ seed 7 }}\ntable t 5 {{\n  id int key\n  x {kind} = {code}\n}}\n"
    files = _NoFiles()
    compilation = compile_source(SourceFile("example.dgen", text), files, plugins=plugins)
    if compilation.dataset is None:
        return ()
    column = compilation.dataset.tables["t"].columns["x"]
    try:
        return _values(Generator(plan(compilation.dataset), files), "t", column, 0.0).values
    except (SpecdslError, FileProblem):
        return ()
