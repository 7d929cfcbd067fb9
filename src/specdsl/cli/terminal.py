"""What a command may write to, and how: streams, colours, widths."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from specdsl.diagnostics.model import Diagnostic
from specdsl.errors import SpecdslError
from specdsl.source import SourceFile

_DEFAULT_COLUMNS = 100  # where there is no terminal to ask
_SHOWN = 50  # diagnostics of one run that are worth a person's screen


@dataclass(frozen=True, slots=True)
class Terminal:
    """The two streams of a command. ``color`` is auto, always or never; ``quiet`` silences what was not
    asked for (never errors)."""

    color: str = "auto"
    quiet: bool = False

    @property
    def out_color(self) -> bool:
        return self._colored(sys.stdout)

    @property
    def err_color(self) -> bool:
        return self._colored(sys.stderr)

    def _colored(self, stream: TextIO) -> bool:
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
            return True
        return is_tty(stream) and os.environ.get("TERM") != "dumb"

    @property
    def out_columns(self) -> int:
        return _columns(sys.stdout)

    @property
    def err_columns(self) -> int:
        return _columns(sys.stderr)

    def out(self, text: str) -> None:
        """Write what was asked for to standard output, as it is."""
        sys.stdout.write(text)

    def say(self, text: str) -> None:
        """Write a line that is nice to know to standard error, unless quiet."""
        if not self.quiet:
            self.tell(text)

    def tell(self, text: str) -> None:
        """Write a line that must be seen to standard error."""
        sys.stdout.flush()  # both streams often end in one log: keep their order
        try:
            print(text, file=sys.stderr, flush=True)  # noqa: T201 -- this is the edge that prints
        except BrokenPipeError:  # `2>&1 | head -1`: the work goes on, and its exit status stays true
            forget(sys.stderr)

    def style(self, text: str, *, error_stream: bool = True, **style: object) -> str:
        """``text`` in a style of click's, where the stream takes colours."""
        if not (self.err_color if error_stream else self.out_color):
            return text
        import click

        return click.style(text, **style)  # type: ignore[arg-type]

    def failure(self, failure: SpecdslError) -> None:
        """A failure as one line (and its help) on standard error."""
        from specdsl.diagnostics.cells import printable

        code = getattr(failure, "code", "")
        head = self.style(f"error[{code}]" if code else "error", fg="red", bold=True)
        self.tell(f"{head}: {printable(failure.message)}")
        if failure.help:
            self.tell(f"  {self.style('help', fg='green', bold=True)}: {printable(failure.help)}")

    def diagnostics(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> None:
        """Diagnostics as text on standard error; when quiet, only errors."""
        from specdsl.diagnostics.model import Severity
        from specdsl.diagnostics.render_text import render_text

        shown = [d for d in diagnostics if d.severity is Severity.ERROR or not self.quiet]
        text = render_text(shown[:_SHOWN], sources, color=self.err_color, columns=self.err_columns)
        if text:
            self.tell(text.removesuffix("\n"))
        if len(shown) > _SHOWN:
            self.tell(f"... and {len(shown) - _SHOWN:,} more; correct these first\n")


def forget(stream: TextIO) -> None:
    """Point a stream whose reader is gone at nothing, so that what is written to it later does not fail."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)


def is_tty(stream: TextIO) -> bool:
    """Whether a person sits at ``stream``."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _columns(stream: TextIO) -> int:
    """The width of the terminal behind ``stream``; COLUMNS wins, as everywhere."""
    if os.environ.get("COLUMNS", "").isdecimal():
        return shutil.get_terminal_size().columns
    try:
        return os.get_terminal_size(stream.fileno()).columns or _DEFAULT_COLUMNS
    except (OSError, ValueError):
        return _DEFAULT_COLUMNS
