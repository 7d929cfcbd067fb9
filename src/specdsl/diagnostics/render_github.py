"""Diagnostics as GitHub Actions workflow commands, which annotate the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.source import SourceFile

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


def render_github(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """One ``::error file=...::message`` line for each diagnostic."""
    return "".join(_line(d, sources) + "\n" for d in diagnostics)


def _line(d: Diagnostic, sources: Mapping[str, SourceFile]) -> str:
    properties: dict[str, object] = {"file": d.span.file}
    if source := sources.get(d.span.file):
        start, end = source.lines.position(d.span.start), source.lines.position(d.span.end)
        properties |= {"line": start.line + 1, "endLine": end.line + 1}
        if start.line == end.line:  # columns of a span over several lines are refused
            properties |= {"col": start.column + 1, "endColumn": max(end.column, start.column + 1)}
    properties["title"] = f"{d.code} {d.name}"
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    parts = [d.message(), *(f"note: {note}" for note in d.notes() if note)]
    if d.help():
        parts.append(f"help: {d.help()}")
    return f"::{_COMMAND[d.severity]} {told}::{_data(chr(10).join(parts))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
