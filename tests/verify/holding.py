"""Holding rows given by hand against a spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from specdsl.compiler import compile_source
from specdsl.datatypes.counterparts import arrow_type
from specdsl.ir.model import Dataset
from specdsl.local_files import LocalFiles
from specdsl.sinks.base import WriteOptions, documented
from specdsl.sinks.registry import SINKS
from specdsl.source import SourceFile
from specdsl.verify.reading import TableFiles
from specdsl.verify.report import RuleResult, Verdict, VerifyReport
from specdsl.verify.verifier import verify

Rows = list[dict[str, Any]]


def compiled(text: str, folder: Path) -> Dataset:
    compilation = compile_source(SourceFile(str(folder / "spec.dgen"), text), LocalFiles(folder))
    assert compilation.dataset is not None, [(d.code, d.message()) for d in compilation.diagnostics]
    return compilation.dataset


def arrow_table(dataset: Dataset, name: str, rows: Rows) -> pa.Table:
    columns = [c for c in dataset.tables[name].columns.values() if not c.hidden]
    arrays = []
    for c in columns:
        kind = _loose(arrow_type(c.type))
        given = [row.get(c.name) for row in rows]
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        array = _uuids(given) if kind == pa.uuid() else pa.array(given, plain)
        arrays.append(array.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else array)
    fields = [documented(pa.field(c.name, a.type), "", c.type) for c, a in zip(columns, arrays, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _loose(kind: pa.DataType) -> pa.DataType:
    """``kind`` with fields that may be null: broken rows have to be written, too."""
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(f.name, _loose(f.type)) for f in kind])
    return pa.list_(_loose(kind.value_type)) if pa.types.is_list(kind) else kind


def _uuids(given: list[Any]) -> pa.Array:
    storage = pa.array([None if v is None else v.bytes for v in given], pa.binary(16))
    return pa.ExtensionArray.from_storage(pa.uuid(), storage)


def write(path: Path, table: pa.Table, format: str, compression: str | None = None) -> Path:
    sink = SINKS[format]
    chosen = compression or sink.compressions[-1 if "none" in sink.compressions[-1:] else 0]
    path = path.with_name(path.name + sink.extension(chosen))
    with path.open("wb") as target:
        writer = sink.open(target, table.schema, WriteOptions(chosen))
        for batch in table.combine_chunks().to_batches():
            writer.write(batch)
        writer.close()
    return path


def hold(
    folder: Path, text: str, data: dict[str, Rows], format: str = "parquet", **more: Any
) -> VerifyReport:
    """The report on ``data``, written in ``format``, against the spec ``text``."""
    dataset = compiled(text, folder)
    tables = {}
    for name, rows in data.items():
        path = write(folder / name, arrow_table(dataset, name, rows), format)
        tables[name] = TableFiles([path], format)
    report = verify(dataset, tables, temp_dir=folder / "tmp", **({"expected_rows": {}} | more))
    assert [r.note for r in report.unchecked if "SQL" in r.note] == []
    return report


def broken(report: VerifyReport) -> dict[str, int]:
    return {r.rule.name: r.broken for r in report.rules if r.verdict is Verdict.BROKEN}


def result(report: VerifyReport, name: str) -> RuleResult:
    (found,) = [r for r in report.rules if r.rule.name == name]
    return found
