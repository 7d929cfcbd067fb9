"""How a build goes on: a bar for a person at a terminal, plain lines for a log."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from specdsl.building.options import BuildListener
from specdsl.cli.terminal import Terminal, is_tty

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from specdsl.cli.html_report import HtmlReport
    from specdsl.verify.reading import TableFiles
    from specdsl.verify.report import VerifyReport


def progress_for(terminal: Terminal, report: HtmlReport | None = None) -> LineProgress:
    """The listener that fits: silent, a bar, or lines. ``report`` looks at the files before they are
    published."""
    if terminal.quiet:
        return SilentProgress(terminal, report)
    return BarProgress(terminal, report) if is_tty(sys.stderr) else LineProgress(terminal, report)


class LineProgress(BuildListener):
    """A line for each step that is done. A context manager, as all listeners here."""

    def __init__(self, terminal: Terminal, report: HtmlReport | None = None) -> None:
        self.terminal = terminal
        self._report = report

    def __enter__(self) -> LineProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def table_done(self, table: str, rows: int) -> None:
        self.terminal.say(f"{table}: {rows:,} row{'' if rows == 1 else 's'}")

    def verifying(self) -> None:
        self.terminal.say("checking the written files")

    def breaking(self) -> None:
        self.terminal.say("breaking rows on purpose")

    def reporting(self) -> None:
        """The report is about to look at the files."""
        self.terminal.say("looking at the data for the report")

    def written(self, tables: Mapping[str, TableFiles]) -> None:
        if self._report is not None:
            self.reporting()
            self._report.look(tables)

    def note(self, message: str) -> None:
        self.terminal.say(message)


class SilentProgress(LineProgress):
    """Nothing at all."""

    def table_done(self, table: str, rows: int) -> None:
        pass

    def verifying(self) -> None:
        pass

    def breaking(self) -> None:
        pass

    def reporting(self) -> None:
        pass

    def note(self, message: str) -> None:
        pass


class BarProgress(LineProgress):
    """One bar over all rows, with the tables that are being made; it leaves nothing behind."""

    def __init__(self, terminal: Terminal, report: HtmlReport | None = None) -> None:
        super().__init__(terminal, report)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._running: list[str] = []

    def __enter__(self) -> BarProgress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True, no_color=not self.terminal.err_color, highlight=False)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} rows"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def planned(self, rows: Mapping[str, int]) -> None:
        if self._bar is not None:
            self._task = self._bar.add_task("planning", total=sum(rows.values()))

    def table_started(self, table: str) -> None:
        self._running.append(table)
        self._describe(", ".join(self._running[-3:]))

    def rows_written(self, table: str, rows: int) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, rows)

    def table_done(self, table: str, rows: int) -> None:
        if table in self._running:
            self._running.remove(table)
        self._describe(", ".join(self._running[-3:]) or "writing")

    def assembling(self, name: str) -> None:
        self._describe(f"making {name}")

    def verifying(self) -> None:
        self._describe("checking")

    def verified(self, report: VerifyReport) -> None:
        self._describe("checked")

    def breaking(self) -> None:
        self._describe("breaking rows on purpose")

    def reporting(self) -> None:
        self._describe("looking at the data for the report")

    def publishing(self) -> None:
        self._describe("publishing")

    def note(self, message: str) -> None:
        if self._bar is not None:
            self._bar.console.print(message, markup=False)

    def _describe(self, text: str) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=text)
