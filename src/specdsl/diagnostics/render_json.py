"""Diagnostics as JSON for programs. The schema is documented in ``docs/diagnostics-json.md``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.source import SourceFile, Span

VERSION = 1
"""Grows when a member changes its meaning or goes away; new members may come at any time."""


def render_json(diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """One JSON document with all ``diagnostics`` and their counts; ends with a line end."""
    document = {
        "version": VERSION,
        "diagnostics": [diagnostic_object(d, sources) for d in diagnostics],
        "summary": {f"{s}s": sum(d.severity is s for d in diagnostics) for s in Severity},
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def diagnostic_object(d: Diagnostic, sources: Mapping[str, SourceFile]) -> dict[str, Any]:
    """One diagnostic as JSON values."""
    fix = d.fix()
    return {
        "code": d.code,
        "name": d.name,
        "severity": d.severity.value,
        "message": d.message(),
        "location": location(d.span, sources),
        "label": d.label(),
        "labels": [{"location": location(x.span, sources), "text": x.text} for x in d.labels()],
        "notes": list(d.notes()),
        "help": d.help(),
        "fix": fix
        and {
            "title": fix.title,
            "edits": [{"location": location(e.span, sources), "text": e.text} for e in fix.edits],
        },
    }


def location(span: Span, sources: Mapping[str, SourceFile]) -> dict[str, Any]:
    """A span with its one-based lines and columns (null where the file's text is unknown)."""
    source = sources.get(span.file)

    def place(offset: int) -> dict[str, Any]:
        if source is None:
            return {"offset": offset, "line": None, "column": None}
        at = source.lines.position(offset)
        return {"offset": offset, "line": at.line + 1, "column": at.column + 1}

    return {"file": span.file, "start": place(span.start), "end": place(span.end)}
