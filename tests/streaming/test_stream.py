"""Streams: the rows are those of a build, in the order and at the pace that is declared."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import specdsl
from specdsl.errors import DataError, UsageError
from specdsl.streaming import itinerary
from specdsl.streaming.loads import loaded
from specdsl.streaming.pacing import Pacer, Stop
from specdsl.streaming.stream import Ending

SPEC = """
dataset d { seed 5 }
table users 500 { id int key, name string = full_name(), joined date in 2025-01-01..2025-02-01 }
table events 30_000 {
  id int key
  user_id -> users
  kind string = "click" 70% | "view"
  tags list<string>[0..2] = word()
  at timestamp? 1% null in 2025-01-01..2025-02-01
}
table steps { event_id -> events each 0..2, n int = index_in(event_id), at timestamp = 2025-01-01 + 1m * row }
table kinds = sql("select kind, count(*) as n, max(id) as latest from events group by kind order by kind")
"""


@pytest.fixture(scope="module")
def data() -> specdsl.Data:
    return specdsl.load(SPEC)


@pytest.fixture(scope="module")
def built(data: specdsl.Data, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("built")
    assert data.build(folder, "jsonl").ok
    return {name: (folder / f"{name}.jsonl").read_bytes() for name in data}


def sent(data: specdsl.Data, folder: Path, *tables: str, **asked: Any) -> dict[str, bytes]:
    """What a stream writes into one file a table."""
    data.stream(*tables, **asked).send(str(folder))
    return {name: (folder / f"{name}-00001.jsonl").read_bytes() for name in tables}


def lines(text: bytes) -> Counter[bytes]:
    return Counter(text.splitlines())


# --- the rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["users", "events", "steps", "kinds"])
def test_the_bytes_of_the_build(
    data: specdsl.Data, built: dict[str, bytes], tmp_path: Path, table: str
) -> None:
    assert sent(data, tmp_path / "fast", table)[table] == built[table]
    assert sent(data, tmp_path / "paced", table, rate="400000/s")[table] == built[table]


@pytest.mark.parametrize(
    "disorder",
    [
        {"late": "20% up to 50ms"},
        {"out_of_order": "30% up to 500 rows"},
        {"late": "5% up to 1h", "out_of_order": "5%"},
    ],
)
def test_disorder_keeps_the_rows(
    data: specdsl.Data, built: dict[str, bytes], tmp_path: Path, disorder: dict[str, str]
) -> None:
    made = sent(data, tmp_path / "a", "events", rate="300000/s", **disorder)["events"]
    assert made != built["events"]
    assert lines(made) == lines(built["events"])
    assert sent(data, tmp_path / "b", "events", rate="300000/s", **disorder)["events"] == made
    other = specdsl.load(SPEC, seed=6)
    rows = sent(other, tmp_path / "c", "events", rate="300000/s", **disorder)["events"]
    assert [json.loads(r)["id"] for r in rows.splitlines()] != [
        json.loads(r)["id"] for r in made.splitlines()
    ]


def test_duplicates_are_the_rows_again(data: specdsl.Data, built: dict[str, bytes], tmp_path: Path) -> None:
    made = data.stream("events", duplicates="10% up to 20 rows").send(str(tmp_path))
    found = (tmp_path / "events-00001.jsonl").read_bytes()
    counts = lines(found)
    assert set(counts) == set(lines(built["events"]))
    twice = sum(n == 2 for n in counts.values())
    assert twice == made.duplicates == made.total - 30_000
    assert twice == pytest.approx(3_000, rel=0.06)
    assert max(counts.values()) == 2
    places: dict[bytes, list[int]] = {}
    for at, line in enumerate(found.splitlines()):
        places.setdefault(line, []).append(at)
    gaps = [p[1] - p[0] for p in places.values() if len(p) == 2]
    assert min(gaps) == 1
    assert 20 <= max(gaps) <= 26  # other copies may stand between


def test_late_rows_are_late_by_so_much(data: specdsl.Data) -> None:
    stream = data.stream("events", rate="1000/s", late="10% up to 5s")._core
    stretches = list(stream.stretches(Ending()))
    rows = np.concatenate([s.rows for s in stretches])
    kinds = np.concatenate([s.kinds for s in stretches])
    due = np.concatenate([s.seconds for s in stretches])
    assert np.allclose(due, np.arange(30_000) / 1_000)  # the pace is what was asked for
    behind = due - rows / 1_000
    assert behind[kinds == itinerary.LATE].max() == pytest.approx(5, abs=0.5)
    assert behind[kinds == itinerary.LATE].mean() == pytest.approx(2.3, abs=0.3)
    assert np.count_nonzero(kinds == itinerary.LATE) == pytest.approx(3_000, rel=0.06)
    assert np.all(np.diff(rows[kinds == itinerary.PLAIN]) > 0)


def test_out_of_order_rows_move_by_so_many(data: specdsl.Data) -> None:
    stream = data.stream("events", out_of_order="5% up to 30 rows")._core
    rows = np.concatenate([s.rows for s in stream.stretches(Ending())])
    moved = np.arange(30_000) - rows
    assert sorted(rows.tolist()) == list(range(30_000))
    assert 25 <= moved.max() <= 30
    assert moved.min() < 0


# --- order ---------------------------------------------------------------------------------------


def moment(record: dict[str, Any]) -> str:
    found = record.get("at") or record.get("joined")
    return str(found)[:10] if found else "9999"


def test_tables_are_interleaved_by_time(data: specdsl.Data, built: dict[str, bytes], tmp_path: Path) -> None:
    made = list(data.stream("users", "events", "steps"))
    days = [moment(record) for _, record in made]
    assert days == sorted(days)
    counts = Counter(name for name, _ in made)
    assert counts == {name: len(built[name].splitlines()) for name in ("users", "events", "steps")}
    files = sent(data, tmp_path, "users", "events", "steps")
    for name, text in files.items():
        assert lines(text) == lines(built[name])
    assert files["steps"] == built["steps"]  # in order already


def test_rows_of_one_moment_are_in_the_order_of_rows(data: specdsl.Data) -> None:
    seen: dict[Any, int] = {}
    for _, record in data.stream("users", time="joined"):
        assert seen.get(record["joined"], 0) < record["id"]
        seen[record["joined"]] = record["id"]
    assert len(seen) > 20


def test_a_replay_has_the_pace_of_the_data(data: specdsl.Data) -> None:
    stream = data.stream("events", speed="1000000x")._core
    stretches = list(stream.stretches(Ending()))
    due = np.concatenate([s.seconds for s in stretches])
    rows = np.concatenate([s.rows for s in stretches])
    times = data["events"].to_arrow()["at"].combine_chunks().cast(pa.int64()).take(pa.array(rows))
    known = np.asarray(times.is_valid())
    moments = np.asarray(times.fill_null(0))
    assert np.allclose(due[known], (moments[known] - moments[0]) / 1e6 / 1e6)
    assert not known[-200:].any()  # rows without a moment come last
    assert due[-1] == due[known][-1]


def test_late_in_a_replay_is_in_the_time_of_the_data(data: specdsl.Data) -> None:
    stream = data.stream("events", speed="1000000x", late="10% up to 1d")._core
    stretches = list(stream.stretches(Ending()))
    kinds = np.concatenate([s.kinds for s in stretches])
    rows = np.concatenate([s.rows for s in stretches])
    due = np.concatenate([s.seconds for s in stretches])
    assert np.all(np.diff(due) >= 0)
    plain = np.concatenate(
        [
            np.stack([s.rows, s.seconds])
            for s in data.stream("events", speed="1000000x")._core.stretches(Ending())
        ],
        axis=1,
    )
    own = np.empty(30_000)
    own[plain[0].astype(int)] = plain[1]
    behind = (due - own[rows]) * 1_000_000
    assert 80_000 < behind[kinds == itinerary.LATE].max() <= 86_401
    assert behind[kinds == itinerary.PLAIN].max() < 1


def test_how_many(data: specdsl.Data) -> None:
    assert [r["id"] for _, r in data.stream("events", rows=3)] == [1, 2, 3]
    assert list(data.stream("events", rows=0)) == []
    assert len(list(data.stream("users", rows=10_000))) == 500
    rows = [r for _, r in data.stream("events", rate="1000/s", duration=0.25)]
    assert len(rows) == 250


def test_the_first_rows_are_all_there_however_late(data: specdsl.Data) -> None:
    """Disorder moves and repeats the rows that were asked for; it brings no others in their stead."""
    for disorder in ({"late": "20% up to 1h"}, {"out_of_order": "20% up to 90 rows"}):
        made = [r["id"] for _, r in data.stream("events", rate="20000/s", rows=1_000, **disorder)]  # type: ignore[arg-type]
        assert sorted(made) == list(range(1, 1_001))
        assert made != sorted(made)
    twice = Counter(r["id"] for _, r in data.stream("events", rows=1_000, duplicates="10% up to 2_000 rows"))
    assert set(twice) == set(range(1, 1_001))
    assert set(twice.values()) == {1, 2}


# --- the pace ------------------------------------------------------------------------------------


class FakeClock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_pacer_sends_what_is_due_and_no_more(data: specdsl.Data) -> None:
    core = data.stream("events", rate="100/s", rows=200)._core
    (stretch,) = core.stretches(Ending())
    load = loaded(core.sources, stretch, "")
    clock = FakeClock()
    pacer = Pacer(clock)
    sent_at = np.empty(200)
    for step in pacer.steps(load):
        if isinstance(step, slice):
            assert np.all(load.due[step] <= clock.now - 100)
            sent_at[step] = clock.now - 100
            clock.now += 0.5 if step.start == 100 else 0.0001  # the target hangs once
        else:
            clock.now += step
    lateness = sent_at - load.due
    assert lateness[:100].max() < 0.003
    assert lateness[101:120].max() == pytest.approx(0.49, abs=0.02)  # told as late, and made up for
    assert lateness[160:].max() < 0.003
    assert sent_at[-1] == pytest.approx(1.99, abs=0.01)


def test_the_rate_is_kept(data: specdsl.Data, tmp_path: Path) -> None:
    made = data.stream("events", rate="2000/s", duration="1.5s").send(str(tmp_path))
    assert made.total == 3_000
    assert made.asked == pytest.approx(2_000)
    assert made.rate == pytest.approx(2_000, rel=0.05)  # within 1 % on a quiet machine: see benchmarks/
    assert made.ended == "duration"
    assert made.lateness is not None and made.lateness.p50 < 0.1


def test_a_stream_can_be_stopped(data: specdsl.Data, tmp_path: Path) -> None:
    stop = Stop()
    threading.Timer(2, stop.set, ["interrupted"]).start()
    begun = time.monotonic()
    made = data.stream("events", rate="1/h").send(str(tmp_path), stop=stop)
    assert time.monotonic() - begun < 20
    assert made.ended == "interrupted"
    assert len((tmp_path / "events-00001.jsonl").read_text().splitlines()) == 1


def test_loops(data: specdsl.Data) -> None:
    stream = data.stream("users", "events", rate="5000/s", rows=300, time={"users": "joined", "events": "at"})

    async def collect() -> list[tuple[str, dict[str, Any]]]:
        return [item async for item in stream]

    begun = time.monotonic()
    looped = list(stream)
    assert time.monotonic() - begun > 0.05
    assert len(looped) == 300
    assert asyncio.run(collect()) == looped


def test_a_loop_that_is_left_leaves_no_thread(data: specdsl.Data) -> None:
    for n, _ in enumerate(data.stream("events")):
        if n == 5:
            break
    deadline = time.monotonic() + 5
    while any(t.name == "specdsl-stream" for t in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(t.name == "specdsl-stream" for t in threading.enumerate())


# --- failures ------------------------------------------------------------------------------------


def test_a_row_that_cannot_be_made_ends_it(tmp_path: Path) -> None:
    data = specdsl.load("table t 60_000 { id int key, n int = row * 320_000_000_000_000 }")
    with pytest.raises(specdsl.SpecError, match="DG5"):
        data.stream("t").send(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(specdsl.SpecError):
        list(data.stream("t"))


def test_parts_that_are_there_are_kept(data: specdsl.Data, tmp_path: Path) -> None:
    data.stream("users").send(str(tmp_path), every="200rows")
    with pytest.raises(DataError, match="has parts of `users` already"):
        data.stream("users").send(str(tmp_path))
    (tmp_path / ".users-00009.jsonl.unfinished").write_text("half")  # of a stream that was killed
    made = data.stream("users", rows=10).send(str(tmp_path), append=True)
    assert [Path(p).name for p in made.delivery.parts] == ["users-00004.jsonl"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"users-0000{n}.jsonl" for n in range(1, 5)]


def test_parts_by_time(data: specdsl.Data, tmp_path: Path) -> None:
    made = data.stream("events", rate="1000/s", rows=900).send(str(tmp_path), every="300ms", format="parquet")
    assert len(made.delivery.parts) in (3, 4)
    assert sum(pq.read_metadata(path).num_rows for path in made.delivery.parts) == 900


@pytest.mark.parametrize(
    ("tables", "asked", "told"),
    [
        ((), {}, "name one of users"),
        (("event",), {}, "did you mean `events`"),
        (("kinds", "users"), {"time": {"kinds": "kind"}}, "no timestamp or date"),
        (("users",), {"time": "joind"}, "did you mean `joined`"),
        (("events",), {"rate": "1/s", "speed": "1x"}, "two paces"),
        (("events",), {"late": "1%"}, "need a pace"),
        (("events",), {"rows": -1}, "number of rows"),
        (("events",), {"duration": "long"}, "takes a duration"),
        (("events",), {"duration": -1}, 'such as 90, or a text such as "1h", not -1'),
        (("events",), {"rate": True}, 'such as 500, or a text such as "500/m"'),
        (("events",), {"rate": ["1/s"]}, 'such as 500, or a text such as "500/m"'),
        (("events",), {"rate": 0}, "no row is ever due"),
        (("events",), {"rate": 100, "late": 0.02}, 'such as "2%" or "2% up to 10m", not 0.02'),
        (("events",), {"duplicates": 1}, 'such as "1%" or "1% up to 50 rows", not 1'),
        (("events",), {"out_of_order": ["5%"]}, 'such as "5%" or "5% up to 20 rows", not'),
        (("events",), {"time": 5}, 'such as "at", or one for each table, such as {"events": "at"}, not 5'),
        (("events",), {"time": ["at"]}, "not ['at']"),
        (("events",), {"rows": "5"}, "a number of rows, such as 1_000, not '5'"),
        (("events",), {"day": "morning"}, "seconds since midnight"),
        ((5,), {}, "there is no table `5`"),
        (("users",), {"changes": "plain", "options": "keys"}, "a dict of options by name"),
    ],
)
def test_wrong_requests(
    data: specdsl.Data, tables: tuple[str, ...], asked: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError) as failure:
        data.stream(*tables, **asked)
    assert told in f"{failure.value.message} {failure.value.help}"


@pytest.mark.parametrize("rate", [1_000, 1_000.0, np.int64(1_000)])
def test_a_number_is_a_rate_a_second(data: specdsl.Data, rate: float) -> None:
    said = [data.stream("events", rate=r)._core.request.rate for r in (rate, "1000/s")]
    assert said[0] is not None and said[1] is not None
    assert (said[0].text, said[0].usual) == (said[1].text, said[1].usual)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"every": 5}, '`every` is a text such as "60s" or "10_000rows", not 5'),
        ({"to": 5}, "`to` is a folder or an address"),
        ({"format": 5}, 'such as "parquet"'),
        ({"options": ["key"]}, "a dict of options by name"),
        ({"headers": "X: y"}, "a dict of texts by name"),
    ],
)
def test_wrong_places_to_send_to(
    data: specdsl.Data, asked: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as failure:
        data.stream("users").send(**{"to": tmp_path, **asked})
    assert told in failure.value.message
    assert list(tmp_path.iterdir()) == []


def test_tables_need_one_column_of_moments() -> None:
    data = specdsl.load("table a 3 { id int key }\ntable b 3 { t timestamp = now, u timestamp = now }")
    with pytest.raises(UsageError, match="no column of timestamps"):
        data.stream("a", speed="1x")
    with pytest.raises(UsageError, match="several columns of moments"):
        data.stream("b", speed="1x")


def test_what_is_not_spoiled_is_told(tmp_path: Path) -> None:
    spec = "table t 20 { id int key, name string = word()\n typos(name) 2 rows\n duplicate rows 10% }\ntable u 2 { id int key }"
    data = specdsl.load(spec)
    stream = data.stream("t")
    assert stream.notes == [
        "note: rows of `t` are sent as they are before they are spoiled: only builds do that"
    ]
    clean = data.build(tmp_path, format="jsonl", clean=True)
    assert clean.ok
    assert [record for _, record in stream] == [
        json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()
    ]
    assert data.stream("u").notes == []
