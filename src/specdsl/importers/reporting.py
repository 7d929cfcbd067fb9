"""What became of every property of a source, as rows and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from specdsl.importers.model import Finding, Imported, Outcome

VERSION = 2
"""Of the JSON form."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. ``file`` is the source that it is about; ``line`` and ``column`` count from 1;
    ``code`` is that of a diagnostic, '' for none; ``related``: JSON Pointers and lines of other clauses that
    have to do with it."""

    outcome: Outcome
    file: str
    pointer: str
    line: int
    column: int
    how: str
    why: str = ""
    code: str = ""
    severity: str = "hint"
    related: tuple[tuple[str, int], ...] = ()


def rows(imported: Imported) -> list[Row]:
    """The report's lines in the order of the source."""
    found = [_of_finding(imported, one) for one in imported.findings]
    for pointer, span in imported.exact.items():
        place = imported.sources.get(span.file, imported.source).lines.position(span.start)
        found.append(
            Row(Outcome.EXACT, span.file, pointer, place.line + 1, place.column + 1, "as the schema says")
        )
    return sorted(
        found,
        key=lambda row: (
            row.file != imported.source.name,
            row.file,
            row.line,
            row.column,
            row.outcome != Outcome.EXACT,
        ),
    )


def counts(found: list[Row]) -> dict[str, int]:
    """How many lines there are of each outcome."""
    counted = Counter(row.outcome for row in found)
    return {str(outcome): counted[outcome] for outcome in Outcome}


def json_report(imported: Imported) -> str:
    """The report as JSON."""
    found = rows(imported)
    document = {
        "version": VERSION,
        "source": imported.source.name,
        "carried": imported.text is not None,
        "properties": imported.properties,
        "counts": counts(found),
        "rows": [
            {
                "outcome": str(row.outcome),
                "how": row.how,
                "why": row.why or None,
                "file": row.file,
                "pointer": row.pointer,
                "line": row.line,
                "column": row.column,
                "code": row.code or None,
                "severity": row.severity,
                "related": [{"pointer": pointer, "line": line} for pointer, line in row.related],
            }
            for row in found
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _of_finding(imported: Imported, finding: Finding) -> Row:
    lines = imported.sources.get(finding.span.file, imported.source).lines
    place = lines.position(finding.span.start)
    said = finding.diagnostic
    others = tuple(
        (pointer, lines.position(label.span.start).line + 1) for label, pointer in getattr(said, "others", ())
    )
    return Row(
        finding.outcome,
        finding.span.file,
        finding.pointer,
        place.line + 1,
        place.column + 1,
        finding.message,
        finding.why,
        said.code if said else "",
        str(said.severity) if said else "hint",
        others,
    )
