"""Open and closed documents, what is wrong with them, and the files around them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.compiler import Compilation
from specdsl.datatypes.types import DataType
from specdsl.diagnostics.model import Diagnostic
from specdsl.files import DataFileSchema, FileProblem, Files, Problem, StoredRows, StoredTable
from specdsl.ide.document import Document
from specdsl.ide.incremental import BATCH, IncrementalCompiler
from specdsl.ide.kept import make_room
from specdsl.ide.program import Program, read_program
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins

if TYPE_CHECKING:
    import pyarrow as pa

_PASSED_OVER = frozenset({"node_modules", "__pycache__", "venv", "build", "dist", "out", "target"})
_MOST_FILES = 2_000
_MOST_SLICES = 64


@dataclass(frozen=True, slots=True)
class _Read:
    """A program and the time (see ``Workspace._clock``) of which it is."""

    program: Program
    time: int


class Workspace:
    """Documents by path, as spans carry it. A text that is open wins over the file on disk.

    ``files`` serves what is not open; without it each document may read its own folder.
    """

    def __init__(
        self, files: Files | None = None, *, plugins: Plugins = NO_PLUGINS, root: Path | None = None
    ) -> None:
        self.plugins = plugins
        self.root = root
        self._given = files
        self._allowed: tuple[Path, ...] = ()
        self._local: dict[Path, Files] = {}
        self._open: dict[str, Document] = {}
        self._closed: dict[str, Document] = {}
        self._compilers: dict[str, IncrementalCompiler] = {}
        self._compiled: dict[str, int] = {}
        self._programs: dict[str, _Read] = {}
        self._slices: dict[tuple[str, int], Compilation | None] = {}
        self._clock = 1
        self._changed: dict[str, int] = {}
        self._listed: tuple[str, ...] = ()
        self._listed_at = 0
        self._everything = 0  # when something changed that any program may depend on

    # --- documents ---------------------------------------------------------------------------

    def open(self, path: str, text: str) -> Document:
        """Take a document from the editor."""
        self._clock += 1
        self._everything = self._clock  # an import that found nothing may find it now
        return self._take(path, text)

    def change(self, path: str, text: str) -> Document:
        """Take an open document's new text; it is opened if it is not."""
        if path not in self._open:
            return self.open(path, text)
        if self._open[path].text == text:
            return self._open[path]
        self._clock += 1
        return self._take(path, text)

    def _take(self, path: str, text: str) -> Document:
        before = self._open.get(path)
        self._open[path] = Document(path, text, 1 if before is None else before.version + 1)
        self._changed[path] = self._clock
        self._make_room()
        return self._open[path]

    def _make_room(self) -> None:
        make_room(sum(len(one.text) for held in (self._open, self._closed) for one in held.values()))

    def close(self, path: str) -> None:
        """Leave a document to the disk again."""
        if self._open.pop(path, None) is not None:
            self.forget(path)

    def forget(self, path: str) -> None:
        """A file has been made, changed, renamed or deleted outside the editor."""
        self._clock += 1
        self._everything = self._changed[path] = self._clock
        self._closed.pop(path, None)
        self._local.clear()  # data files are remembered there
        if path not in self._open:
            self._compilers.pop(path, None)
            self._programs.pop(path, None)

    def is_open(self, path: str) -> bool:
        return path in self._open

    def open_paths(self) -> tuple[str, ...]:
        """The paths of the open documents, in the order in which they were opened."""
        return tuple(self._open)

    def document(self, path: str) -> Document:
        """The document at ``path``: open, or from disk; empty where there is none."""
        if path in self._open:
            return self._open[path]
        try:
            text = self.beneath(path).read_text(path)
        except FileProblem:
            text = ""
        before = self._closed.get(path)
        if before is not None and before.text != text:
            self.forget(path)  # nobody has told
        if before is None or before.text != text:
            self._closed[path] = Document(path, text)
            self._make_room()
        return self._closed[path]

    def exists(self, path: str) -> bool:
        """Whether there is a text at ``path``, open or on disk."""
        if path in self._open:
            return True
        try:
            self.beneath(path).read_text(path)
        except FileProblem:
            return False
        return True

    def paths(self) -> tuple[str, ...]:
        """All ``.dgen`` files that are open or below ``root``, sorted. The folders are looked through again
        after ``forget``."""
        if self._listed_at < self._everything or not self._listed_at:
            self._listed = tuple(islice(self._on_disk(), _MOST_FILES))
            self._listed_at = self._clock
        return tuple(sorted({*self._open, *self._listed}))

    def _on_disk(self) -> Iterator[str]:
        if self.root is None:
            return
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(n for n in inner if not n.startswith(".") and n not in _PASSED_OVER)
            yield from (str(Path(folder, name)) for name in sorted(names) if name.endswith(".dgen"))

    # --- files -------------------------------------------------------------------------------

    @property
    def allow(self) -> tuple[Path, ...]:
        """Folders that data may be read from, besides a document's own."""
        return self._allowed

    @allow.setter
    def allow(self, folders: tuple[Path, ...]) -> None:
        if folders != self._allowed:
            self._allowed = folders
            self._local.clear()
            self._clock += 1
            self._everything = self._clock

    def shown(self, path: str) -> str:
        """A path as people are shown it: from ``root`` where it lies below."""
        if self.root is None or not Path(path).is_relative_to(self.root):
            return path
        return Path(path).relative_to(self.root).as_posix()

    def files(self, path: str) -> Files:
        """The files as the document at ``path`` may see them."""
        return _Overlaid(self, path)

    def beneath(self, path: str) -> Files:
        """The files on disk (or those that the workspace was given) for the document at ``path``."""
        if self._given is not None:
            return self._given
        folder = Path(path).parent
        if folder not in self._local:
            from specdsl.local_files import LocalFiles

            self._local[folder] = LocalFiles(folder, allow=self._allowed)
        return self._local[folder]

    # --- programs ----------------------------------------------------------------------------

    def program(self, path: str) -> Program:
        """The sections of a document and of all that it imports."""
        known = self._programs.get(path)
        if known is not None and self._is_current(known.program, known.time):
            return known.program
        before = None if known is None else known.program
        program = read_program(self.document(path).source, self.files(path), before)
        self._programs[path] = _Read(program, self._clock)
        return program

    def _is_current(self, program: Program, time: int) -> bool:
        if self._everything > time:
            return False
        return all(self._changed.get(path, 0) <= time for path in program.texts)

    def files_of(self, path: str) -> Collection[str]:
        """The files that the program of a document consists of, itself among them."""
        program = self._compiler(path).program
        return () if program is None else program.texts.keys()

    def importers(self, path: str) -> tuple[str, ...]:
        """The files of the workspace whose program the file at ``path`` is part of, itself first."""
        others = [other for other in self.paths() if other != path and path in self.program(other).texts]
        return (path, *others)

    # --- compiling ---------------------------------------------------------------------------

    def _compiler(self, path: str) -> IncrementalCompiler:
        """The compiler of a document, told of its text."""
        compiler, time = self._compilers.get(path), self._compiled.get(path, 0)
        if compiler is not None and compiler.plugins is not self.plugins:
            compiler.plugins, time = self.plugins, 0
            self._slices.clear()
        if compiler is not None and compiler.program is not None:
            if self._is_current(compiler.program, time):
                return compiler
            if self._everything > time and not compiler.program.has_files_of(self.program(path)):
                compiler = None  # another file is found, or none, where the text says the same
        if compiler is None:
            compiler = IncrementalCompiler(_Overlaid(self, path), plugins=self.plugins)
            self._compilers[path] = compiler
        compiler.take(self.document(path).source)
        self._compiled[path] = self._clock
        self._slices = {key: found for key, found in self._slices.items() if key[0] != path}
        return compiler

    def diagnostics(self, path: str, *, first: int | None = None) -> list[Diagnostic]:
        """What is wrong with a document and what it imports, in the order of the text. With ``first`` an
        offset, only what is said of the section there is up to date (see ``advance`` and ``finish``)."""
        compiler = self._compiler(path)
        if first is None:
            compiler.finish()
        else:
            compiler.look_at(first)
        return compiler.diagnostics()

    def advance(self, path: str, *, near: int | None = None, size: int = BATCH) -> bool:
        """Bring a part of a document (and of what it imports) up to date: sections of about ``size``
        characters, those nearest to the offset ``near`` first. Whether all is up to date. ``known`` tells
        what is known after each call, which is all that ``diagnostics`` tells after the last."""
        return self._compiler(path).advance(near=near, size=size)

    def known(self, path: str) -> list[Diagnostic]:
        """As ``diagnostics``, of what has been compiled so far; nothing is compiled. Sections that have to be
        looked at again are told of as they were."""
        return self._compiler(path).diagnostics()

    def finish(self, path: str) -> list[Diagnostic]:
        """As ``diagnostics``, with everything up to date."""
        return self.diagnostics(path)

    def slice_at(self, path: str, offset: int) -> Compilation | None:
        """The section at ``offset`` and what it needs, compiled; all places are those of the whole text.
        None where there is no such document."""
        return self.slice_of_section(path, self.document(path).section_at(offset))

    def slice_of_section(self, path: str, number: int) -> Compilation | None:
        """As ``slice_at``, of a section of the document's program, in whichever file, by its number there."""
        first = self.document(path).starts[number] if number < len(self.document(path).starts) else 0
        compiler = self._compiler(path)
        compiler.look_at(first)
        key = (path, number)
        if key not in self._slices:
            while len(self._slices) >= _MOST_SLICES:
                del self._slices[next(iter(self._slices))]
            self._slices[key] = compiler.slice_of_section(number)
        return self._slices[key]


class _Overlaid:
    """Files for the document at ``path``, of which some are open in the editor."""

    def __init__(self, workspace: Workspace, path: str) -> None:
        self._workspace = workspace
        self._path = path

    @property
    def _beneath(self) -> Files:
        return self._workspace.beneath(self._path)

    def resolve(self, mentioned_in: str, path: str) -> str:
        return self._beneath.resolve(mentioned_in, path)

    def read_text(self, path: str) -> str:
        if self._workspace.is_open(path):
            return self._workspace.document(path).text
        return self._beneath.read_text(path)

    def data_schema(self, path: str, table: str = "") -> DataFileSchema:
        return self._beneath.data_schema(path, table)

    def stored_rows(self, wanted: StoredTable) -> StoredRows | None:
        return self._beneath.stored_rows(wanted)

    def data_rows(self, path: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
        return self._beneath.data_rows(path, columns)

    def query_schema(
        self, sql: str, tables: Mapping[str, tuple[tuple[str, DataType, bool], ...]]
    ) -> tuple[tuple[tuple[str, DataType, bool], ...], tuple[str, ...]]:
        return self._beneath.query_schema(sql, tables)

    def data_version(self, path: str) -> object:
        """The state of a data file at present, where that can be told."""
        version = getattr(self._beneath, "data_version", None)
        return None if version is None else version(path)

    def read_columns(self, path: str, columns: Sequence[str] | None, table: str = "") -> pa.Table:
        """The rows of a data file, for sample values. Raises FileProblem."""
        read = getattr(self._beneath, "read_columns", None)
        if read is None:
            raise FileProblem(Problem.UNREADABLE, path, "its rows cannot be read here")
        found: pa.Table = read(path, columns, table)
        return found
