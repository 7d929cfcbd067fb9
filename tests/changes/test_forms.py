"""Forms of change records as a build is asked for them: formats, options, what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import specdsl
from specdsl.building.finding import find_tables
from specdsl.building.manifest import read_manifest
from specdsl.changes.formats.registry import change_format
from specdsl.changes.names import CHANGE_FORMS, USUAL_FORMATS
from specdsl.errors import DataError, UsageError
from specdsl.sinks.registry import SINKS

SPEC = """
dataset shop { seed 3, now 2025-01-01T00:00:00Z, per batch 1d }

table users 20 grows 2 per batch {
  id   int    key
  city string = "Rome" | "Oslo"

  changes {
    update 5 rows set city
    delete 2 rows
  }
}

table tags 3 {
  id    int key
  label string = "a" | "b"
}
"""


@pytest.fixture
def build(tmp_path: Path):
    """Makes the next batch; gives its folder."""
    checkpoint = specdsl.Checkpoint()

    def made(spec: str = SPEC, **options: object) -> Path:
        folder = tmp_path / f"batch{len(checkpoint.batches()) + 1}"
        assert specdsl.load(spec).build(folder, checkpoint=checkpoint, verify="off", **options).ok  # type: ignore[arg-type]
        return folder

    return made


def test_names_are_those_of_the_registry() -> None:
    for name in CHANGE_FORMS:
        form = change_format(name)
        assert form.name == name
        for sink in SINKS.values():
            assert not form.options.keys() & sink.options.keys()


def test_messages_of_debezium_are_compressed_as_asked(build) -> None:
    build(changes="debezium")
    folder = build(
        changes="debezium", compression="gzip", options={"tombstones": True, "keys": "file", "level": 9}
    )
    lines = gzip.decompress((folder / "users.jsonl.gz").read_bytes()).decode().splitlines()
    keys = gzip.decompress((folder / "users.keys.jsonl.gz").read_bytes()).decode().splitlines()
    ops = [json.loads(line) and json.loads(line)["op"] for line in lines]
    assert ops == ["c"] * 2 + ["u"] * 5 + ["d", None] * 2
    assert len(keys) == len(lines)
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest.changes is not None
    assert (manifest.changes.form, dict(manifest.changes.options)) == (
        "debezium",
        {"keys": "file", "tombstones": True},
    )
    assert dict(manifest.options) == {"level": 9}
    assert manifest.tables["users"].rows == len(lines)
    assert {p.name for p in folder.iterdir()} == {"manifest.json", "users.jsonl.gz", "users.keys.jsonl.gz"}


def test_numbers_go_on_over_tables_and_batches(build) -> None:
    folders = [build(changes="debezium") for _ in range(3)]
    found = [
        json.loads(line)["source"]
        for folder in folders
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    assert sorted(s["lsn"] for s in found) == list(range(1, len(found) + 1))
    places = {s["snapshot"] for s in found if s["txId"] == 1}
    assert places == {"first", "last", "true", "first_in_data_collection", "last_in_data_collection"}
    assert {s["snapshot"] for s in found if s["txId"] > 1} == {"false"}
    ends = {s["txId"]: max(o["lsn"] for o in found if o["txId"] == s["txId"]) for s in found}
    for source in found:
        committed, own = json.loads(source["sequence"])
        assert committed == (None if source["txId"] == 1 else str(ends[source["txId"] - 1]))
        assert own == str(source["lsn"])


@pytest.mark.parametrize("format", [name for name in SINKS if name != "json"])
def test_histories_go_into_every_format_and_have_all_tables(format: str, build) -> None:
    build(changes="scd2", format=format)
    folder = build(changes="scd2", format=format)
    names = {p.name.split(".")[0] for p in folder.iterdir()}
    assert names == {"manifest", "users", "tags"}
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest.tables["users"].rows == 20 + 2 + 5
    assert manifest.tables["tags"].rows == 3


def test_a_clock_that_stands_still_leaves_the_last_of_all_versions(build) -> None:
    spec = SPEC.replace(", per batch 1d", "")
    for _ in range(3):
        folder = build(spec, changes="scd2")
    rows = pq.read_table(folder / "users.parquet").to_pylist()
    assert len(rows) == 20 + 2 * 2 - 2 * 2
    assert {(r["is_current"], r["version"], r["valid_to"]) for r in rows} == {(True, 1, None)}


def test_a_column_that_is_new_is_there_in_old_versions(build) -> None:
    build(changes="scd2")
    build(changes="scd2")
    folder = build(SPEC.replace('"Oslo"\n', '"Oslo"\n  age int = 18..90\n', 1), changes="scd2")
    rows = pq.read_table(folder / "users.parquet").to_pylist()
    assert all(18 <= r["age"] <= 90 for r in rows)
    assert {r["version"] for r in rows} >= {1, 2}


def test_what_is_added_must_not_be_there(build) -> None:
    spec = SPEC.replace("city string", "Valid_To string").replace("set city", "set Valid_To")
    with pytest.raises(UsageError, match="adds `valid_to` to `users`"):
        build(spec, changes="scd2")
    folder = build(spec, changes="scd2", options={"prefix": "scd_"})
    assert pq.read_schema(folder / "users.parquet").names[-4:] == [
        "scd_valid_from",
        "scd_valid_to",
        "scd_is_current",
        "scd_version",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"changes": "debezium", "format": "csv"}, "messages of Debezium are JSON, and csv is not"),
        ({"changes": "debezium", "options": {"keys": "some"}}, "option `keys` of `--changes debezium`"),
        ({"changes": "debezium", "options": {"shemas": True}}, "no option `shemas`"),
        ({"changes": "plain", "options": {"keys": "file"}}, "`parquet` has no option `keys`"),
        ({"changes": "scd2", "options": {"prefix": "1"}}, "is not a value of option `prefix`"),
        ({"options": {"prefix": "a"}}, "`parquet` has no option `prefix`"),
    ],
)
def test_what_is_refused(options: dict, message: str, build) -> None:
    with pytest.raises(UsageError) as caught:
        build(**options)
    assert message in caught.value.message


@pytest.mark.parametrize("form", CHANGE_FORMS)
def test_change_records_are_not_taken_for_tables(form: str, build) -> None:
    folder = build(changes=form, format=USUAL_FORMATS.get(form, "csv"))
    with pytest.raises(DataError, match="has change records"):
        find_tables(specdsl.load(SPEC).dataset, folder)
