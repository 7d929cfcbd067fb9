"""Running generated code paths for a command: failures at run time become the diagnostics that they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from specdsl.cli.options import stop
from specdsl.cli.terminal import Terminal
from specdsl.errors import ExitStatus

if TYPE_CHECKING:
    from specdsl.compiler import Compilation


@contextmanager
def told(compilation: Compilation, terminal: Terminal) -> Iterator[None]:
    """Print a failure of generating as a diagnostic at its place in the spec, and end the command."""
    from specdsl.generate.errors import GenerationError

    try:
        yield
    except GenerationError as failure:
        terminal.diagnostics([failure.diagnostic(compilation.spans)], compilation.sources)
        stop(ExitStatus.WRONG)
