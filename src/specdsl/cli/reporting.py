"""What came out of a build or a verification, for people."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from specdsl.cli.tables import Heading, render_table
from specdsl.cli.terminal import Terminal

if TYPE_CHECKING:
    from specdsl.building.options import BuildResult
    from specdsl.verify.report import VerifyReport


def report_text(report: VerifyReport, *, color: bool, columns: int, every: bool = False) -> str:
    """The report: a line for each table, broken rules with their first rows. ``every``: rules that could
    not be checked by name."""
    from rich.console import Console

    from specdsl.verify.render import render

    stream = io.StringIO()
    console = Console(
        file=stream,
        width=columns,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(render(report, unchecked=every))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def tell_report(report: VerifyReport, terminal: Terminal, *, every: bool = False) -> None:
    """The report on standard error."""
    text = report_text(report, color=terminal.err_color, columns=terminal.err_columns, every=every)
    terminal.tell(text.removesuffix("\n"))


def built_text(result: BuildResult, terminal: Terminal) -> str:
    """The tables that were built, with what is known about them, and where they are."""
    headings = [
        Heading("table"),
        Heading("rows", right=True),
        Heading("files", right=True),
        Heading("size", right=True),
        Heading("checked"),
    ]
    rows = []
    for table in result.tables:
        added = f" (+{table.written:,})" if 0 < table.written < table.rows else ""
        rows.append(
            [
                table.name,
                f"{table.rows:,}{added}",
                f"{len(table.paths):,}",
                size_text(table.bytes),
                _verdict(result.report, table.name),
            ]
        )
    text = render_table(headings, rows, columns=terminal.err_columns, color=terminal.err_color)
    total = sum(table.rows for table in result.tables)
    size = size_text(sum({table.paths: table.bytes for table in result.tables}.values()))
    where = terminal.style(f"{result.out_dir}{os.sep}", bold=True)
    rows_told = f"{total:,} row{'' if total == 1 else 's'}, {size}"
    told = f"{text}{rows_told} in {where} after {seconds_text(result.seconds)}"
    answers = result.manifest.answers if result.manifest is not None else None
    if answers is not None and answers.rows is not None:
        rows_are = "row is" if answers.rows == 1 else "rows are"
        told += (
            f"\n{answers.rows:,} {rows_are} spoiled as declared: {result.out_dir / answers.path} says which"
        )
    variants = result.manifest.variants if result.manifest is not None else None
    if variants is not None and variants.rows:
        rows_are = "row is" if variants.rows == 1 else "rows are"
        told += f"\n{variants.rows:,} {rows_are} of a variant: {result.out_dir / variants.path} says which"
    invalid = result.manifest.invalid if result.manifest is not None else None
    if invalid is not None:
        count = sum(invalid.rows.values())
        rows_are = "row breaks its" if count == 1 else "rows break their"
        told += (
            f"\n{count:,} {rows_are} schema on purpose: {result.out_dir / invalid.answers.path} says which"
        )
    return told


def _verdict(report: VerifyReport | None, table: str) -> str:
    if report is None:
        return "no"
    from specdsl.verify.render import violations
    from specdsl.verify.report import Verdict

    results = report.of_table(table)
    held = sum(r.verdict is Verdict.OK for r in results)
    unchecked = sum(r.verdict is Verdict.UNCHECKED for r in results)
    sampled = " (sample)" if report.level == "sample" else ""
    text = f"{held} rule{'' if held == 1 else 's'} hold{'s' if held == 1 else ''}{sampled}"
    expected = report.expected(table)
    text += f", {violations(expected)}" if expected else ""
    return f"{text}, {unchecked} not checked" if unchecked else text


def size_text(size: int) -> str:
    """Bytes in the unit that fits, powers of 1000."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 999.5:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def seconds_text(seconds: float) -> str:
    """``0.84 s``, ``12 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
