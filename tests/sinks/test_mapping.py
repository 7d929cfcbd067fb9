"""Every type in every format: what others see is what the table and the docs say, and what changes is told."""

from __future__ import annotations

import re
from pathlib import Path

import fastavro
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.orc
import pytest

from specdsl.errors import DataError
from specdsl.sinks.avro import AvroSink
from specdsl.sinks.registry import CONTAINERS, FORMATS, READABLE, SINKS
from tests.sinks.containers.making import everything_contents, options, spec_contents
from tests.sinks.everything import COLUMNS, everything
from tests.sinks.mapping import BECOMES
from tests.sinks.outsiders import OUTSIDERS
from tests.sinks.writing import written

TYPES = {name: dtype for name, (dtype, _) in COLUMNS.items()}
DOCS = Path(__file__).parents[2] / "docs"
MARK = " *"


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "sql"])
def test_others_see_what_the_table_says(name: str, tmp_path: Path) -> None:
    made = FORMATS[name]
    path = tmp_path / f"everything{made.extension('none' if 'none' in made.compressions else '')}"
    if name in SINKS:
        batch = everything(format=name)
        path.write_bytes(written(name, [batch], batch.schema, "none", TYPES))
    else:
        dataset, contents = everything_contents(tmp_path)
        CONTAINERS[name].write(path, dataset, contents, options(compression=made.compressions[0]))
    table = "jsonl" if name == "json" else name
    assert OUTSIDERS[name](path) == {c: row[table].removesuffix(MARK) for c, row in BECOMES.items()}


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "sql"])
def test_what_a_format_has_no_type_for_is_told(name: str, tmp_path: Path) -> None:
    dataset, _ = everything_contents(tmp_path)
    told = "\n".join(FORMATS[name].examine(dataset, {"everything": 84}, {}))
    table = "jsonl" if name == "json" else name
    assert set(re.findall(r"`everything\.(\w+)`", told)) == {
        column for column, row in BECOMES.items() if row[table].endswith(MARK)
    }


def test_columns_that_become_the_same_share_a_line(tmp_path: Path) -> None:
    text = "dataset d { seed 1 }\ntable t 3 {\n  a uuid key\n  b uuid = uuid4()\n  c duration = 1h\n}\n"
    dataset, _ = spec_contents(tmp_path, text)
    assert list(FORMATS["orc"].examine(dataset, {}, {})) == [
        "`t.a`, `t.b` (uuid) become a string: ORC has no uuid",
        "`t.c` (duration) becomes a bigint of microseconds",
    ]


def test_every_type_and_format_has_a_place_in_the_docs() -> None:
    """The tables of the two pages have a row for each kind of type and a column for each format."""
    pages = {"sinks.md": ("Parquet", "Arrow IPC", "CSV", "JSON Lines", "ORC", "Avro"),
             "databases.md": ("SQLite", "DuckDB", "Excel", "Delta Lake", "PostgreSQL", "SQL Server", "Oracle")}  # fmt: skip
    for page, formats in pages.items():
        text = (DOCS / page).read_text(encoding="utf-8")
        tables = re.findall(r"^\| type \|.*\n\|[-|]+\|\n(?:\|.*\n)+", text, re.MULTILINE)
        heads = " ".join(table.split("\n")[0] for table in tables)
        assert all(f" {form}" in heads for form in formats), page
        for table in tables:
            kinds = " ".join(line.split("|")[1] for line in table.split("\n")[2:-1])
            for dtype in TYPES.values():
                name = re.split(r"[ (<]", str(dtype))[0]
                name = {"Level": "enum"}.get(name, name)
                if re.fullmatch(r"u?int\d*", name):
                    name = "int8` ... `"
                assert f"`{name}" in kinds or name in kinds.split(), (page, name)
            assert len({line.count("|") for line in table.split("\n")[:-1]}) == 1, page


_IN_DOCS = {  # what a cell of the docs says of what the table of types has
    "orc": {"u64": "decimal(20, 0)", "clock": "string", "span": "bigint", "id": "string", "raw": "binary"},
    "avro": {"u64": "decimal(20, 0)", "clock": "time-micros", "span": "long", "id": "uuid", "raw": "bytes"},
    "delta": {"u64": "decimal(20, 0)", "clock": "string", "span": "long", "id": "string", "raw": "binary"},
    "sqlite": {
        "u64": "TEXT",
        "span": "INTEGER",
        "id": "TEXT",
        "raw": "BLOB",
        "tags": "TEXT",
        "level": "TEXT",
    },
    "duckdb": {"clock": "TIME", "span": "INTERVAL", "id": "UUID", "doc": "JSON", "raw": "BLOB"},
}
_COLUMN = {"orc": "ORC", "avro": "Avro", "delta": "Delta Lake", "sqlite": "SQLite", "duckdb": "DuckDB"}
_ROW = {"u64": "uint64`", "clock": "`time`", "span": "`duration`", "id": "`uuid`", "raw": "`bytes`",
        "tags": "`list<T>`", "level": "enum", "doc": "`json`"}  # fmt: skip


@pytest.mark.parametrize("name", _IN_DOCS)
def test_the_docs_say_what_others_see(name: str) -> None:
    text = (DOCS / ("sinks.md" if name in SINKS else "databases.md")).read_text(encoding="utf-8")
    for column, word in _IN_DOCS[name].items():
        seen = BECOMES[column][name].lower().replace(" ", "")
        as_seen = {"orc": {"bigint": "int64", "decimal(20, 0)": "decimal128(20, 0)"}}.get(name, {}).get(
            word, word
        )
        assert as_seen.lower().replace(" ", "") in seen, column
        assert word in cell(text, _ROW[column], _COLUMN[name]), (column, word)


def cell(text: str, row: str, column: str) -> str:
    """What stands in a table of a page."""
    lines = text.split("\n")
    head = next(i for i, line in enumerate(lines) if line.startswith("| type |") and f"| {column} |" in line)
    place = [title.strip() for title in lines[head].split("|")].index(column)
    for line in lines[head + 2 :]:
        cells = line.split("|")
        if row in cells[1]:
            return cells[place]
    raise AssertionError(f"no row of {row}")


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_is_not_divided_is_told(name: str, tmp_path: Path) -> None:
    text = "dataset d { seed 1 }\ntable t 3 {\n  a int key\n  b bool = true | false\n  partition by b\n}\n"
    dataset, _ = spec_contents(tmp_path, text)
    told = list(FORMATS[name].examine(dataset, {"t": 3}, {}))
    assert told == ["`t` is not divided by `b`: its rows are together, in their order"]


# --- Avro and ORC through their other readers ------------------------------------------------------


@pytest.mark.parametrize("compression", AvroSink.compressions)
def test_fastavro_reads_every_codec(compression: str, tmp_path: Path) -> None:
    batch = everything(format="avro")
    path = tmp_path / "t.avro"
    path.write_bytes(written("avro", [batch], batch.schema, compression, TYPES, description="all of it"))
    with path.open("rb") as source:
        reader = fastavro.reader(source)
        rows = list(reader)
    assert reader.writer_schema["doc"] == "all of it"  # type: ignore[index, call-overload]
    for name in ("i64", "money", "fine", "text", "raw", "day", "clock", "at", "f64", "tags", "path"):
        assert [row[name] for row in rows] == batch.column(name).to_pylist(), name


def test_members_of_enums_that_avro_takes_are_symbols(tmp_path: Path) -> None:
    text = "dataset d { seed 1 }\nenum Size { small, big }\n## Boxes.\ntable t 50 {\n  ## How big.\n  a Size\n  b Size\n}\n"
    dataset, (content,) = spec_contents(tmp_path, text)
    types = {c.name: c.type for c in dataset.tables["t"].columns.values()}
    path = tmp_path / "t.avro"
    path.write_bytes(written("avro", list(content.batches()), content.schema, "none", types))
    with path.open("rb") as source:
        reader = fastavro.reader(source)
        rows = list(reader)
    fields = reader.writer_schema["fields"]  # type: ignore[index, call-overload]
    assert fields[0]["type"]["symbols"] == ["small", "big"]
    assert fields[0]["doc"] == "How big."
    want = [row for batch in content.batches() for row in batch.to_pylist()]
    assert rows == want
    one = content.schema.field("a")  # polars does not know types by their names
    some = [batch.select(["a"]) for batch in content.batches()]
    path.write_bytes(written("avro", some, pa.schema([one]), "snappy", types))
    assert polars.read_avro(path)["a"].cast(polars.String).to_list() == [row["a"] for row in want]
    assert list(FORMATS["avro"].examine(dataset, {}, {})) == []


def test_avro_files_that_are_cut_or_damaged(tmp_path: Path) -> None:
    batch = everything(format="avro")
    data = written("avro", [batch], batch.schema, "snappy", TYPES)
    for wrong in (b"", b"PAR1", data[:100], data[:-20], data[:-40] + bytes(24) + data[-16:]):
        path = tmp_path / "t.avro"
        path.write_bytes(wrong)
        with pytest.raises(ValueError, match="Avro"):
            READABLE["avro"].read(path, batch.schema).read_all()


def test_orc_refuses_instants_that_its_readers_cannot_hold() -> None:
    batch = everything()
    with pytest.raises(DataError, match=r"`things\.at` has timestamps that ORC cannot hold"):
        written("orc", [batch], batch.schema, "none", **{"specdsl.table": "things"})


def test_pandas_reads_orc(tmp_path: Path) -> None:
    batch = everything(format="orc").select(["i64", "text", "money", "day"])
    path = tmp_path / "t.orc"
    path.write_bytes(written("orc", [batch], batch.schema))
    found = pa.Table.from_pandas(pd.read_orc(path, dtype_backend="pyarrow"), preserve_index=False)
    assert found.to_pylist() == batch.to_pylist()
