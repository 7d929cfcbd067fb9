"""What goes wrong, as the API tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from specdsl.compiler import Compilation
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.errors import EnvironmentFailure, SpecdslError
from specdsl.files import FileProblem
from specdsl.source import SourceFile

if TYPE_CHECKING:
    from types import TracebackType


class SpecError(SpecdslError):
    """A spec that is wrong, or that cannot be generated. ``str`` of it is what the command line prints."""

    def __init__(self, diagnostics: list[Diagnostic], sources: Mapping[str, SourceFile]) -> None:
        from specdsl.diagnostics.render_text import render_text

        errors = [d for d in diagnostics if d.severity is Severity.ERROR]
        super().__init__(errors[0].message(), errors[0].help())
        self.diagnostics = diagnostics
        self.sources = dict(sources)
        self._text = render_text(errors, sources).rstrip()

    def __str__(self) -> str:
        return self._text

    def __reduce__(self) -> tuple[type[SpecError], tuple[list[Diagnostic], dict[str, SourceFile]]]:
        return type(self), (self.diagnostics, self.sources)  # a worker's failure reaches its parent whole


class Failures:
    """A context that turns failures of generating into SpecErrors with their place in the text."""

    def __init__(self, compilation: Compilation) -> None:
        self._compilation = compilation

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):  # a loop that was left, at the end of the interpreter even
            return
        from specdsl.generate.errors import GenerationError

        if isinstance(error, GenerationError):
            found = error.diagnostic(self._compilation.spans)
            raise SpecError([found], self._compilation.sources) from error
        if isinstance(error, FileProblem):
            raise EnvironmentFailure(f"cannot use `{error.path}`: {error.detail or error.problem}") from error
