"""The proof of a refactoring: what it changes compiles as it did before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Edit, Severity
from specdsl.ide.edits import applied
from specdsl.ide.masking import MaskedFiles, masked
from specdsl.ide.program import Program
from specdsl.ide.reach import reach
from specdsl.ide.refactor.place import Place
from specdsl.ide.sections import Section
from specdsl.source import SourceFile


def holds(place: Place, table: str, column: str, edits: Sequence[Edit], *, declared: str) -> bool:
    """Whether ``edits`` of the document, which change what ``column`` of ``table`` is and declare a name,
    bring no error to it nor to what imports it. Only what can use the column is compiled."""
    workspace = place.workspace
    for path in workspace.importers(place.path):
        program = workspace.program(path)
        roots = set(_touched(program, place, table, column, declared))
        texts = masked(program, reach(program.names, roots))
        after = {**texts, place.path: applied(texts[place.path], edits)}
        if _errors(place, path, after) - _errors(place, path, texts):
            return False
    return True


def _touched(program: Program, place: Place, table: str, column: str, declared: str) -> Iterator[int]:
    """The sections, by number, that a change of the column may make wrong."""
    for number, one in enumerate(program.sections):
        own = program.paths[number] == place.path and program.starts[number] == place.begin
        if own or one.name == declared or _may_use(one, table, column):
            yield number


def _may_use(section: Section, table: str, column: str) -> bool:
    """Whether a section could name the column of the table, or refer to rows by it."""
    if section.queries:
        return section.opaque or column.casefold() in {word.casefold() for word in section.words}
    return table in section.targets or any(column in member.after_dots for member in section.members)


def _errors(place: Place, path: str, texts: Mapping[str, str]) -> Counter[str]:
    """How many errors there are of each code."""
    workspace = place.workspace
    files = MaskedFiles(workspace.files(path), texts)
    compilation = compile_source(SourceFile(path, texts[path]), files, plugins=workspace.plugins)
    return Counter(d.code for d in compilation.diagnostics if d.severity is Severity.ERROR)
