"""Datasets on their way into containers: specs generated and written as Parquet, as a build does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from specdsl.compiler import compile_path
from specdsl.datatypes import types as t
from specdsl.generate.generator import Generator
from specdsl.ir.expr import Const
from specdsl.ir.model import Column, Dataset, Table
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.sinks.base import WriteOptions, documented
from specdsl.sinks.container import Content
from specdsl.sinks.relational.model import parents_first
from tests.sinks.everything import COLUMNS, everything
from tests.sinks.writing import written


def spec_contents(folder: Path, text: str) -> tuple[Dataset, list[Content]]:
    """The dataset of ``text`` and the contents of its tables."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "spec.dgen"
    path.write_text(text)
    compilation = compile_path(str(path), LocalFiles())
    dataset = compilation.dataset
    assert dataset is not None, compilation.diagnostics
    generator = Generator(plan(dataset), LocalFiles())
    contents = []
    for name in parents_first(dataset):
        columns = dataset.tables[name].columns
        batch = generator.batch(name, 0, generator.row_count(name))
        schema = pa.schema([documented(f, columns[f.name].doc, columns[f.name].type) for f in batch.schema])
        contents.append(
            content(folder, dataset.tables[name], pa.Table.from_batches([batch]).cast(schema), schema)
        )
    return dataset, contents


def content(folder: Path, table: Table, data: pa.Table, schema: pa.Schema) -> Content:
    """``data`` as the Parquet of one table."""
    path = folder / f"{table.name}.parquet"
    path.write_bytes(written("parquet", data.to_batches(), schema))
    return Content(table, schema, data.num_rows, (path,))


def everything_contents(
    folder: Path, rows: int = 84, leave_out: Sequence[str] = ()
) -> tuple[Dataset, list[Content]]:
    """One table of every type (see ``tests.sinks.everything``)."""
    batch = everything(rows)
    names = [n for n in COLUMNS if n not in leave_out]
    table_of = pa.Table.from_batches([batch]).select(names)
    columns = {
        name: Column(name, COLUMNS[name][0], nullable=True, value=Const(COLUMNS[name][0], True, None))
        for name in names
    }
    table = Table("everything", columns, doc='A table of all.\n\nIt\'s "odd"; -- and more')
    dataset = Dataset("all", 1, 0, "en_US", {"everything": table})
    return dataset, [content(folder, table, table_of, table_of.schema)]


def described(field_name: str) -> t.DataType:
    return COLUMNS[field_name][0]


def options(**values: object) -> WriteOptions:
    compression = str(values.pop("compression", "none"))
    return WriteOptions(compression, values=values)


def with_doc(dataset: Dataset, doc: str) -> Dataset:
    return replace(dataset, doc=doc)
