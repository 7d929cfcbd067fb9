"""Streams of change records: those of the build, in the order of commits; what a checkpoint knows of them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specdsl
from specdsl.errors import DataError, EnvironmentFailure, UsageError
from specdsl.streaming import change_sources, stream
from specdsl.streaming.change_sources import ChangeSource
from specdsl.streaming.itinerary import Stretch
from specdsl.streaming.pacing import Stop
from specdsl.streaming.stream import Ending
from tests.changes.making import BANK
from tests.changes.specs import SHOP, TENANTS, TOTALS
from tests.streaming.changing import built, replayed, snapshot, streamed
from tests.streaming.servers import http_server

SPECS = {"shop": SHOP, "bank": BANK, "tenants": TENANTS, "totals": TOTALS}


@pytest.fixture(scope="module", params=SPECS)
def data(request: pytest.FixtureRequest) -> specdsl.Data:
    return specdsl.load(SPECS[request.param])


@pytest.fixture(scope="module")
def bank() -> specdsl.Data:
    return specdsl.load(BANK)


# --- the records are those of the build ----------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("plain", {}),
        ("debezium", {}),
        ("debezium", {"tombstones": True, "transactions": True, "decimals": "precise"}),
        ("debezium", {"keys": "member", "schemas": True, "tombstones": True}),
    ],
)
def test_the_bytes_of_the_build(
    data: specdsl.Data, tmp_path: Path, form: str, options: dict[str, Any]
) -> None:
    lines = built(data, tmp_path / "built", 3, changes=form, options=options)
    assert sum(map(len, lines.values())) > 100
    assert streamed(data, tmp_path / "sent", changes=form, options=options, batches=3) == lines


def test_how_it_is_cut_does_not_matter(
    data: specdsl.Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {"changes": "debezium", "options": {"tombstones": True}, "batches": 3}
    whole = streamed(data, tmp_path / "whole", **asked)
    monkeypatch.setattr(change_sources, "CHUNK", 7)
    monkeypatch.setattr(stream, "_LOAD", 5)
    monkeypatch.setattr(change_sources, "_KEPT", 1)
    assert streamed(data, tmp_path / "cut", **asked) == whole


def test_tables_are_chosen(data: specdsl.Data, tmp_path: Path) -> None:
    one = data.tables[1]
    whole = streamed(data, tmp_path / "all", changes="debezium", batches=2)
    assert streamed(data, tmp_path / "one", one, changes="debezium", batches=2)[one] == whole[one]
    assert {table for table, _ in data.stream(one, changes="debezium")} == {one}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_any_records_in_any_order(numbers: list[int]) -> None:
    found = specdsl.load(BANK).stream("accounts", changes="debezium", options={"tombstones": True}, batches=3)
    (source,) = found._core.sources
    assert isinstance(source, ChangeSource)
    rows = np.array(numbers, dtype=np.int64) % source.count
    whole = source.batch(0, source.count).column(0).to_pylist()
    assert source.take(rows).column(0).to_pylist() == [whole[row] for row in rows]


def test_commit_order(data: specdsl.Data) -> None:
    found = list(data.stream(changes="plain", batches=4))
    assert [record["_seq"] for _, record in found] == list(range(1, len(found) + 1))
    moments = [record["_committed_at"] for _, record in found]
    assert moments == sorted(moments)
    assert len({table for table, _ in found}) == len(data.tables)


def test_speed_replays_the_commits(bank: specdsl.Data) -> None:
    found = bank.stream(changes="plain", batches=3, speed="3600x")
    moments = [record["_committed_at"] for _, record in bank.stream(changes="plain", batches=3)]
    stretches = list(found._core.stretches(Ending()))
    due = np.concatenate([stretch.seconds for stretch in stretches])
    assert np.allclose(due, [(moment - moments[0]).total_seconds() / 3_600 for moment in moments])
    assert due[-1] == 48.0 / 1.0  # two days, an hour of them in a second


def test_a_tombstone_follows_its_delete(bank: specdsl.Data) -> None:
    asked: dict[str, Any] = {"tombstones": True, "keys": "member"}
    found = [message for _, message in bank.stream(changes="debezium", options=asked, batches=3)]
    deletes = [i for i, m in enumerate(found) if m["value"] is not None and m["value"]["op"] == "d"]
    assert len(deletes) > 5
    assert [found[i + 1] for i in deletes] == [{"key": found[i]["key"], "value": None} for i in deletes]
    assert sum(message["value"] is None for message in found) == len(deletes)


def test_replaying_comes_to_the_snapshot(data: specdsl.Data, tmp_path: Path) -> None:
    built(data, tmp_path / "built", 4, "parquet", changes="plain")
    messages = [json.dumps(message) for _, message in data.stream(changes="debezium", batches=4)]
    last = tmp_path / "built" / "4"
    assert replayed(data, messages, tmp_path, last) == snapshot(data, last)


@pytest.mark.parametrize(
    "disorder",
    [
        {"late": "20% up to 2s", "rate": "1000/s"},
        {"late": "30% up to 3d", "speed": "1000000x"},
        {"out_of_order": "30% up to 50 rows", "duplicates": "20% up to 300 rows"},
    ],
)
def test_disorder(
    bank: specdsl.Data, tmp_path: Path, disorder: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes late, twice or in the wrong order is what would have come; who goes by ``lsn`` ends with the
    same rows."""
    monkeypatch.setattr(change_sources, "_KEPT", 1)
    found = bank.stream(changes="debezium", batches=4, **disorder)
    found._core.request = found._core.request.__class__(
        **{f: getattr(found._core.request, f) for f in ("disorder", "seed", "order", "rate", "speed")}
    )
    lines = [
        text.decode() for load in found._core.loads("rows", Ending()) for _, text in load.texts(0, len(load))
    ]
    plain = [
        text.decode()
        for load in bank.stream(changes="debezium", batches=4)._core.loads("rows", Ending())
        for _, text in load.texts(0, len(load))
    ]
    assert lines != plain
    counts = Counter(lines)
    assert set(counts) == set(plain)
    assert (max(counts.values()) == 2) == ("duplicates" in disorder)
    built(bank, tmp_path / "built", 4, "parquet", changes="plain")
    last = tmp_path / "built" / "4"
    assert replayed(bank, lines, tmp_path, last) == snapshot(bank, last)


def texts(found: specdsl.api.streams.Stream) -> list[str]:
    """The messages of a stream, without waiting for them."""
    loads = found._core.loads("rows", Ending())
    return [text.decode() for load in loads for _, text in load.texts(0, len(load))]


# --- checkpoints ---------------------------------------------------------------------------------


def known(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a checkpoint knows but where batches went."""
    with duckdb.connect(str(path), read_only=True) as database:
        names = [name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        found = {}
        for name in names:
            columns = "* EXCLUDE folder" if name == "batches" else "*"
            query = f'SELECT {columns} FROM "{name}"'
            found[name] = sorted(database.execute(query).fetchall(), key=repr)
        return found


def test_a_checkpoint_knows_what_it_would_know_of_a_build(data: specdsl.Data, tmp_path: Path) -> None:
    by_build = specdsl.Checkpoint(tmp_path / "built.duckdb")
    by_stream = specdsl.Checkpoint(tmp_path / "sent.duckdb")
    for number in range(1, 5):
        data.build(tmp_path / f"b{number}", "jsonl", checkpoint=by_build, changes="debezium", verify="off")
    first = data.stream(changes="debezium", checkpoint=by_stream).send(str(tmp_path / "s1"))
    assert (first.batches, first.recorded) == ((1, 1), True)
    assert known(tmp_path / "built.duckdb") != known(tmp_path / "sent.duckdb")
    more = data.stream(changes="debezium", checkpoint=by_stream, batches=3).send(str(tmp_path / "s2"))
    assert (more.batches, more.recorded) == ((2, 4), True)
    assert more.delivery.notes == [f"batches 2 to 4 are in {by_stream.name} now"]
    assert known(tmp_path / "built.duckdb") == known(tmp_path / "sent.duckdb")
    assert [batch.folder for batch in by_stream.batches()] == [str(tmp_path / "s1")] + 3 * [
        str(tmp_path / "s2")
    ]
    # What is built behind a stream is what is built behind a build, and is verified.
    for checkpoint, folder in ((by_build, "b5"), (by_stream, "s5")):
        assert data.build(tmp_path / folder, "jsonl", checkpoint=checkpoint, changes="debezium").ok
    for name in data.tables:
        a, b = (tmp_path / folder / f"{name}.jsonl" for folder in ("b5", "s5"))
        assert a.exists() == b.exists()
        assert not a.exists() or a.read_bytes() == b.read_bytes()


def test_only_what_was_sent_whole_counts(bank: specdsl.Data, tmp_path: Path) -> None:
    path = tmp_path / "state.duckdb"
    checkpoint = specdsl.Checkpoint(path)
    assert bank.build(tmp_path / "1", checkpoint=checkpoint, changes="plain", verify="off").ok
    before = known(path)

    def stream_of(**asked: Any) -> specdsl.api.streams.Stream:
        return bank.stream(changes="debezium", checkpoint=checkpoint, **asked)

    few = stream_of(rows=3).send(str(tmp_path / "few"))
    assert (few.ended, few.recorded) == ("rows", False)
    assert few.delivery.notes == [
        f"`{path}` stays at batch 1, since not all was sent: the next stream begins with batch 2 again"
    ]
    stop = Stop()
    stop.set("interrupted")
    assert stream_of(rate="10/s").send(str(tmp_path / "stopped"), stop=stop).recorded is False
    for _ in stream_of():
        break
    with http_server(lambda n: 400 if n == 2 else 200) as server:  # one record is refused
        refused = stream_of().send(f"http://127.0.0.1:{server.port}/")
    assert (refused.ended, refused.recorded, refused.delivery.failed) == ("end", False, 1)
    nobody = stream_of()
    with pytest.raises(EnvironmentFailure):
        nobody.send("http://127.0.0.1:9/")
    assert nobody.unfinished is not None
    assert (nobody.unfinished.batches, nobody.unfinished.recorded) == ((2, 2), False)
    assert nobody.unfinished.delivery.notes == few.delivery.notes
    assert known(path) == before
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("state")) == ["state.duckdb"]
    messages = [message for _, message in stream_of()]
    assert {message["source"]["txId"] for message in messages} == {2}
    assert [batch.folder for batch in checkpoint.batches()][1] == "a loop in Python"


@pytest.mark.parametrize("disorder", [{}, {"duplicates": "10%", "out_of_order": "5%"}])
def test_as_many_as_there_are_is_all(bank: specdsl.Data, tmp_path: Path, disorder: dict[str, str]) -> None:
    count = bank.stream(changes="plain").available
    for rows, ended in ((count - 1, "rows"), (count, "end")):
        stream = bank.stream(changes="plain", checkpoint=specdsl.Checkpoint(), rows=rows, **disorder)  # type: ignore[arg-type]
        made = stream.send(str(tmp_path / ended))
        assert (made.ended, made.recorded) == (ended, ended == "end")
    for rows, recorded in ((count - 1, 0), (count, 1)):
        checkpoint = specdsl.Checkpoint()
        assert len(list(bank.stream(changes="plain", checkpoint=checkpoint, rows=rows))) == rows
        assert len(checkpoint.batches()) == recorded


def test_async_loops_count_too(bank: specdsl.Data) -> None:
    checkpoint = specdsl.Checkpoint()

    async def run() -> int:
        return len([item async for item in bank.stream(changes="plain", checkpoint=checkpoint)])

    assert asyncio.run(run()) == len(list(bank.stream(changes="plain")))
    assert len(checkpoint.batches()) == 1


def test_a_stream_is_for_its_batch(bank: specdsl.Data, tmp_path: Path) -> None:
    checkpoint = specdsl.Checkpoint(tmp_path / "state.duckdb")
    found = bank.stream(changes="plain", checkpoint=checkpoint)
    assert bank.build(tmp_path / "1", checkpoint=checkpoint, changes="plain", verify="off").ok
    with pytest.raises(DataError, match="is number 2 by now, and this is number 1"):
        found.send(str(tmp_path / "sent"))
    second = iter(bank.stream(changes="plain", checkpoint=checkpoint))
    next(second)
    with pytest.raises(EnvironmentFailure, match="another build or stream is working"):
        bank.build(tmp_path / "2", checkpoint=checkpoint, changes="plain")
    second.close()  # type: ignore[attr-defined]
    assert bank.build(tmp_path / "2", checkpoint=checkpoint, changes="plain", verify="off").ok


def test_rows_and_clock_of_a_batch(bank: specdsl.Data, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    checkpoint = specdsl.Checkpoint()
    list(bank.stream(changes="plain", checkpoint=checkpoint))
    moment = datetime(2025, 7, 1, tzinfo=UTC)
    found = list(bank.stream(changes="plain", checkpoint=checkpoint, now=moment, more={"customers": 50}))
    new = [record for table, record in found if table == "customers" and record["_op"] == "insert"]
    assert len(new) == 50
    assert found[-1][1]["_committed_at"] == moment
    with pytest.raises(UsageError, match="rows to add can be given for one batch"):
        bank.stream(changes="plain", checkpoint=checkpoint, batches=2, more={"customers": 50})


# --- what makes no sense -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "to", "message"),
    [
        ({"changes": "scd2"}, "", "scd2 is the history of each row"),
        ({"changes": "debezuim"}, "", "there is no form `debezuim`"),
        ({"changes": "plain", "time": "joined"}, "", "come in the order of their commits"),
        ({"changes": "plain", "batches": 0}, "", "`batches` is a whole number from 1, not 0"),
        ({"batches": 2}, "", "are of change records"),
        ({"options": {"tombstones": True}}, "", "are of change records"),
        (
            {"changes": "plain", "options": {"tombstones": True}},
            "",
            "`tombstones`, which belongs to debezium",
        ),
        ({"changes": "debezium", "options": {"x": 1}}, "", "`debezium` has no option `x`"),
        ({"changes": "plain", "options": {"level": 1}}, "", "`plain` has no option `level`"),
        ({"changes": "debezium"}, "options", "`keys` is an option of debezium, not of standard output"),
        ({"changes": "debezium", "options": {"keys": "file"}}, "", "for the files of a build"),
        ({"changes": "debezium", "rate": "5/s", "speed": "1x"}, "", "two paces"),
        ({"changes": "debezium", "late": "5%"}, "", "need a pace"),
        ({"changes": "debezium"}, "kafka://127.0.0.1:9/?key", "keys of their own"),
        ({"changes": "debezium"}, "parts.csv", "csv is not"),
        ({"changes": "debezium"}, "envelope", "name their table already"),
    ],
)
def test_refusals(bank: specdsl.Data, tmp_path: Path, asked: dict[str, Any], to: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        found = bank.stream(*(() if "changes" in asked else ("customers",)), **asked)
        if to == "parts.csv":
            found.send(str(tmp_path), format="csv")
        elif to == "envelope":
            found.send("-", envelope=True)
        elif to == "options":
            found.send("-", options={"keys": "member"})
        elif to:
            pytest.importorskip("confluent_kafka")
            found.send("kafka://127.0.0.1:9/", options={"key": "id"})


def test_tables_without_changes() -> None:
    some = specdsl.load(
        'dataset d { seed 1 }\ntable a 3 { id int key }\ntable b = sql("select count(*) as n from a")\n'
    )
    with pytest.raises(UsageError, match="`b` is made by SQL over all rows"):
        some.stream("b", changes="plain")
    found = some.stream(changes="plain")
    assert [table for table, _ in found] == ["a"] * 3
    assert "note: `b` is made by SQL over all rows, and has no change records" in found.notes
    with pytest.raises(DataError, match="batch 2 would have no rows"):
        some.stream(changes="plain", batches=2)
    edgy = specdsl.load("dataset d { seed 1 }\ntable a 3 { id int key }\n", edge=0.5)
    with pytest.raises(UsageError, match="--edge does not go with --changes"):
        edgy.stream(changes="plain")


def test_stretches_are_joined() -> None:
    one = Stretch(np.zeros(2, np.int16), np.arange(2), np.zeros(2), np.zeros(2, np.uint8))
    assert Stretch.joined([one, one]).rows.tolist() == [0, 1, 0, 1]
