"""Every type through every container and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from specdsl.sinks.base import WriteOptions
from specdsl.sinks.container import Container
from specdsl.sinks.registry import CONTAINERS
from tests.sinks.containers.making import content, everything_contents, options, spec_contents
from tests.sinks.containers.specs import SHOP
from tests.sinks.everything import COLUMNS, array
from tests.sinks.readers import arrow_rows
from tests.sinks.writing import written

TYPES = {name: dtype for name, (dtype, _) in COLUMNS.items()}
WAYS: dict[str, tuple[str, dict[str, object]]] = {
    "sqlite": ("sqlite", {}),
    "duckdb": ("duckdb", {}),
    "excel": ("excel", {}),
    "delta": ("delta", {}),
    "postgresql": ("sql", {"dialect": "postgresql"}),
    "postgresql copy": ("sql", {"dialect": "postgresql", "statement": "copy"}),
    "mysql": ("sql", {"dialect": "mysql"}),
    "sqlite dump": ("sql", {"dialect": "sqlite"}),
    "sqlserver": ("sql", {"dialect": "sqlserver"}),
    "oracle": ("sql", {"dialect": "oracle"}),
    "schema": ("sql", {"dialect": "sqlserver", "schema": "odd ]name"}),
}
SAME_BYTES = [way for way in WAYS if way not in ("duckdb", "delta")]


def container(way: str) -> tuple[Container, WriteOptions]:
    name, values = WAYS[way]
    return CONTAINERS[name], options(compression=CONTAINERS[name].compressions[0], **values)


def test_all_containers_are_here() -> None:
    assert {name for name, _ in WAYS.values()} == set(CONTAINERS)


@pytest.mark.parametrize("way", WAYS)
def test_every_type_comes_back(way: str, tmp_path: Path) -> None:
    held, how = container(way)
    dataset, contents = everything_contents(tmp_path)
    held.write(tmp_path / "made", dataset, contents, how)
    read = held.read(tmp_path / "made", "everything", contents[0].schema).read_all()
    read.validate(full=True)
    assert read.schema.types == contents[0].schema.types
    rows = arrow_rows(read, TYPES)
    expected = arrow_rows(pa.Table.from_batches(contents[0].batches()), TYPES)
    assert len(rows) == len(expected)
    for column in TYPES:
        assert [row[column] for row in rows] == [row[column] for row in expected], column


@pytest.mark.parametrize("way", WAYS)
def test_rows_without_a_value_and_tables_without_rows(way: str, tmp_path: Path) -> None:
    held, how = container(way)
    dataset, (whole,) = everything_contents(tmp_path)
    table = pa.Table.from_batches(whole.batches())
    nobody = [array(TYPES[name], [None] * 3) for name in table.column_names]
    nulls = pa.Table.from_arrays(nobody, schema=table.schema)
    for rows in (nulls, table.slice(0, 0)):
        folder = tmp_path / str(rows.num_rows)
        folder.mkdir()
        made = content(folder, whole.table, rows.combine_chunks(), whole.schema)
        held.write(folder / "made", dataset, [made], how)
        read = held.read(folder / "made", "everything", whole.schema).read_all()
        assert read.num_rows == rows.num_rows
        assert all(column.null_count == rows.num_rows for column in read.columns)


@pytest.mark.parametrize("way", SAME_BYTES)
def test_bytes_do_not_depend_on_files_and_row_groups(way: str, tmp_path: Path) -> None:
    held, how = container(way)
    dataset, (whole,) = everything_contents(tmp_path, 2_100)
    held.write(tmp_path / "whole", dataset, [whole], how)
    table = pa.Table.from_batches(whole.batches()).combine_chunks()
    paths = []
    for i, (start, stop) in enumerate([(0, 1), (1, 700), (700, 701), (701, 2_100)]):
        path = tmp_path / f"part{i}.parquet"
        path.write_bytes(written("parquet", table.slice(start, stop - start).to_batches(), whole.schema))
        paths.append(path)
    held.write(tmp_path / "parts", dataset, [replace(whole, paths=tuple(paths))], how)
    assert (tmp_path / "parts").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("way", [way for way in WAYS if way != "delta"])
def test_tables_with_rules(way: str, tmp_path: Path) -> None:
    held, how = container(way)
    dataset, contents = spec_contents(tmp_path, SHOP)
    held.write(tmp_path / "made", dataset, contents, how)
    for one in contents:
        read = held.read(tmp_path / "made", one.table.name, one.schema).read_all()
        assert read.to_pylist() == pa.Table.from_batches(one.batches()).to_pylist()
        assert read.num_rows == one.rows > 0


@pytest.mark.parametrize("way", [way for way in WAYS if way != "delta"])
def test_what_is_not_there(way: str, tmp_path: Path) -> None:
    held, how = container(way)
    dataset, contents = everything_contents(tmp_path)
    held.write(tmp_path / "made", dataset, contents, how)
    with pytest.raises(ValueError, match=r"other|no "):
        held.read(tmp_path / "made", "other", contents[0].schema).read_all()
    (tmp_path / "broken").write_bytes(b"no such format\n" * 100)
    with pytest.raises(ValueError, match=r"\w"):
        held.read(tmp_path / "broken", "everything", contents[0].schema).read_all()


@pytest.mark.parametrize("compression", CONTAINERS["sql"].compressions)
def test_dumps_are_read_in_every_compression(compression: str, tmp_path: Path) -> None:
    dump = CONTAINERS["sql"]
    dataset, contents = everything_contents(tmp_path)
    target = tmp_path / f"made{dump.extension(compression)}"
    dump.write(target, dataset, contents, options(compression=compression))
    assert dump.read(target, "everything", contents[0].schema).read_all().num_rows == 84


def test_a_dump_that_was_cut_or_changed_is_no_dump(tmp_path: Path) -> None:
    dump = CONTAINERS["sql"]
    dataset, contents = everything_contents(tmp_path)
    dump.write(tmp_path / "made.sql", dataset, contents, options())
    text = (tmp_path / "made.sql").read_text()
    at = text.index("'12345678-9abc")
    for broken in (text[:at], text[:at] + "oops" + text[at:]):
        (tmp_path / "broken.sql").write_text(broken)
        with pytest.raises(ValueError, match="row"):
            dump.read(tmp_path / "broken.sql", "everything", contents[0].schema).read_all()


def test_batches_of_any_size(tmp_path: Path) -> None:
    dump = CONTAINERS["sql"]
    dataset, contents = everything_contents(tmp_path)
    for rows in (1, 7, 83, 84, 85):
        dump.write(tmp_path / "made.sql", dataset, contents, options(batch_rows=rows))
        assert (tmp_path / "made.sql").read_text().count("INSERT INTO") == -(-84 // rows)
        read = dump.read(tmp_path / "made.sql", "everything", contents[0].schema).read_all()
        assert read.num_rows == 84
