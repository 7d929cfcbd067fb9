"""Streams into folders: parts, their partitions, and what many small writes cost."""

from __future__ import annotations

import json
import re
import tracemalloc
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import specdsl
from specdsl.building.form import form_named
from specdsl.building.schemas import described_schema
from specdsl.errors import DataError
from specdsl.streaming.targets import parts

SPEC = """
dataset d { seed 4 }
table events 6_000 {
  id   int key
  u    uuid = uuid4()
  kind string? 5% null = "click" 70% | "view" 20% | "b/u y"
  day  date in 2025-01-01..2025-01-03
  tags list<string>[0..2] = word()
  partition by (kind, day)
}
table many 3_000 { id int key, n int = 1..300, word string = word(), partition by n }
table crowd 12_000 { id int key, n int = 1..1_000_000, partition by n }
table none 0 { id int key, n int = 1..3, partition by n }
"""
NULL = "__HIVE_DEFAULT_PARTITION__"


@pytest.fixture(scope="module")
def data() -> specdsl.Data:
    return specdsl.load(SPEC)


def rows_of(folder: Path) -> list[dict[str, object]]:
    """The rows in the parts below ``folder``, with the values in the folders' names."""
    out = []
    for path in sorted(folder.rglob("*.jsonl")):
        above = [name.partition("=") for name in path.relative_to(folder).parent.parts if "=" in name]
        values = {name: None if text == NULL else unquote(text) for name, _, text in above}
        out += [{**json.loads(line), **values} for line in path.read_text("utf-8").splitlines()]
    return out


def test_parts_follow_partitions(data: specdsl.Data, tmp_path: Path) -> None:
    made = data.stream("events").send(str(tmp_path), every="1_000rows")
    whole = specdsl.load(SPEC.replace("partition by (kind, day)", ""))
    whole.build(tmp_path / "built", "jsonl", tables=["events"])
    built = [json.loads(line) for line in (tmp_path / "built/events.jsonl").read_text("utf-8").splitlines()]
    found = rows_of(tmp_path / "events")
    assert sorted(found, key=lambda r: int(str(r["id"]))) == built
    assert len(made.delivery.parts) == 12 + 3  # clicks of a day are 1,330
    folders = {Path(path).parent.relative_to(tmp_path / "events").as_posix() for path in made.delivery.parts}
    assert f"kind={NULL}/day=2025-01-02" in folders
    assert "kind=b%2Fu%20y/day=2025-01-01" in folders
    for folder in folders:  # rows keep their order within a partition
        ids = [r["id"] for r in rows_of(tmp_path / "events" / folder)]
        assert ids == sorted(ids, key=lambda n: int(str(n)))


def test_parts_of_partitions_are_as_a_build_writes_them(data: specdsl.Data, tmp_path: Path) -> None:
    data.stream("events").send(str(tmp_path / "sent"), format="parquet")
    data.build(tmp_path / "built", "parquet", tables=["events"])
    sent, built = (
        {p.relative_to(tmp_path / name): p for p in (tmp_path / name).rglob("*.parquet")}
        for name in ("sent", "built")
    )
    assert sent.keys() == built.keys()
    for name, path in sent.items():
        assert path.read_bytes() == built[name].read_bytes()
    kept = tmp_path / "kept"
    data.stream("events", rows=100).send(str(kept), format="parquet", options={"partition_columns": True})
    assert ds.dataset(kept / "events").schema.names == ["id", "u", "kind", "day", "tags"]


def test_few_parts_are_open(data: specdsl.Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_OPEN", 5)
    made = data.stream("many", rate="100_000/s").send(str(tmp_path))
    assert sorted(int(str(r["id"])) for r in rows_of(tmp_path / "many")) == list(range(1, 3_001))
    assert len(made.delivery.parts) > 300
    numbers = [int(re.search(r"part-(\d+)", path)[1]) for path in made.delivery.parts]  # type: ignore[index]
    assert max(numbers) > 1
    assert not list(tmp_path.rglob(".*unfinished"))
    with pytest.raises(DataError, match="has parts of `many` already"):
        data.stream("many").send(str(tmp_path))
    left = Path(made.delivery.parts[0]).parent / ".part-00009.jsonl.unfinished"
    left.write_text("half")  # of a stream that was killed
    data.stream("many").send(str(tmp_path), append=True)
    assert not left.exists()
    assert len(rows_of(tmp_path / "many")) == 6_000


def test_too_many_partitions(data: specdsl.Data, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="10,000 are the most"):
        data.stream("crowd").send(str(tmp_path))
    assert not list(tmp_path.rglob(".*unfinished"))


def test_no_rows(data: specdsl.Data, tmp_path: Path) -> None:
    assert data.stream("none").send(str(tmp_path)).total == 0
    assert not list(tmp_path.rglob("*.jsonl"))


@pytest.mark.parametrize("form", ["parquet", "arrow", "orc"])
def test_rows_written_one_by_one(form: str, tmp_path: Path) -> None:
    """The bytes are those of large writes, and what waits for its row group is not kept row by row."""
    data = specdsl.load(
        'table t 20_000 { id int key, u uuid, a string = word(), b string? 9% null = "x" | "y", '
        "l list<int>[0..3] = 1..3, c float = 0.0..1.0 }"
    )
    chosen = form_named(form, None, ())
    assert chosen.sink is not None
    schema, options = described_schema(data.dataset, "t"), chosen.write_options(data.dataset, "t")
    batches = [data.generator.batch("t", start, 1_000) for start in range(0, 20_000, 1_000)]
    for name, step in (("one", 1), ("many", 1_000)):
        with (tmp_path / name).open("wb") as file:
            writer = chosen.sink.open(file, schema, options)
            tracemalloc.start()
            for batch in batches:
                for at in range(0, 1_000, step):
                    writer.write(batch.slice(at, step))
            held, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            writer.close()
            assert held < 1_000_000  # Python's own: a wrapper for each row that waits would be 2 MB
    assert (tmp_path / "one").read_bytes() == (tmp_path / "many").read_bytes()


def test_a_stream_of_parquet_is_readable(data: specdsl.Data, tmp_path: Path) -> None:
    made = data.stream("events", rate="2000/s", rows=600).send(str(tmp_path), format="parquet")
    assert sum(pq.read_metadata(path).num_rows for path in made.delivery.parts) == 600
    assert isinstance(pq.read_schema(made.delivery.parts[0]).field("id").type, pa.DataType)
