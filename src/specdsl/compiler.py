"""From text to the checked program: the whole pipeline of the compiler.

The compiler does no input or output of its own; it asks a ``Files`` for other sources and for the
columns of data files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from specdsl.check.analysis import analyse
from specdsl.check.ignored import Ignored, heard, ignored, unneeded
from specdsl.check.pools import REMEDIES
from specdsl.check.program import check_program
from specdsl.check.spans import SpanTable
from specdsl.diagnostics import names
from specdsl.diagnostics.model import Diagnostic, DiagnosticBag, Severity
from specdsl.files import FileProblem, Files
from specdsl.ir.model import Dataset
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree
from specdsl.syntax.parser import parse


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says instead of the spec. ``now``: the clock, in microseconds. ``rows``:
    literal row counts by table; ``all_rows``: every literal count; ``scale`` multiplies every literal
    count. ``edge``: the share of each table's rows that prefer boundary values."""

    seed: int | None = None
    now: int | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    all_rows: int | None = None
    scale: float | None = None
    edge: float = 0.0


@dataclass(frozen=True, slots=True)
class Compilation:
    """What compiling gives. ``dataset`` is None where (and only where) there is an error among the
    diagnostics, which are in the order of the text. ``sources`` and ``trees`` are by path. ``silent``: the
    diagnostics that comments silence; ``ignored``: those comments."""

    dataset: Dataset | None
    diagnostics: list[Diagnostic]
    sources: dict[str, SourceFile]
    trees: dict[str, tree.File]
    spans: SpanTable
    silent: tuple[Diagnostic, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def compile_source(
    source: SourceFile, files: Files, overrides: Overrides = Overrides(), plugins: Plugins = NO_PLUGINS
) -> Compilation:
    """Compile a text: parse it and what it imports, check the program, analyse it. ``plugins`` are the
    functions that it may call besides those of the language."""
    bag = DiagnosticBag()
    program = _Sources(files, bag)
    main = program.parse(source)
    program.follow_imports(main, (source.name,))
    dataset, spans = check_program(
        main, program.trees, files, overrides, bag, program.sources, program.imports, plugins
    )
    if dataset is not None:
        counted = not overrides.rows and overrides.all_rows is None and overrides.scale is None
        dataset = analyse(dataset, source.name, spans, program.sources, bag, counted=counted)
    result = None if bag.has_errors else dataset
    said = program.worth_saying()
    told = heard(said, program.ignored)
    silent = tuple(d for d in said if any(one.silences(d) for one in program.ignored))
    if result is not None and overrides == Overrides():  # with other numbers of rows, other things are said
        own = [one for one in program.ignored if one.comment.file == source.name]
        told = sorted([*told, *unneeded(said, own)], key=lambda d: (d.span, d.code))
    return Compilation(result, told, program.sources, program.trees, spans, silent, tuple(program.ignored))


def compile_path(
    path: str, files: Files, overrides: Overrides = Overrides(), plugins: Plugins = NO_PLUGINS
) -> Compilation:
    """Compile the file at ``path``; a file that cannot be read is a diagnostic like any other."""
    try:
        text = files.read_text(path)
    except FileProblem as problem:
        source = SourceFile(path, "")
        found = _unusable(problem, path, Span(path, 0, 0))
        return Compilation(None, [found], {path: source}, {}, SpanTable())
    return compile_source(SourceFile(path, text), files, overrides, plugins)


class _Sources:
    """The files of a program, parsed once each."""

    def __init__(self, files: Files, bag: DiagnosticBag) -> None:
        self._files = files
        self._bag = bag
        self.sources: dict[str, SourceFile] = {}
        self.trees: dict[str, tree.File] = {}
        self.imports: dict[Span, str] = {}
        self.ignored: list[Ignored] = []
        self._broken_lines: set[tuple[str, int]] = set()
        self._syntax: set[int] = set()

    def parse(self, source: SourceFile) -> tree.File:
        parsed = parse(source)
        self._bag.extend(parsed.diagnostics)
        errors = [d for d in parsed.diagnostics if d.severity is Severity.ERROR]
        self._broken_lines |= {(d.span.file, source.lines.position(d.span.start).line) for d in errors}
        self._syntax |= {id(d) for d in parsed.diagnostics}
        self.sources[source.name] = source
        self.trees[source.name] = parsed.tree
        self.ignored += ignored(source, parsed.tree, parsed.pragmas)
        return parsed.tree

    def worth_saying(self) -> list[Diagnostic]:
        """The diagnostics in the order of the text. On a line that could not be parsed, what was made of
        it is not checked aloud: one mistake, one diagnostic."""
        return [d for d in self._bag.sorted() if id(d) in self._syntax or not self._is_broken(d.span)]

    def _is_broken(self, span: Span) -> bool:
        source = self.sources.get(span.file)
        if source is None or not self._broken_lines:
            return False
        return (span.file, source.lines.position(span.start).line) in self._broken_lines

    def follow_imports(self, file: tree.File, chain: tuple[str, ...]) -> None:
        """Parses what ``file`` imports, and what that imports; ``chain`` are the files being followed."""
        here: dict[str, Span] = {}
        for item in file.items:
            if not isinstance(item, tree.Import):
                continue
            written = item.path.value
            try:
                path = self._files.resolve(item.span.file, written)
            except FileProblem as problem:
                self._bag.add(_unusable(problem, written, item.path.span))
                continue
            self.imports[item.span] = path
            if path in here:
                self._bag.add(names.RepeatedImport(span=item.span, path=written, first=here[path]))
                continue
            here[path] = item.span
            if path in chain:
                circle = (*chain[chain.index(path) :], path)
                self._bag.add(names.ImportCycle(span=item.path.span, chain=circle))
                continue
            if path in self.trees:
                continue
            try:
                text = self._files.read_text(path)
            except FileProblem as problem:
                self._bag.add(_unusable(problem, written, item.path.span))
                continue
            self.follow_imports(self.parse(SourceFile(path, text)), (*chain, path))


def _unusable(problem: FileProblem, path: str, span: Span) -> Diagnostic:
    return names.FileNotUsable(
        span=span,
        path=path,
        problem=str(problem.problem),
        detail=problem.detail,
        remedy=REMEDIES.get(problem.problem, ""),
    )
