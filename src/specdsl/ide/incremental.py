"""Compiling a text that changes a little from one time to the next.

The compiler is not told about changes. It is handed the text with everything blanked out but the sections
that changed, or that need what changed, and what those need in turn. So all places stay what they are, and it
has little to do. What it says of those sections replaces what was known of them; what is known of the others
moves with them.

One thing needs all sections at once: whether a hidden column, an enum or a pool is used by any of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from specdsl.check.hints import hidden_columns, used_columns, used_declarations
from specdsl.check.ignored import Ignored, heard, unneeded
from specdsl.compiler import Compilation, Overrides, compile_source
from specdsl.diagnostics.hints import NotIgnorable, UnneededIgnore, UnusedDeclaration, UnusedHidden
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.diagnostics.names import NothingDeclared
from specdsl.diagnostics.nearest import nearest
from specdsl.diagnostics.references import ColumnCycle, RowCountCycle
from specdsl.files import FileProblem, Files
from specdsl.ide.batches import batch
from specdsl.ide.masking import MaskedFiles, masked
from specdsl.ide.program import Identity, Program, read_program
from specdsl.ide.reach import Needed, digest, reach
from specdsl.ide.relocation import moved
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins
from specdsl.source import SourceFile, Span

_CYCLES = (ColumnCycle, RowCountCycle)
# What cannot be said of a section by itself.
_OF_ALL = (UnusedDeclaration, UnusedHidden, NothingDeclared, UnneededIgnore, NotIgnorable)

BATCH: Final = 8_000
"""Characters of text that are compiled at a time where nothing is in a hurry: some 60 ms of work."""


_GONE = 24  # sections that are no longer there, whose results are kept in case they come back


@dataclass(frozen=True, slots=True)
class _Known:
    """What was said of a section.

    ``needs``: the sections it looked at; ``key``: a digest of what it needed of them. ``at``: the program
    in which ``diagnostics`` and ``ignored`` stand where they say, None where there are none.
    ``diagnostics``: all of them; ``ignored``: the comments that silence some. ``used``: what its table uses
    of all tables, None where that could not be told; ``hidden``: its table's hidden columns, and where the
    word stands in the section. ``doubtful``: a name in it was unknown, or may have been excused for being so
    by text that could not be read. ``cut_short``: cycles kept it from being looked at closely. ``hinted``: no
    errors kept hints from being given. ``data``: the state of the data files that were read.
    """

    key: bytes
    needs: frozenset[Identity]
    at: Program | None
    diagnostics: tuple[Diagnostic, ...]
    used: frozenset[tuple[str, str]] | None
    hidden: Mapping[str, tuple[int, int]]
    ignored: tuple[Ignored, ...]
    doubtful: bool
    cut_short: bool
    hinted: bool
    data: tuple[object, ...] = ()


_Again = Callable[[_Known], bool] | None
"""Whether a section has to be looked at again; None for: no section has to."""


class IncrementalCompiler:
    """What is wrong in a program, told again after each change for the price of the change.

    ``files`` serves imported files and data files; it may serve other texts from one update to the next.
    Where it has a ``data_version`` (a path's state at present), sections that read a data file
    are looked at again when that changes. ``plugins`` are the functions that specs may call besides those of
    the language.
    """

    def __init__(
        self, files: Files, overrides: Overrides | None = None, plugins: Plugins = NO_PLUGINS
    ) -> None:
        self._files = files
        self._overrides = overrides or Overrides()
        self._plugins = plugins
        self._known: dict[Identity, _Known] = {}
        self.program: Program | None = None
        self._latest: tuple[Program, int, Compilation] | None = None  # the section looked at last, alone
        self._waiting: set[Identity] = set()
        self._excused: frozenset[Identity] = frozenset()
        self._seen_to = 0  # how many of the reasons to look again have been seen to
        self.compiled = 0
        """How many members of sections were handed to the compiler in all, for tests and measurements."""

    def update(self, main: SourceFile, *, first: int | None = None) -> bool:
        """Take in the text of the main file and bring everything up to date. With ``first`` an offset, only
        what is said of the section there; whether nothing is left to do then (see ``advance``)."""
        self.take(main)
        if first is None:
            self.finish()
            return True
        return self.look_at(first)

    def take(self, main: SourceFile) -> None:
        """Take in the text of the main file without compiling any of it."""
        program = read_program(main, self._files, self.program)
        self._waiting = {i for i in self._waiting if i in program.numbers}
        self._waiting |= {program.identities[n] for n in self._stale(program)}
        self._seen_to = 0
        self.program = program

    def look_at(self, offset: int) -> bool:
        """Bring what is said of the main file's section at ``offset`` up to date. Whether everything is."""
        program = self.program
        if program is None:
            return True
        here = program.section_at(program.main.name, offset)
        if here is not None and program.identities[here] in self._waiting:
            self._compile(program, [here])
            self._waiting.discard(program.identities[here])
        return not self._waiting and self._settle(program)

    def advance(self, *, near: int | None = None, size: int = BATCH) -> bool:
        """Bring sections of about ``size`` characters up to date, those nearest to ``near``, an offset in the
        main file, first. Whether everything is up to date then."""
        program = self.program
        if program is None:
            return True
        if self._waiting:
            here = None if near is None else program.section_at(program.main.name, near)
            waiting = [program.numbers[i] for i in self._waiting]
            chosen = batch(program.names, waiting, here or 0, size)
            self._compile(program, chosen)
            self._waiting.difference_update(program.identities[n] for n in chosen)
        return not self._waiting and self._settle(program)

    def finish(self) -> None:
        """Bring everything up to date."""
        while not self.advance():
            pass

    def _settle(self, program: Program) -> bool:
        """What other sections had kept from being said waits again when it could be said now. Whether that
        is nothing."""
        while not self._waiting and self._seen_to < len(self._SETTLING):
            again = self._SETTLING[self._seen_to](self, program)
            if again is not None:
                self._waiting = {i for i in program.identities if i in self._known and again(self._known[i])}
            self._seen_to += 1
        return not self._waiting

    def _excuses(self, program: Program) -> _Again:
        """Where other sections than before cannot be read, names that are unknown may be declared there, or
        were excused for that."""
        before, self._excused = self._excused, self._unreadable(program)
        return None if before == self._excused else lambda known: known.doubtful

    def _cycles(self, program: Program) -> _Again:
        """Where there is a cycle, little else is looked at."""
        cycle = any(isinstance(d, _CYCLES) for d in self._said(program))
        return None if cycle else lambda known: known.cut_short

    def _errors(self, program: Program) -> _Again:
        """Where there are errors, no hints are given."""
        error = any(d.severity is Severity.ERROR for d in self._said(program))
        return None if error else lambda known: not known.hinted

    _SETTLING = (_excuses, _cycles, _errors)

    def _said(self, program: Program) -> Iterator[Diagnostic]:
        for identity in program.identities:
            if identity in self._known:
                yield from self._known[identity].diagnostics

    def slice_of(self, offset: int) -> Compilation | None:
        """The main file's section at ``offset`` and what it needs, compiled: for what an editor shows of the
        place at hand."""
        program = self.program
        if program is None:
            return None
        here = program.section_at(program.main.name, offset)
        return None if here is None else self.slice_of_section(here)

    def slice_of_section(self, number: int) -> Compilation | None:
        """As ``slice_of``, of a section of any file by its number in the program."""
        program = self.program
        if program is None or not 0 <= number < len(program.sections):
            return None
        if self._latest is not None and self._latest[0] is program and self._latest[1] == number:
            return self._latest[2]
        return self._compilation(program, reach(program.names, [number]))

    def diagnostics(self) -> list[Diagnostic]:
        """All that is known to be wrong, at its present places, in the order of the text."""
        program = self.program
        if program is None:
            return []
        found: list[Diagnostic] = []
        for identity in program.identities:
            known = self._known.get(identity)
            if known is not None:
                if known.at is not None and known.at is not program:
                    known = self._known[identity] = self._moved(known, program)
                found += heard(known.diagnostics, known.ignored)
        if not any(d.severity is Severity.ERROR for d in found):
            found += self._of_all(program)
        if not any(one.kind and one.kind not in ("dataset", "import") for one in program.sections):
            start = program.main.name
            if not any(d.severity is Severity.ERROR for d in found):
                found.append(NothingDeclared(span=Span(start, 0, 0)))
        unique = {(d.code, d.span, d.message()): d for d in found}
        return sorted(unique.values(), key=lambda d: (d.span, d.code))

    @property
    def plugins(self) -> Plugins:
        """The functions that specs may call besides those of the language."""
        return self._plugins

    @plugins.setter
    def plugins(self, plugins: Plugins) -> None:
        if plugins.sources != self._plugins.sources:
            self._known.clear()
            self._latest = None
            self._waiting = set() if self.program is None else set(self.program.identities)
        self._plugins = plugins

    # --- compiling -------------------------------------------------------------------------

    def _stale(self, program: Program) -> list[int]:
        """The sections of which what is known does not hold any more. Those whose needs are all there as
        they were, and whose words mean what they meant, are not looked at twice."""
        before: Mapping[Identity, int] = {} if self.program is None else self.program.numbers
        gone = before.keys() - program.numbers.keys()
        renamed = set() if self.program is None else _changed_names(self.program, program)
        data = self._data_versions(program)
        stale = []
        for number, identity in enumerate(program.identities):
            known = self._known.get(identity)
            if known is None or ((data or known.data) and known.data != self._data_of(known.needs, data)):
                stale.append(number)
            elif (
                program.sections[number].spoils  # who refers to it may be new
                or identity not in before
                or not gone.isdisjoint(known.needs)
                or (renamed and not renamed.isdisjoint(program.sections[number].words))
            ):
                needed = reach(program.names, [number])
                if digest(program.names, needed) != known.key:
                    stale.append(number)
                else:
                    needs = frozenset(program.identities[n] for n in needed)
                    self._known[identity] = replace(known, needs=needs, data=self._data_of(needs, data))
        return stale

    def _data_versions(self, program: Program) -> Mapping[Identity, tuple[object, ...]]:
        """The state of the data files of each section that reads any."""
        version = getattr(self._files, "data_version", None)
        if version is None:
            return {}
        found: dict[Identity, tuple[object, ...]] = {}
        for number in program.reading:
            states = []
            for written in program.sections[number].data_files:
                try:
                    states.append(version(self._files.resolve(program.paths[number], written)))
                except FileProblem:
                    states.append(None)
            found[program.identities[number]] = tuple(states)
        return found

    @staticmethod
    def _data_of(
        needs: frozenset[Identity], data: Mapping[Identity, tuple[object, ...]]
    ) -> tuple[object, ...]:
        return tuple(sorted(((i, data[i]) for i in needs & data.keys()), key=lambda pair: pair[0]))

    def _compile(self, program: Program, roots: Sequence[int]) -> None:
        if roots:
            needed = reach(program.names, roots)
            compilation = self._compilation(program, needed)
            if len(roots) == 1:
                self._latest = (program, roots[0], compilation)
            named = _near_misses(compilation.diagnostics, program)
            if any(d.code.startswith("DG2") for d in compilation.diagnostics):
                named |= {program.numbers[identity] for identity in self._unreadable(program)}
            if any(len(needed.get(n, ())) < len(program.sections[n].members) for n in named):
                needed = reach(program.names, [*roots, *named])
                compilation = self._compilation(program, needed)
            self._learn(program, roots, compilation)
        gone = [i for i in self._known if i not in program.numbers]
        for identity in gone[:-_GONE]:  # what is known of these holds whole programs of then
            del self._known[identity]

    def _unreadable(self, program: Program) -> frozenset[Identity]:
        """The sections with mistakes of syntax."""
        return frozenset(
            identity
            for identity in program.identities
            if (known := self._known.get(identity)) and any(d.code < "DG2" for d in known.diagnostics)
        )

    def _compilation(self, program: Program, needed: Needed) -> Compilation:
        self.compiled += sum(map(len, needed.values()))
        texts = masked(program, needed)
        files = MaskedFiles(self._files, texts)
        return compile_source(
            SourceFile(program.main.name, texts[program.main.name]), files, self._overrides, self._plugins
        )

    def _learn(self, program: Program, roots: Sequence[int], compilation: Compilation) -> None:
        said: dict[int, list[Diagnostic]] = {number: [] for number in roots}
        for diagnostic in (*compilation.diagnostics, *compilation.silent):
            number = program.section_at(diagnostic.span.file, diagnostic.span.start)
            if number in said and not isinstance(diagnostic, _OF_ALL):
                said[number].append(diagnostic)
        ignored: dict[int | None, list[Ignored]] = {number: [] for number in roots}
        for comment in compilation.ignored:
            place = comment.places[0]
            number = program.section_at(place.file, place.start)
            if number in ignored:
                ignored[number].append(comment)
        doubtful = any(d.code < "DG3" for d in compilation.diagnostics)
        cut_short = any(isinstance(d, _CYCLES) for d in compilation.diagnostics)
        dataset, spans = compilation.dataset, compilation.spans
        data = self._data_versions(program)
        for number, diagnostics in said.items():
            one = program.sections[number]
            used: frozenset[tuple[str, str]] | None = frozenset()
            hidden: dict[str, tuple[int, int]] = {}
            if one.kind == "table":
                table = None if dataset is None else dataset.tables.get(one.name)
                used = None
                if dataset is not None and table is not None:
                    used = frozenset(used_columns(dataset, table) | used_declarations(table))
                    start = program.starts[number]
                    for hint in hidden_columns(table, spans):
                        hidden[hint.column] = (hint.span.start - start, hint.span.end - start)
            own = reach(program.names, [number])
            needs = frozenset(program.identities[n] for n in own)
            key = digest(program.names, own)
            self._known[program.identities[number]] = _Known(
                key,
                needs,
                program if diagnostics or ignored[number] else None,
                tuple(diagnostics),
                used,
                hidden,
                tuple(ignored[number]),
                doubtful,
                cut_short,
                dataset is not None,
                self._data_of(needs, data),
            )

    # --- what was known ----------------------------------------------------------------------

    @staticmethod
    def _moved(known: _Known, program: Program) -> _Known:
        """What was known, at its places in ``program``."""
        then = known.at
        if then is None:
            return known

        def move(span: Span) -> Span:
            number = then.section_at(span.file, span.start)
            if number is None:
                return span
            now = program.numbers.get(then.identities[number])
            if now is None:
                return span
            by = program.starts[now] - then.starts[number]
            return replace(span, start=span.start + by, end=span.end + by) if by else span

        return replace(
            known,
            at=program,
            diagnostics=moved(known.diagnostics, move),
            ignored=moved(known.ignored, move),
        )

    def _of_all(self, program: Program) -> Iterator[Diagnostic]:
        """Hints that depend on every section of a program without errors: on what none uses, and on comments
        that silence nothing."""
        unused: dict[int | None, list[Diagnostic]] = {}
        for hint in self._unused(program):
            unused.setdefault(program.section_at(hint.span.file, hint.span.start), []).append(hint)
        known = [self._known.get(identity) for identity in program.identities]
        complete = None not in known and self._overrides == Overrides()
        for number, one in enumerate(known):
            hints = unused.get(number, [])
            yield from hints if one is None else heard(hints, one.ignored)
            if one is not None and one.ignored and complete and program.paths[number] == program.main.name:
                yield from unneeded([*one.diagnostics, *hints], one.ignored)

    def _unused(self, program: Program) -> Iterator[Diagnostic]:
        """Hints on what no section uses; none while some section is not understood."""
        used: set[tuple[str, str]] = set()
        hiding: list[tuple[int, Mapping[str, tuple[int, int]]]] = []
        for number, identity in enumerate(program.identities):
            known = self._known.get(identity)
            if known is None or known.used is None:
                return
            used |= known.used
            if known.hidden:
                hiding.append((number, known.hidden))
        for number, hidden in hiding:
            path, at = program.paths[number], program.starts[number]
            for column, (start, end) in hidden.items():
                if (program.sections[number].name, column) not in used:
                    yield UnusedHidden(span=Span(path, at + start, at + end), column=column)
        if not any(one.kind == "table" for one in program.sections):
            return
        for number, one in enumerate(program.sections):
            here = program.paths[number] == program.main.name
            if here and one.kind in ("enum", "pool") and (one.kind, one.name) not in used:
                span = _name_span(program, number)
                yield UnusedDeclaration(span=span, kind=one.kind, declared=one.name)


def _name_span(program: Program, number: int) -> Span:
    """Where the name of a declaration stands."""
    one = program.sections[number]
    found = re.search(rf"^{one.kind}[ \t]+(`?{re.escape(one.name)}`?)", one.text, re.MULTILINE)
    start, end = (0, 0) if found is None else found.span(1)
    at = program.starts[number]
    return Span(program.paths[number], at + start, at + end)


def _near_misses(diagnostics: Iterable[Diagnostic], program: Program) -> set[int]:
    """The sections that unknown names may have meant. Where they are not in the text at hand, the compiler
    could not propose them."""
    declared = program.names.declared
    written = {getattr(d, "written", None) for d in diagnostics if d.code.startswith("DG2")}
    unknown = {word for word in written if isinstance(word, str)} - declared.keys()
    return {declared[near][-1] for word in unknown if (near := nearest(word, declared)) is not None}


def _changed_names(then: Program, now: Program) -> set[str]:
    """The names that are declared by other sections than before."""
    before, after = then.names.declared, now.names.declared
    if before is after:
        return set()
    return set(before.keys() ^ after.keys()) | {
        name for name in before.keys() & after.keys() if len(before[name]) != len(after[name])
    }
