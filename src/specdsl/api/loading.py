"""The Python API: a spec in, Arrow tables or files out.

>>> import specdsl
>>> data = specdsl.load("table users 3 { id int key, name string = \\"ann\\" | \\"bo\\" }", seed=7)
>>> data.tables
('users',)
>>> data["users"].row_count
3
>>> data["users"].to_arrow().column_names
['id', 'name']
>>> data["users"].head(2).column("id").to_pylist()
[1, 2]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.compiler import Compilation, Overrides, compile_path, compile_source
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.errors import EnvironmentFailure, SpecdslError, UsageError
from specdsl.files import FileProblem
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.build import BuildListener, BuildResult
    from specdsl.generate.generator import Generator
    from specdsl.ir.model import Dataset

__all__ = ["Data", "SpecError", "Table", "load"]


class SpecError(SpecdslError):
    """A spec that is wrong, or that cannot be generated. ``str`` of it is what the command line prints."""

    def __init__(self, diagnostics: list[Diagnostic], sources: Mapping[str, SourceFile]) -> None:
        from specdsl.diagnostics.render_text import render_text

        errors = [d for d in diagnostics if d.severity is Severity.ERROR]
        super().__init__(errors[0].message(), errors[0].help())
        self.diagnostics = diagnostics
        self._text = render_text(errors, sources).rstrip()

    def __str__(self) -> str:
        return self._text


class Table:
    """One table of a dataset. Rows are made when they are asked for, always the same ones."""

    def __init__(self, data: Data, name: str) -> None:
        self._data = data
        self.name = name

    def __repr__(self) -> str:
        return f"<table {self.name}: {self.row_count:,} rows>"

    @property
    def row_count(self) -> int:
        """The number of rows that a build would write."""
        with self._data.failures():
            return self._generator.row_count(self.name)

    @property
    def schema(self) -> pa.Schema:
        """The columns that are written, and their Arrow types."""
        with self._data.failures():
            return self._generator.schema(self.name)

    def batches(
        self, start: int = 0, stop: int | None = None, *, batch_rows: int = 65_536, workers: int = 1
    ) -> Iterator[pa.RecordBatch]:
        """Rows ``start .. stop - 1`` (None: to the end), in order. Raises SpecError where a row cannot be
        made."""
        with self._data.failures():
            yield from self._generator.batches(self.name, start, stop, batch_rows=batch_rows, workers=workers)

    def to_arrow(self, rows: int | None = None) -> pa.Table:
        """The first ``rows`` rows (None: all) as one Arrow table."""
        import pyarrow as pa

        stop = None if rows is None else min(rows, self.row_count)
        return pa.Table.from_batches(list(self.batches(0, stop)), self.schema)

    def head(self, n: int = 10) -> pa.Table:
        """The first ``n`` rows; as quick for a billion rows as for ten."""
        return self.to_arrow(n)

    @property
    def _generator(self) -> Generator:
        if self._data.dataset.tables[self.name].query is not None:
            raise UsageError(
                f"`{self.name}` is made by SQL over the built tables, so that it has no rows before a build",
                "data.build(...) makes it",
            )
        return self._data.generator


class Data:
    """A checked dataset: its tables by name."""

    def __init__(self, compilation: Compilation, files: LocalFiles) -> None:
        assert compilation.dataset is not None
        self._compilation = compilation
        self._files = files
        self.dataset: Dataset = compilation.dataset
        self.diagnostics: list[Diagnostic] = compilation.diagnostics

    def __repr__(self) -> str:
        return f"<dataset {self.dataset.name}: {', '.join(self.tables)}>"

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables, in the order of the text."""
        return tuple(self.dataset.tables)

    def __getitem__(self, name: str) -> Table:
        """Table ``name``. Raises KeyError."""
        if name not in self.dataset.tables:
            raise KeyError(f"there is no table {name!r}; there are {', '.join(self.tables)}")
        return Table(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __contains__(self, name: object) -> bool:
        return name in self.dataset.tables

    @cached_property
    def generator(self) -> Generator:
        """What makes the rows."""
        from specdsl.generate.generator import Generator
        from specdsl.plan.planner import plan

        return Generator(plan(self.dataset), self._files)

    def build(
        self,
        out: str | Path,
        format: str = "parquet",
        *,
        compression: str | None = None,
        tables: tuple[str, ...] = (),
        files: int = 1,
        mode: str = "error",
        workers: int = 0,
        verify: str = "full",
        resume: bool = False,
        listener: BuildListener | None = None,
    ) -> BuildResult:
        """Write the tables to files in folder ``out``, as ``specdsl build`` does. ``result.ok`` says whether
        they passed verification (else nothing was written, and ``result.report`` says why). Raises SpecError,
        DataError, UsageError, EnvironmentFailure."""
        from specdsl.build import BuildOptions, Mode, VerifyLevel, build

        try:
            options = BuildOptions(
                Path(out),
                format,
                compression,
                tuple(tables),
                files,
                Mode(mode),
                workers,
                VerifyLevel(verify),
                resume,
            )
        except ValueError as error:
            raise UsageError(str(error)) from None
        with self.failures():
            return build(self._compilation, options, listener, self._files)

    def failures(self) -> _Failures:
        """A context that turns failures of generating into SpecErrors with their place in the text."""
        return _Failures(self._compilation)


class _Failures:
    def __init__(self, compilation: Compilation) -> None:
        self._compilation = compilation

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from specdsl.generate.errors import GenerationError

        if isinstance(error, GenerationError):
            found = error.diagnostic(self._compilation.spans)
            raise SpecError([found], self._compilation.sources) from error
        if isinstance(error, FileProblem):
            raise EnvironmentFailure(f"cannot use `{error.path}`: {error.detail or error.problem}") from error


def load(
    path_or_text: str | Path,
    *,
    seed: int | None = None,
    rows: int | Mapping[str, int] | None = None,
    scale: float | None = None,
) -> Data:
    """The dataset of a spec: a ``Path``, a string that ends in ``.dgen``, or the text itself.

    ``seed`` replaces the spec's; ``rows`` its literal row counts (all of them, or by table); ``scale``
    multiplies them. Raises SpecError when the spec has errors, EnvironmentFailure when it cannot be read.
    """
    named = {} if rows is None or isinstance(rows, int) else dict(rows)
    overrides = Overrides(
        seed=seed, rows=named, all_rows=rows if isinstance(rows, int) else None, scale=scale
    )
    files = LocalFiles()
    try:
        if isinstance(path_or_text, Path) or path_or_text.strip().endswith(".dgen"):
            compilation = compile_path(str(path_or_text), files, overrides)
        else:
            compilation = compile_source(SourceFile("spec.dgen", path_or_text), files, overrides)
    except FileProblem as problem:
        detail = problem.detail or str(problem.problem)
        raise EnvironmentFailure(f"cannot read `{problem.path}`: {detail}") from problem
    if compilation.dataset is None:
        raise SpecError(compilation.diagnostics, compilation.sources)
    for name in named:
        if name not in compilation.dataset.tables:
            raise UsageError(f"there is no table `{name}`")
    return Data(compilation, files)
