"""Changes of rows with a column of every type and the awkward values of each, replayed in real databases."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from specdsl.changes.formats.base import ChangeFormat
from specdsl.changes.formats.registry import change_format
from specdsl.changes.records import Op
from specdsl.datatypes import types as t
from tests.changes.replaying import Target, duckdb_debezium, duckdb_plain, postgres_columns, postgres_plain
from tests.changes.streams import Files, changed, described
from tests.sinks.containers.servers import answers, database
from tests.sinks.everything import COLUMNS, everything
from tests.sinks.writing import written

TYPES = {"k": t.INT, **{name: dtype for name, (dtype, _) in COLUMNS.items()}}
ROWS = everything()
_History = list[list[tuple[Op, int, int | None]]]  # batches of (what, key, the row that it is then)


(TABLE,) = described("all", "things", TYPES, ("k",)).tables.values()
TARGET = Target.of(TABLE)


def history(seed: int, batches: int = 5) -> tuple[_History, dict[int, int]]:
    """Random changes, at most one of a row in a batch, and which row each key has in the end."""
    rng = np.random.default_rng(seed)
    state = {k: k for k in range(40)}
    made: _History = [[(Op.INSERT, k, row) for k, row in state.items()]]
    for batch in range(1, batches):
        keys = rng.permutation(list(state))
        cut = len(keys) // 3
        updates = [(Op.UPDATE, int(k), int(rng.integers(len(ROWS)))) for k in keys[:cut]]
        deletes = [(Op.DELETE, int(k), None) for k in keys[cut : cut + 4]]
        inserts = [(Op.INSERT, 100 * batch + i, int(rng.integers(len(ROWS)))) for i in range(5)]
        made.append([*inserts, *updates, *deletes])
        state |= {k: row for _, k, row in made[-1] if row is not None}
        state = {k: row for k, row in state.items() if (Op.DELETE, k, None) not in deletes}
    return made, state


def keyed(rows: list[tuple[int, int]]) -> pa.RecordBatch:
    """The rows, behind their keys."""
    keys = pa.array([k for k, _ in rows], pa.int64())
    taken = [c.take(pa.array([row for _, row in rows], pa.int64())) for c in ROWS.columns]
    schema = pa.schema([pa.field("k", pa.int64(), nullable=False), *ROWS.schema])
    return pa.record_batch([keys, *taken], schema=schema)


def written_files(form: ChangeFormat, made: _History, format: str, folder: Path) -> list[Path]:
    """The file of each batch."""
    dataset = described("all", "things", TYPES, ("k",))
    now: dict[int, int] = {}
    begin, paths = 1, []
    for number, batch in enumerate(made, 1):
        images = [(k, row) for _, k, new in batch for row in (now.get(k), new) if row is not None]
        places = {image: i for i, image in enumerate(images)}
        changes = [(op, places.get((k, now.get(k))), places.get((k, new))) for op, k, new in batch]
        files = Files(format)
        form.write(changed(dataset, keyed(images), changes, batch=number, begin=begin), files, {})
        paths.append(folder / f"{number}.{format}")
        paths[-1].write_bytes(files.made[""])
        now |= {k: new for _, k, new in batch if new is not None}
        begin += len(batch)
    return paths


def snapshot(state: dict[int, int], format: str, path: Path) -> Path:
    """The rows as a file."""
    rows = keyed(sorted(state.items()))
    path.write_bytes(written(format, [rows], rows.schema, types=TYPES))
    return path


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("form", ["plain", "debezium"])
def test_duckdb(form: str, seed: int, tmp_path: Path) -> None:
    made, state = history(seed)
    format = "parquet" if form == "plain" else "jsonl"
    files = written_files(change_format(form), made, format, tmp_path)
    first = snapshot({k: row for _, k, row in made[0] if row is not None}, "parquet", tmp_path / "first")
    last = snapshot(state, "parquet", tmp_path / "last")
    merge = duckdb_plain if form == "plain" else duckdb_debezium
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(f"CREATE TABLE things AS SELECT * FROM read_parquet('{first}')")
        for file in files[1:]:
            db.execute(merge(TARGET, str(file)))
        for one, other in (("things", f"'{last}'"), (f"'{last}'", "things")):
            sources = [f"read_parquet({x})" if x.startswith("'") else x for x in (one, other)]
            rows = db.execute(f"SELECT * FROM {sources[0]} EXCEPT SELECT * FROM {sources[1]}").fetchall()
            assert rows == []
        assert db.execute("SELECT count(*) FROM things").fetchone() == (len(state),)


@pytest.mark.skipif(not answers("postgresql"), reason="no PostgreSQL answers at 127.0.0.1:5432")
def test_postgresql(tmp_path: Path) -> None:
    made, state = history(4)
    files = written_files(change_format("plain"), made, "csv", tmp_path)
    first = snapshot({k: row for _, k, row in made[0] if row is not None}, "csv", tmp_path / "first")
    last = snapshot(state, "csv", tmp_path / "last")
    script = [f"CREATE TABLE things ({postgres_columns(TARGET)});", "CREATE TABLE wanted (LIKE things);"]
    script += [
        "CREATE TABLE things_changes (_op text, _seq bigint, _committed_at timestamptz, LIKE things, _before jsonb);"
    ]
    script += [f"\\copy things FROM '{first}' CSV HEADER", f"\\copy wanted FROM '{last}' CSV HEADER"]
    for file in files[1:]:
        script += ["TRUNCATE things_changes;", f"\\copy things_changes FROM '{file}' CSV HEADER"]
        script.append(postgres_plain(TARGET))
    script += [
        "SELECT count(*) FROM (TABLE things EXCEPT TABLE wanted) x;",
        "SELECT count(*) FROM (TABLE wanted EXCEPT TABLE things) x;",
        "SELECT count(*) FROM things;",
    ]
    with database("postgresql") as server:
        assert server.run("\n".join(script)).split() == ["0", "0", str(len(state))]
