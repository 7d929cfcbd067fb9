"""The sections of a document and of all that it imports."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from specdsl.files import FileProblem, Files
from specdsl.ide.cutting import cut
from specdsl.ide.reach import Names, names_of
from specdsl.ide.sections import Section
from specdsl.source import SourceFile

_IMPORT = re.compile(r'import[ \t]+"([^"\n]*)"')

Identity = tuple[str, str, int]
"""A section: its file, its text, and how many of the same text come before it there."""


@dataclass(frozen=True)
class Program:
    """The sections of all files of a program at one time. ``starts``: where each begins in its file.
    ``unread``: why imports are left out, by the file and the path as it is written there."""

    main: SourceFile
    texts: Mapping[str, str]
    paths: tuple[str, ...]
    sections: tuple[Section, ...]
    starts: tuple[int, ...]
    unread: Mapping[tuple[str, str], str]
    names: Names

    def has_files_of(self, other: Program) -> bool:
        """Whether imports find the same files, or fail to for the same reasons, in both programs."""
        return self.texts.keys() == other.texts.keys() and self.unread == other.unread

    @cached_property
    def identities(self) -> tuple[Identity, ...]:
        seen: dict[tuple[str, str], int] = {}
        out = []
        for path, one in zip(self.paths, self.sections, strict=True):
            count = seen.get((path, one.text), 0)
            seen[path, one.text] = count + 1
            out.append((path, one.text, count))
        return tuple(out)

    @cached_property
    def numbers(self) -> Mapping[Identity, int]:
        return {identity: number for number, identity in enumerate(self.identities)}

    @cached_property
    def reading(self) -> tuple[int, ...]:
        """The sections, by number, that seem to read data files."""
        return tuple(number for number, one in enumerate(self.sections) if one.data_files)

    @cached_property
    def _of_file(self) -> Mapping[str, tuple[list[int], list[int]]]:
        found: dict[str, tuple[list[int], list[int]]] = {}
        for number, path in enumerate(self.paths):
            starts, numbers = found.setdefault(path, ([], []))
            starts.append(self.starts[number])
            numbers.append(number)
        return found

    def section_at(self, path: str, offset: int) -> int | None:
        """The number of the section at ``offset`` of a file."""
        if path not in self._of_file:
            return None
        starts, numbers = self._of_file[path]
        return numbers[max(bisect_right(starts, offset) - 1, 0)]


def read_program(main: SourceFile, files: Files, before: Program | None = None) -> Program:
    """The sections of ``main`` and of all that it imports. Files that cannot be read are left out: the
    compiler will say so. ``before``: the program as it was, of which all that still holds is taken."""
    texts = {main.name: main.text}
    unread: dict[tuple[str, str], str] = {}
    pending = [main.name]
    paths: list[str] = []
    sections: list[Section] = []
    starts: list[int] = []
    while pending:
        path = pending.pop(0)
        at = 0
        for one in cut(texts[path]):
            paths.append(path)
            sections.append(one)
            starts.append(at)
            at += len(one.text)
            if one.kind != "import":
                continue
            for written in _IMPORT.findall(one.text):
                try:
                    other = files.resolve(path, written)
                    if other not in texts:
                        texts[other] = files.read_text(other)
                        pending.append(other)
                except FileProblem as problem:
                    unread[path, written] = str(problem)
    names = names_of(sections, None if before is None else before.names)
    return Program(main, texts, tuple(paths), tuple(sections), tuple(starts), unread, names)
