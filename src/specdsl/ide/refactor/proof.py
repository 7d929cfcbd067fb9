"""The proof of a refactoring: what it changes compiles as it did before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Edit, Severity
from specdsl.ide.edits import applied
from specdsl.ide.masking import MaskedFiles, masked
from specdsl.ide.outline import parsed
from specdsl.ide.reach import reach
from specdsl.ide.refactor.place import Place
from specdsl.ide.references import references
from specdsl.ide.sections import Section
from specdsl.source import SourceFile
from specdsl.syntax import tree


def holds(place: Place, table: str, column: tree.Name, edits: Sequence[Edit], *, declared: str) -> bool:
    """Whether ``edits`` of the document, which change what ``column`` of ``table`` is and declare a name,
    bring no error to it nor to what imports it. Only what may use the column is compiled."""
    workspace = place.workspace
    used = _uses(place, column)
    of_key = column.text in _key(place, table)
    for path in workspace.importers(place.path):
        program = workspace.program(path)
        roots = {program.section_at(file, at) for file, at in used} - {None}
        roots |= {
            number
            for number, one in enumerate(program.sections)
            if one.name == declared or (of_key and table in one.targets) or _queries(one, column.text)
        }
        texts = masked(program, reach(program.names, [number for number in roots if number is not None]))
        after = {**texts, place.path: applied(texts[place.path], edits)}
        errors = _errors(place, path, after)
        if errors and errors - _errors(place, path, texts):
            return False
    return True


def _uses(place: Place, column: tree.Name) -> set[tuple[str, int]]:
    """The places that name the column, or one whose type comes from it, each a file and an offset."""
    found: set[tuple[str, int]] = set()
    pending = [(place.path, place.begin + column.span.start)]
    while pending:
        file, at = pending.pop()
        found.add((file, at))
        for one in references(place.workspace, file, at):
            where = (one.span.file, one.span.start)
            if where not in found:
                found.add(where)
                pending += [name for name in _inferred(place, *where) if name not in found]
    return found


def _inferred(place: Place, file: str, at: int) -> Iterator[tuple[str, int]]:
    """Where the columns have their names whose type is not written, and whose value is around ``at``."""
    document = place.workspace.document(file)
    number = document.section_at(at)
    begin = document.starts[number]
    for item in parsed(document.sections[number].text).tree.items:
        for member in item.members if isinstance(item, tree.TableDecl) else ():
            if not isinstance(member, tree.ColumnDecl) or member.type is not None:
                continue
            if member.reference is None and member.span.start <= at - begin < member.span.end:
                yield from ((file, begin + name.span.start) for name in member.targets)


def _key(place: Place, table: str) -> tuple[str, ...]:
    found = place.outline.table(table)
    return () if found is None else found.key


def _queries(section: Section, column: str) -> bool:
    """Whether a section has SQL that may name a column."""
    folded = {word.casefold() for word in section.words} if section.queries else set()
    return section.opaque or column.casefold() in folded


def _errors(place: Place, path: str, texts: Mapping[str, str]) -> Counter[str]:
    """How many errors there are of each code."""
    workspace = place.workspace
    files = MaskedFiles(workspace.files(path), texts)
    compilation = compile_source(SourceFile(path, texts[path]), files, plugins=workspace.plugins)
    return Counter(d.code for d in compilation.diagnostics if d.severity is Severity.ERROR)
