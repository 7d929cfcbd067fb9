"""What exporters get: a checked spec with its texts, and what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from specdsl.check.declare import declare
from specdsl.check.scopes import Program
from specdsl.check.type_expressions import resolve
from specdsl.compiler import Compilation, Overrides
from specdsl.datatypes.types import DataType
from specdsl.diagnostics.model import DiagnosticBag
from specdsl.ir.model import Dataset, Table
from specdsl.local_files import LocalFiles
from specdsl.syntax import tree

if TYPE_CHECKING:
    from specdsl.generate.generator import Generator


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks of an exporter. ``tables``: names, () for all; ``variant``: one of the
    exporter's variants, "" for its first; ``examples``: how many rows of a table are shown; ``plain``:
    without the texts of the spec, from which it could be made again."""

    tables: tuple[str, ...] = ()
    variant: str = ""
    examples: int = 1
    plain: bool = False


@dataclass(frozen=True)
class Spec:
    """A checked program. ``files``: what it was compiled with, to make rows of it."""

    compilation: Compilation
    dataset: Dataset
    files: LocalFiles

    def tables(self, wanted: Wanted) -> list[Table]:
        """The tables that are asked for, in the order asked. Raises KeyError for a name that is none."""
        return [self.dataset.tables[name] for name in dict.fromkeys(wanted.tables or self.dataset.tables)]

    @cached_property
    def types(self) -> Mapping[str, tree.TypeDecl | tree.EnumDecl]:
        """The declared types and enums by name."""
        return {one.name.text: one for one in self._items() if isinstance(one, tree.TypeDecl | tree.EnumDecl)}

    @cached_property
    def declarations(self) -> Mapping[str, tree.TableDecl]:
        """The declarations of tables by name."""
        return {one.name.text: one for one in self._items() if isinstance(one, tree.TableDecl)}

    @cached_property
    def settings(self) -> tree.DatasetDecl | None:
        """The block of settings."""
        return next((one for one in self._items() if isinstance(one, tree.DatasetDecl)), None)

    @cached_property
    def pools(self) -> Mapping[str, tree.PoolDecl]:
        """The declarations of pools by name."""
        return {one.name.text: one for one in self._items() if isinstance(one, tree.PoolDecl)}

    def datatype(self, node: tree.TypeExpr) -> DataType:
        """The type of the values that a written type has."""
        return resolve(self._program, node).type

    @cached_property
    def _program(self) -> Program:
        """The declared names once more, to resolve written types by."""
        found = self.compilation
        program = Program(self.files, Overrides(), DiagnosticBag(), found.sources)
        declare(program, list(found.trees.values()))
        return program

    @cached_property
    def generator(self) -> Generator:
        """What makes rows. Raises GenerationError."""
        from specdsl.generate.generator import Generator
        from specdsl.plan.planner import plan

        return Generator(plan(self.dataset), self.files)

    def text(self, node: tree.Node) -> str:
        """The text of a part of the spec."""
        return self.compilation.sources[node.span.file].text[node.span.start : node.span.end]

    def _items(self) -> Iterator[tree.Item]:
        for file in self.compilation.trees.values():
            yield from file.items
