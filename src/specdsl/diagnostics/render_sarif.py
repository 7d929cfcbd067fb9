"""Diagnostics as SARIF 2.1.0, the format that code scanning services take."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from specdsl.diagnostics import pages
from specdsl.diagnostics.model import Diagnostic, Fix, Severity
from specdsl.source import SourceFile, Span
from specdsl.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}


def render_sarif(diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> str:
    """One SARIF log with one run: the rules that are used (help text from their pages) and a result for
    each diagnostic. Regions count columns in code points; relative file names stay relative."""
    kinds = list({d.code: type(d) for d in sorted(diagnostics, key=lambda d: d.code)}.values())
    rules = {kind.code: i for i, kind in enumerate(kinds)}
    run = {
        "tool": {
            "driver": {
                "name": "specdsl",
                "version": VERSION,
                "semanticVersion": VERSION,
                "rules": [_rule(kind) for kind in kinds],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(d, rules[d.code], sources) for d in diagnostics],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(kind: type[Diagnostic]) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": kind.code,
        "name": "".join(word.capitalize() for word in kind.name.split("-")),
        "defaultConfiguration": {"level": _LEVEL[kind.severity]},
    }
    if page := pages.page(kind.code):
        lead = " ".join(page.lead.split())
        rule["shortDescription"] = {"text": kind.name.replace("-", " ")}
        rule["fullDescription"] = {"text": lead}
        rule["help"] = {"text": page.text, "markdown": page.text}
    return rule


def _result(d: Diagnostic, rule: int, sources: Mapping[str, SourceFile]) -> dict[str, Any]:
    text = [d.message(), *d.notes()]
    if d.help():
        text.append(f"help: {d.help()}")
    primary = _location(d.span, sources)
    if d.label():
        primary["message"] = {"text": d.label()}
    result: dict[str, Any] = {
        "ruleId": d.code,
        "ruleIndex": rule,
        "level": _LEVEL[d.severity],
        "message": {"text": "\n".join(text)},
        "locations": [primary],
    }
    related = [
        {**_location(label.span, sources), "id": i, "message": {"text": label.text}}
        for i, label in enumerate(d.labels(), 1)
    ]
    if related:
        result["relatedLocations"] = related
    if fix := d.fix():
        result["fixes"] = [_fix(fix, sources)]
    return result


def _fix(fix: Fix, sources: Mapping[str, SourceFile]) -> dict[str, Any]:
    files: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        change = {"deletedRegion": _region(edit.span, sources), "insertedContent": {"text": edit.text}}
        files.setdefault(edit.span.file, []).append(change)
    changes = [{"artifactLocation": _artifact(file), "replacements": edits} for file, edits in files.items()]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _location(span: Span, sources: Mapping[str, SourceFile]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(span.file)}
    if span.file in sources:
        place["region"] = _region(span, sources)
    return {"physicalLocation": place}


def _region(span: Span, sources: Mapping[str, SourceFile]) -> dict[str, int]:
    region = {"charOffset": span.start, "charLength": span.end - span.start}
    if source := sources.get(span.file):
        start, end = source.lines.position(span.start), source.lines.position(span.end)
        region |= {
            "startLine": start.line + 1,
            "startColumn": start.column + 1,
            "endLine": end.line + 1,
            "endColumn": end.column + 1,
        }
    return region


def _artifact(file: str) -> dict[str, str]:
    path = quote(file.replace("\\", "/"))
    return {"uri": f"file://{path}" if path.startswith("/") else path}
