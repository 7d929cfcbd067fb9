"""A program that compiles, from one that does not: without the parts that are wrong.

The statements of tables in which there is an error are blanked out, and the rest is compiled again; what
needed them is wrong in turn, and goes the same way. Values do not come out otherwise for it: a column's draws
depend on names, and what a table's number of rows comes from is never taken from the table looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from specdsl.compiler import Compilation, compile_source
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.files import Files
from specdsl.ide.masking import MaskedFiles
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree

N = TypeVar("N", bound=tree.Node)

_MOST_ROUNDS = 6
_DECIDES = re.compile(r"\beach\b|^\s*locale\s*\"")


@dataclass(frozen=True)
class Mended:
    """``compilation`` has a dataset, or there was no way to get one. ``errors``: what was wrong and went, and
    what is still wrong."""

    compilation: Compilation
    errors: tuple[Diagnostic, ...]


class _Hopeless(Exception):
    """What is wrong cannot be left out."""


def mended(
    compilation: Compilation, main: str, root: str, files: Files, plugins: Plugins = NO_PLUGINS
) -> Mended:
    """A slice without what is wrong in it, for values of table ``root``. ``main``: its main file's path."""
    errors: list[Diagnostic] = []
    for _ in range(_MOST_ROUNDS):
        found = [d for d in compilation.diagnostics if d.severity is Severity.ERROR]
        errors += found
        if compilation.dataset is not None or not found:
            break
        texts = {path: source.text for path, source in compilation.sources.items()}
        try:
            spans = {_removable(d.span, compilation, root) for d in found}
        except _Hopeless:
            break
        for span in spans:
            texts[span.file] = _without(texts[span.file], span)
        if main not in texts or all(texts[p] == s.text for p, s in compilation.sources.items()):
            break
        compilation = compile_source(
            SourceFile(main, texts[main]), MaskedFiles(files, texts), plugins=plugins
        )
    return Mended(compilation, tuple(errors))


def _removable(at: Span, compilation: Compilation, root: str) -> Span:
    """What has to go for an error: the statement, or the declaration. Raises _Hopeless."""
    file, source = compilation.trees.get(at.file), compilation.sources.get(at.file)
    item = None if file is None else _around(file.items, at)
    if item is None or source is None or isinstance(item, tree.DatasetDecl):
        raise _Hopeless
    if isinstance(item, tree.TableDecl):
        member = _around(item.members, at)
        is_root = item.name.text == root
        decides = member is None or _DECIDES.search(source.slice(member.span)) is not None
        if member is not None and not decides:
            return _whole(member.span, at)
        if is_root:
            raise _Hopeless
    elif isinstance(item, tree.ErrorItem) and item.name is not None and item.name.text == root:
        raise _Hopeless
    return item.span


def _whole(member: Span, at: Span) -> Span:
    """A statement with what is wrong right behind it, such as a quote that opens a string for nobody."""
    return member.to(at) if at.start <= member.end < at.end else member


def _around(nodes: Sequence[N], at: Span) -> N | None:
    """The node that has the beginning of ``at`` in it."""
    return next((node for node in nodes if node.span.start <= at.start <= node.span.end), None)


def _without(text: str, span: Span) -> str:
    """The text with white space in the place of ``span``."""
    blank = "".join(c if c in "\r\n" else " " for c in text[span.start : span.end])
    return text[: span.start] + blank + text[span.end :]
