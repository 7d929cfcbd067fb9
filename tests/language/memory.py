"""Files in memory, for tests that compile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specdsl.compiler import Compilation, Overrides, compile_source
from specdsl.datatypes import types as t
from specdsl.files import DataFileSchema, FileProblem, Problem, StoredRows, StoredTable
from specdsl.source import SourceFile

Schema = tuple[tuple[str, t.DataType, bool], ...]


class MemoryFiles:
    """Sources by name; a CSV's columns are texts, or ints where the first row has digits only; a query
    has the columns that its comment says: `-- a int, b string? reads t, u`."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts = texts or {}

    def resolve(self, mentioned_in: str, path: str) -> str:
        if path.startswith(("/", "..")):
            raise FileProblem(Problem.OUTSIDE, path)
        return path

    def read_text(self, path: str) -> str:
        if path not in self._texts:
            raise FileProblem(Problem.MISSING, path)
        return self._texts[path]

    def stored_rows(self, wanted: StoredTable) -> StoredRows | None:
        return None

    def data_schema(self, path: str, table: str = "") -> DataFileSchema:
        if not path.endswith(".csv"):
            raise FileProblem(Problem.UNKNOWN_FORMAT, path)
        head, *rows = self.read_text(path).strip("\n").split("\n")
        first = rows[0].split(",") if rows else []
        columns = [
            (name, t.INT if value.isdigit() else t.STRING, not value)
            for name, value in zip(head.split(","), first or [""] * len(head.split(",")), strict=True)
        ]
        return DataFileSchema(tuple(columns), len(rows))

    def data_rows(self, path: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
        head, *rows = self.read_text(path).strip("\n").split("\n")
        kinds = {name: dtype for name, dtype, _ in self.data_schema(path).columns}
        out: list[tuple[object, ...]] = []
        for row in rows:
            cells = dict(zip(head.split(","), row.split(","), strict=True))
            whole = {c for c in columns if kinds[c] == t.INT and cells[c].isdigit()}
            out.append(tuple(int(cells[c]) if c in whole else cells[c] or None for c in columns))
        return out

    def query_schema(self, sql: str, tables: Mapping[str, Schema]) -> tuple[Schema, tuple[str, ...]]:
        if "--" not in sql:
            raise FileProblem(Problem.QUERY, "", "syntax error at or near the end")
        made, _, reads = sql.split("--")[1].strip().partition(" reads ")
        names = tuple(n.strip() for n in reads.split(",") if n.strip())
        for name in names:
            if name not in tables:
                raise FileProblem(Problem.QUERY, "", f"table {name} does not exist")
        kinds = {"int": t.INT, "string": t.STRING, "date": t.DATE}
        columns = [c.split() for c in made.split(",")]
        return tuple((n, kinds[k.rstrip("?")], k.endswith("?")) for n, k in columns), names


def compiled(
    text: str, files: Mapping[str, str] | None = None, overrides: Overrides | None = None
) -> Compilation:
    """The compilation of a text."""
    return compile_source(SourceFile("main.dgen", text), MemoryFiles(files), overrides or Overrides())
