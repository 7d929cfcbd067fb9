"""Diagnostics in the terms of the protocol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from lsprotocol import types

from specdsl.diagnostics.hints import UnusedDeclaration, UnusedHidden
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.lsp.markdown import page_uri
from specdsl.lsp.view import View

SOURCE = "specdsl"
_UNUSED = (UnusedDeclaration, UnusedHidden)
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.HINT: types.DiagnosticSeverity.Information,
}


def converted(view: View, diagnostic: Diagnostic) -> types.Diagnostic:
    """A diagnostic. What nothing uses is a hint, shown faded; ``data`` says whether there is a fix."""
    href = page_uri(f"errors/{diagnostic.code}.md")
    unused = isinstance(diagnostic, _UNUSED)
    return types.Diagnostic(
        range=view.range(diagnostic.span),
        message=told(diagnostic),
        severity=types.DiagnosticSeverity.Hint if unused else _SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        code_description=None if href is None else types.CodeDescription(href),
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if unused else None,
        related_information=[
            types.DiagnosticRelatedInformation(view.location(label.span), label.text)
            for label in diagnostic.labels()
        ]
        or None,
        data={"name": diagnostic.name, "fixable": diagnostic.fix() is not None},
    )


def told(diagnostic: Diagnostic) -> str:
    """All that is said of it: the sentence, what stands at the place, the arithmetic, what to do."""
    lines = [diagnostic.message(), diagnostic.label(), *diagnostic.notes()]
    if diagnostic.help():
        lines.append(f"help: {diagnostic.help()}")
    return "\n".join(dict.fromkeys(line for line in lines if line))


def gathered(programs: Mapping[str, Iterable[Diagnostic]]) -> list[Diagnostic]:
    """What is wrong in a file, in order and each once, from what every program that it is part of says of it.
    What one of them uses is not unused: a program says that only of the file that it begins with."""
    said = [{(d.code, d.span, d.message()): d for d in found} for found in programs.values()]
    times = Counter(key for one in said for key in one)
    unique = {key: d for one in said for key, d in one.items()}
    kept = [d for key, d in unique.items() if not isinstance(d, _UNUSED) or times[key] == len(said)]
    return sorted(kept, key=lambda d: (d.span, d.code))


def shown(view: View, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that the settings let through; errors always are."""
    ignored = view.settings.ignore
    return [d for d in diagnostics if d.severity is Severity.ERROR or d.code not in ignored]
