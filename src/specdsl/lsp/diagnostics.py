"""Diagnostics in the terms of the protocol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from lsprotocol import types

from specdsl.diagnostics.hints import UnusedDeclaration, UnusedHidden
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.lsp.markdown import page_uri
from specdsl.lsp.view import View

SOURCE = "specdsl"
_UNUSED = (UnusedDeclaration, UnusedHidden)
POINTING: Final = frozenset(
    {
        "a value is wanted here",
        "again here",
        "another one here",
        "cannot hold as well",
        "declared again here",
        "false in every row",
        "given again here",
        "imported again here",
        "leads back",
        "named here",
        "never drawn",
        "never entered",
        "never reached",
        "no column to write",
        "no lifecycle",
        "no row count",
        "no value",
        "no value lies in it",
        "not a pattern",
        "not a state",
        "not here",
        "not known",
        "nothing here makes rows",
        "null here",
        "one too many",
        "set again here",
        "the circle starts here",
        "this import closes the circle",
        "this provider",
        "this query",
        "this text will not do",
    }
)
"""Labels that stand under a place in the text to show it, and say nothing beside the message."""
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
    """All that is said of it: the sentence, what stands at the place (where that says more than the place
    does), the arithmetic, what to do."""
    message, label = diagnostic.message(), diagnostic.label()
    says_more = label not in POINTING and label not in message
    lines = [message, label if says_more else "", *diagnostic.notes()]
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
