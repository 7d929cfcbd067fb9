"""The texts of a program with all that is not needed blanked out, so that every place stays what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from specdsl.datatypes.types import DataType
from specdsl.files import DataFileSchema, Files, StoredRows, StoredTable
from specdsl.ide.reach import Needed

if TYPE_CHECKING:
    from specdsl.ide.program import Program


def masked(program: Program, needed: Needed) -> dict[str, str]:
    """The texts with all that is not needed blanked out: one stretch of blanks between two parts that stay,
    however many sections it covers."""
    parts: dict[str, list[str]] = {path: [] for path in program.texts}
    ends = dict.fromkeys(program.texts, 0)
    for number in sorted(needed):
        path, members = program.paths[number], program.sections[number].members
        for kept in sorted(needed[number]):
            start = program.starts[number] + members[kept].start
            parts[path] += (_blank(start - ends[path]), members[kept].text)
            ends[path] = start + len(members[kept].text)
    for path, text in program.texts.items():
        parts[path].append(_blank(len(text) - ends[path]))
    return {path: "".join(pieces) for path, pieces in parts.items()}


def _blank(length: int) -> str:
    """As much white space, with a line end after it."""
    return " " * (length - 1) + "\n" if length else ""


class MaskedFiles:
    """Files of which some texts are masked; all else as it is."""

    def __init__(self, files: Files, masked: Mapping[str, str]) -> None:
        self._files = files
        self._masked = masked

    def resolve(self, mentioned_in: str, path: str) -> str:
        return self._files.resolve(mentioned_in, path)

    def read_text(self, path: str) -> str:
        return self._masked[path] if path in self._masked else self._files.read_text(path)

    def data_schema(self, path: str, table: str = "") -> DataFileSchema:
        return self._files.data_schema(path, table)

    def stored_rows(self, wanted: StoredTable) -> StoredRows | None:
        return self._files.stored_rows(wanted)

    def data_rows(self, path: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
        return self._files.data_rows(path, columns)

    def query_schema(
        self, sql: str, tables: Mapping[str, tuple[tuple[str, DataType, bool], ...]]
    ) -> tuple[tuple[tuple[str, DataType, bool], ...], tuple[str, ...]]:
        return self._files.query_schema(sql, tables)
