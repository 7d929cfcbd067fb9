"""Generators for a section of the text as it is, broken or not: where samples and previews come from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from specdsl.compiler import Compilation
from specdsl.diagnostics.model import Diagnostic
from specdsl.ide.mending import mended
from specdsl.ide.workspace import Workspace
from specdsl.ir.model import Dataset

if TYPE_CHECKING:
    from specdsl.generate.generator import Generator

MOST_BURDEN: Final = 250_000
"""Rows that may have to be looked at before the first value: some tenths of a second."""
_MOST_KEPT: Final = 8


@dataclass(frozen=True, eq=False)
class Live:
    """A section with what it needs. ``usable``: compiled without what is wrong in it; ``dataset`` and
    ``generator`` are None where no way was found to make anything. ``errors``: what was wrong."""

    slice: Compilation
    usable: Compilation
    errors: tuple[Diagnostic, ...]
    generator: Generator | None

    @property
    def dataset(self) -> Dataset | None:
        return self.usable.dataset


_kept: OrderedDict[int, Live] = OrderedDict()
_lock = threading.Lock()


def live(workspace: Workspace, path: str, number: int) -> Live:
    """The section of that number in the program of ``path``, made once for as long as its text stays."""
    compilation = workspace.slice_of_section(path, number)
    assert compilation is not None, "the section is one of the program"
    with _lock:
        known = _kept.get(id(compilation))
        if known is not None and known.slice is compilation:
            _kept.move_to_end(id(compilation))
            return known
    files = workspace.files(path)
    usable, errors = compilation, tuple[Diagnostic, ...]()
    if compilation.dataset is None:
        root = workspace.program(path).sections[number].name
        mend = mended(compilation, path, root, files, workspace.plugins)
        usable, errors = mend.compilation, mend.errors
    generator = None
    if usable.dataset is not None:
        from specdsl.generate.generator import Generator
        from specdsl.plan.planner import plan

        generator = Generator(plan(usable.dataset), files)  # type: ignore[arg-type]
    made = Live(compilation, usable, errors, generator)
    with _lock:
        _kept[id(compilation)] = made
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return made


def error_of(workspace: Workspace, path: str, made: Live, number: int, column: str) -> Diagnostic | None:
    """The error that stands where a column of the section is declared, else the first of all."""
    program = workspace.program(path)
    section, start = program.sections[number], program.starts[number]
    for at in section.columns.get(column, ()):
        member = section.members[at]
        for error in made.errors:
            place = error.span.start - start
            if error.span.file == program.paths[number] and member.start <= place <= member.start + len(
                member.text
            ):
                return error
    return made.errors[0] if made.errors else None
