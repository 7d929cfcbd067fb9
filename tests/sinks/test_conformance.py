"""Every type through every sink and back, in every compression, however the rows are batched."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specdsl.datatypes import types as t
from specdsl.sinks.base import documented
from specdsl.sinks.parquet import group_rows
from specdsl.sinks.registry import SINKS
from tests.sinks.everything import COLUMNS, array, everything, values_for
from tests.sinks.readers import READERS, arrow_rows
from tests.sinks.writing import written

TYPES = {name: dtype for name, (dtype, _) in COLUMNS.items()}
BATCH = everything()
EXPECTED = arrow_rows(pa.Table.from_batches([BATCH]), TYPES)
PAIRS = [(name, compression) for name, sink in SINKS.items() for compression in sink.compressions]


def decompressed(data: bytes, compression: str) -> bytes:
    match compression:
        case "gzip":
            return gzip.decompress(data)
        case "bz2":
            return bz2.decompress(data)
        case "xz":
            return lzma.decompress(data)
        case "zip":
            archive = zipfile.ZipFile(io.BytesIO(data))
            (name,) = archive.namelist()
            return archive.read(name)
        case "zstd":
            return pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
        case _:
            return data


def test_rows_have_nulls_and_values_everywhere() -> None:
    for name in TYPES:
        values = [row[name] for row in EXPECTED]
        assert None in values and any(v is not None for v in values), name


@pytest.mark.parametrize(("name", "compression"), PAIRS)
def test_every_type_comes_back(name: str, compression: str) -> None:
    batch = everything(format=name)
    expected = arrow_rows(pa.Table.from_batches([batch]), TYPES)
    data = written(name, [batch], batch.schema, compression)
    if name in ("csv", "jsonl", "json"):
        data = decompressed(data, compression)
    rows = READERS[name](data, TYPES)
    assert len(rows) == len(expected)
    for column in TYPES:  # column by column, for a readable failure
        assert [row[column] for row in rows] == [row[column] for row in expected], column


@pytest.mark.parametrize("name", SINKS)
@pytest.mark.parametrize("column", COLUMNS)
def test_each_column_alone(name: str, column: str) -> None:
    """A table of one column and no nulls takes other ways through the encoders."""
    dtype, values = COLUMNS[column][0], values_for(name, column)
    batch = pa.RecordBatch.from_arrays([array(dtype, values)], schema=pa.schema([BATCH.schema.field(column)]))
    rows = READERS[name](written(name, [batch], batch.schema, "none"), {column: dtype})
    expected = arrow_rows(pa.Table.from_batches([batch]), {column: dtype})
    assert rows == expected


@pytest.mark.parametrize("name", SINKS)
@pytest.mark.parametrize("column", COLUMNS)
def test_lists_without_an_item(name: str, column: str) -> None:
    """Encoders see no value at all of what could be in them."""
    field = pa.field("l", pa.list_(BATCH.schema.field(column)))
    lists = pa.ListArray.from_arrays(
        pa.array([0] * 4, pa.int32()), pa.nulls(0, field.type.value_type), field.type
    )
    schema = pa.schema([pa.field("n", pa.int64()), field])
    data = written(name, [pa.record_batch([pa.array([1, 2, 3]), lists], schema=schema)], schema, "none")
    rows = READERS[name](data, {"n": t.INT, "l": t.List(TYPES[column])})
    assert rows == [{"n": n, "l": []} for n in (1, 2, 3)]


@pytest.mark.parametrize(("name", "compression"), PAIRS)
def test_bytes_do_not_depend_on_batches(name: str, compression: str) -> None:
    rows = 1_100
    whole = everything(rows, name)
    reference = written(name, [whole], whole.schema, compression)
    for size in (1, 7, 1_000, 1_024):
        count = {1: 20, 7: 350}.get(size, rows)
        pieces = [whole.slice(i, size) for i in range(0, count, size)]
        pieces += [whole.slice(count)] if count < rows else []
        assert written(name, pieces, whole.schema, compression) == reference, size


@pytest.mark.parametrize("name", SINKS)
def test_bytes_do_not_depend_on_batches_over_row_groups(name: str) -> None:
    rows = 600_000
    codes = pa.array([i * 7 % 3 for i in range(1_000)] * (rows // 1_000), pa.int8())
    schema = pa.schema([pa.field("n", pa.int64()), pa.field("s", pa.string())])
    table = pa.table(
        [pa.array(range(rows)), pa.DictionaryArray.from_arrays(codes, pa.array(["a", "b", "c"]))], ["n", "s"]
    ).combine_chunks()
    batch = table.to_batches()[0]
    reference = written(name, [batch], schema)
    for size in (65_536, 99_999):
        assert written(name, [batch.slice(i, size) for i in range(0, rows, size)], schema) == reference, size


@pytest.mark.parametrize("name", SINKS)
def test_a_table_without_rows(name: str) -> None:
    for batches in ([], [BATCH.slice(0, 0)]):
        assert READERS[name](written(name, batches, BATCH.schema, "none"), TYPES) == []


@pytest.mark.parametrize("name", SINKS)
@pytest.mark.parametrize("repeats", [True, False])
def test_strings_may_come_as_dictionaries(name: str, repeats: bool) -> None:
    """In any batch, with any dictionary: the bytes are the same."""
    values = ["x", 'y"', "", None, "x", "z", None, "x"]
    schema = pa.schema([documented(pa.field("s", pa.string()), "", TYPES["text"], repeats=repeats)])

    def plain(some: list[str | None]) -> pa.Array:
        return pa.array(some, pa.string())

    def coded(some: list[str | None]) -> pa.Array:
        words = ["unused", "z", "x", "", 'y"', "x"]  # one of them twice
        codes = [None if v is None else (5 - words[::-1].index(v)) for v in some]
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(words))

    ways = [
        [plain(values)],
        [plain(values).dictionary_encode()],
        [coded(values)],
        [coded(values[:3]), plain(values[3:4]), plain(values[4:]).dictionary_encode()],
    ]
    data = [
        written(name, [pa.record_batch([piece], names=["s"]) for piece in pieces], schema, "none")
        for pieces in ways
    ]
    assert data == [data[0]] * len(data)
    rows = READERS[name](data[0], {"s": TYPES["text"]})
    assert [row["s"] for row in rows] == values


def test_strings_that_are_null_or_missing_only() -> None:
    schema = pa.schema([documented(pa.field("s", pa.string()), "", TYPES["text"], repeats=True)])
    for values in ([], [None, None]):
        batch = pa.record_batch([pa.array(values, pa.string())], names=["s"])
        read = READERS["parquet"](written("parquet", [batch], schema), {"s": TYPES["text"]})
        assert [row["s"] for row in read] == values


def test_parquet_reads_as_it_was_declared(tmp_path) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(written("parquet", [BATCH], BATCH.schema, description="all of it"))
    read = pq.read_schema(path)
    for field in BATCH.schema:
        assert read.field(field.name).type.equals(field.type), field.name
    assert read.metadata[b"description"] == b"all of it"
    described = dict(
        row[:2] for row in duckdb.sql(f"describe select * from read_parquet('{path}')").fetchall()
    )
    assert described["id"] == "UUID"
    assert described["money"] == "DECIMAL(10,2)"
    assert described["at"] == "TIMESTAMP WITH TIME ZONE"
    assert described["path"] == 'STRUCT(x DOUBLE, "label" VARCHAR)[]'


def test_parquet_tries_dictionaries_only_where_there_are_some() -> None:
    data = written("parquet", [BATCH], BATCH.schema)
    group = pq.ParquetFile(pa.BufferReader(data)).metadata.row_group(0)
    encoded = {
        group.column(i).path_in_schema
        for i in range(group.num_columns)
        if group.column(i).has_dictionary_page
    }
    assert encoded == {"level", "levels.list.element"}


def test_row_groups_depend_on_the_schema_alone() -> None:
    narrow = pa.schema([("a", pa.int64())])
    wide = pa.schema([(f"c{i}", pa.int64()) for i in range(1_000)])
    assert group_rows(narrow) == 262_144
    assert group_rows(wide) == 8_192


def test_documentation_is_kept(tmp_path) -> None:
    schema = pa.schema([pa.field("a", pa.int64(), metadata={"description": "how many"})])
    batch = pa.RecordBatch.from_arrays([pa.array([1])], schema=schema)
    for name, read in (
        ("parquet", lambda d: pq.read_schema(pa.BufferReader(d))),
        ("arrow", lambda d: pa.ipc.open_file(d).schema),
    ):
        found = read(written(name, [batch], schema, description="the table"))
        assert found.field("a").metadata[b"description"] == b"how many"
        assert found.metadata[b"description"] == b"the table"


@pytest.mark.parametrize("extension", ["csv", "jsonl"])
def test_duckdb_reads_the_text_formats(tmp_path, extension: str) -> None:
    """The types that DuckDB can cast from text, through its own readers."""
    path = tmp_path / f"t.{extension}"
    path.write_bytes(written(extension, [BATCH], BATCH.schema))
    types = (
        "{'i64': 'BIGINT', 'money': 'DECIMAL(10,2)', 'text': 'VARCHAR', 'at': 'TIMESTAMPTZ', 'id': 'UUID'}"
    )
    if extension == "csv":
        # types by position are not needed: names are in the header
        source = (
            f"read_csv('{path}', header=true, all_varchar=true, allow_quoted_nulls=false, new_line='\\n')"
        )
    else:
        source = f"read_json('{path}', format='newline_delimited', columns={types})"
    query = (
        f'select i64::BIGINT, money::DECIMAL(10,2), text, epoch_us("at"::TIMESTAMPTZ), id::UUID from {source}'
    )
    got = duckdb.sql(query).fetchall()
    at = BATCH.column("at").cast(pa.int64()).to_pylist()
    expected = [
        (row["i64"], row["money"], row["text"], micros, row["id"])
        for row, micros in zip(EXPECTED, at, strict=True)
    ]
    assert got == expected


def test_names_of_columns_are_quoted() -> None:
    names = ["a,b", 'c"d', "e\nf", "grüße"]
    schema = pa.schema([(name, pa.int64()) for name in names])
    batch = pa.RecordBatch.from_arrays([pa.array([i]) for i in range(4)], schema=schema)
    types = dict.fromkeys(names, TYPES["i64"])
    for name in SINKS:
        assert READERS[name](written(name, [batch], schema, "none"), types) == [
            {column: i for i, column in enumerate(names)}
        ]


def test_documents_are_kept_on_one_line() -> None:
    schema = pa.schema([BATCH.schema.field("doc")])
    batch = pa.RecordBatch.from_arrays([pa.array(['{\n  "a": "x\\ny"\r\n}', None])], schema=schema)
    assert written("jsonl", [batch], schema) == b'{"doc":{   "a": "x\\ny"  }}\n{"doc":null}\n'


def test_what_is_not_finite() -> None:
    schema = pa.schema([("f", pa.float64())])
    batch = pa.RecordBatch.from_arrays([pa.array([float("nan"), float("inf"), float("-inf")])], schema=schema)
    assert written("jsonl", [batch], schema) == b'{"f":null}\n' * 3
    assert written("csv", [batch], schema) == b"f\nnan\ninf\n-inf\n"


@pytest.mark.parametrize("column", COLUMNS)
def test_what_lies_under_nulls_is_not_written(column: str) -> None:
    """Two arrays with the same values and other bytes under their nulls give the same file."""
    dtype, values = COLUMNS[column]
    schema = pa.schema([BATCH.schema.field(column)])
    some = [values[i % len(values)] for i in range(24)]
    other = [values[(i + 1) % len(values)] if i % 3 == 0 else v for i, v in enumerate(some)]
    nulls = pa.array([i % 3 == 0 for i in range(24)])
    data = []
    for variant in (some, other):
        whole = array(dtype, variant)
        hidden = (
            pa.ExtensionArray.from_storage(whole.type, masked(whole.storage, nulls))
            if isinstance(whole, pa.ExtensionArray)
            else masked(whole, nulls)
        )
        data.append(written("arrow", [pa.RecordBatch.from_arrays([hidden], schema=schema)], schema, "none"))
    assert data[0] == data[1]


def masked(whole: pa.Array, nulls: pa.Array) -> pa.Array:
    """``whole`` with null where ``nulls``, over the same memory."""
    bits = pa.py_buffer(np.packbits(~np.asarray(nulls), bitorder="little"))
    buffers = whole.buffers()
    if pa.types.is_struct(whole.type):
        return pa.Array.from_buffers(
            whole.type, len(whole), [bits], children=[whole.field(i) for i in range(whole.type.num_fields)]
        )
    if pa.types.is_list(whole.type):
        return pa.Array.from_buffers(whole.type, len(whole), [bits, buffers[1]], children=[whole.values])
    if pa.types.is_dictionary(whole.type):
        return pa.DictionaryArray.from_arrays(masked(whole.indices, nulls), whole.dictionary)
    return pa.Array.from_buffers(whole.type, len(whole), [bits, *buffers[1:]])


@pytest.mark.parametrize("name", ["jsonl", "json"])
def test_absent_members_do_not_depend_on_batches(name: str) -> None:
    """Every column left out where it is null, against the rows without them."""
    batch = everything(format=name)
    schema = pa.schema([documented(f, "", TYPES[f.name], absent=True) for f in batch.schema])
    whole = written(name, [batch], schema, "none")
    pieces = [batch.slice(start, 3) for start in range(0, batch.num_rows, 3)]
    assert written(name, pieces, schema, "none") == whole
    full = json.loads(b"[%s]" % b",".join(_lines(written(name, [batch], batch.schema, "none"))))
    kept = json.loads(b"[%s]" % b",".join(_lines(whole)))
    nulls = [{n for n in TYPES if batch.column(n)[i].as_py() is None} for i in range(batch.num_rows)]
    assert any(nulls)
    assert kept == [
        {k: v for k, v in row.items() if k not in gone} for row, gone in zip(full, nulls, strict=True)
    ]


def _lines(data: bytes) -> list[bytes]:
    return [line.rstrip(b",") for line in data.splitlines() if line not in (b"[", b"]")]
