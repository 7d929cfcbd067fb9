"""``specdsl stream`` as a process: pipes, signals, statuses, what it says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import environment, process
from tests.streaming.servers import http_server

SPEC = """
dataset d { seed 5 }
table users 50 { id int key, joined timestamp in 2025-01-01..2025-02-01 }
table events 100_000 { id int key, user_id -> users, at timestamp in 2025-01-01..2025-02-01 }
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "d.dgen"
    path.write_text(SPEC, "utf-8")
    return path


def started(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "specdsl", "stream", *arguments]
    return subprocess.Popen(
        command, cwd=cwd, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_rows_and_summary(spec: Path) -> None:
    ran = process("stream", "d.dgen", "-t", "events", "--rate", "1000/s", "--rows", "100", cwd=spec.parent)
    assert ran.status == 0
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == list(range(1, 101))
    first, *rest = ran.err.splitlines()
    assert first.startswith("events: 100 rows in ")
    assert first.endswith(" to standard output; as many rows as asked for")
    assert [line.split()[0] for line in rest] == ["rate", "pacing"]


def test_quiet_and_json(spec: Path) -> None:
    ran = process("stream", "d.dgen", "-t", "users", "-q", cwd=spec.parent)
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 50
    ran = process("stream", "d.dgen", "-t", "users", "--json", cwd=spec.parent)
    assert json.loads(ran.err)["rows"] == {"users": 50}
    ran = process("stream", "d.dgen", "-t", "users", "--to", "parts", "--json", cwd=spec.parent)
    assert json.loads(ran.out)["files"] == ["parts/users-00001.jsonl"]


def test_several_tables_name_theirs(spec: Path) -> None:
    ran = process("stream", "d.dgen", "-t", "users", "-t", "events", "--rows", "500", cwd=spec.parent)
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert {tuple(message) for message in found} == {("table", "row")}
    moments = [m["row"].get("at") or m["row"]["joined"] for m in found]
    assert [m[:19] for m in moments] == sorted(m[:19] for m in moments)


def test_fewer_rows_than_asked_for(spec: Path) -> None:
    ran = process("stream", "d.dgen", "-t", "users", "--rows", "80", cwd=spec.parent)
    assert ran.status == 0
    assert "warning: there are 50 rows, not 80; --rows TABLE=N or --scale makes more" in ran.err
    more = process("stream", "d.dgen", "-t", "users", "--rows", "80", "--rows", "users=90", cwd=spec.parent)
    assert len(more.out.splitlines()) == 80
    assert more.out.splitlines()[:50] == ran.out.splitlines()


def test_a_closed_pipe(spec: Path) -> None:
    with started("d.dgen", "-t", "events", "--rate", "5000/s", cwd=spec.parent) as running:
        assert running.stdout is not None and running.stderr is not None
        assert json.loads(running.stdout.readline())["id"] == 1
        running.stdout.close()
        told = running.stderr.read().decode()
    assert running.returncode == 0
    assert "nobody reads it any more" in told
    assert "Traceback" not in told and "Exception" not in told


@pytest.mark.parametrize(("number", "status", "why"), [(2, 130, "interrupted"), (15, 143, "terminated")])
def test_signals_end_it_in_good_order(spec: Path, number: int, status: int, why: str) -> None:
    with started("d.dgen", "-t", "events", "--rate", "2000/s", cwd=spec.parent) as running:
        assert running.stdout is not None and running.stderr is not None
        for _ in range(100):
            running.stdout.readline()
        time.sleep(0.2)
        running.send_signal(number)
        rest = running.stdout.read()
        told = running.stderr.read().decode()
    assert running.returncode == status
    assert rest.endswith(b"}\n")
    assert json.loads(rest.splitlines()[0])["id"] == 101
    assert f"; {why}\n" in told
    assert "Traceback" not in told


def test_an_interrupt_finishes_the_part(spec: Path) -> None:
    folder = spec.parent / "parts"
    running = started(
        "d.dgen", "-t", "events", "--rate", "1000/s", "--to", "parts", "-f", "parquet", cwd=spec.parent
    )
    deadline = time.monotonic() + 60
    while not list(folder.glob(".*unfinished")) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert [path.name for path in folder.iterdir()] == ["events-00001.parquet"]
    import pyarrow.parquet as pq

    rows = pq.read_metadata(folder / "events-00001.parquet").num_rows
    assert f"events: {rows:,} rows in" in told.decode()


def test_a_row_that_cannot_be_made(tmp_path: Path) -> None:
    spec = "table t 60_000 { id int key, n int = row * 320_000_000_000_000 }\n"
    (tmp_path / "d.dgen").write_text(spec, "utf-8")
    ran = process("stream", "d.dgen", cwd=tmp_path)
    assert ran.status == 1
    sent = ran.out.splitlines()
    assert json.loads(sent[-1])["id"] == len(sent) > 0
    assert f"t: {len(sent):,} rows in " in ran.err
    assert "; then it failed\n" in ran.err
    assert "error[DG590]" in ran.err


def test_two_streams_into_one_folder(spec: Path) -> None:
    folder = spec.parent / "parts"
    running = started("d.dgen", "-t", "events", "--rate", "10/s", "--to", "parts", cwd=spec.parent)
    deadline = time.monotonic() + 60
    while not list(folder.glob(".*unfinished")) and time.monotonic() < deadline:
        time.sleep(0.02)
    other = process("stream", "d.dgen", "-t", "users", "--to", "parts", cwd=spec.parent)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)
    assert other.status == 3
    assert "is writing to `parts`" in other.err


def test_a_full_disk(spec: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    command = [sys.executable, "-m", "specdsl", "stream", "d.dgen", "-t", "users"]
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            command,
            cwd=spec.parent,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert ran.returncode == 3
    assert b"cannot write the output: No space left on device" in ran.stderr
    assert b"Traceback" not in ran.stderr


@pytest.mark.skipif(os.name == "nt", reason="there is no getrusage")
def test_memory_is_flat(spec: Path) -> None:
    """The peak of ten times the rows, and of ten times the rows in order of time, is much the same."""
    code = (
        "import resource, sys; from specdsl.cli.main import main; "
        "sys.stdout = open('/dev/null', 'w'); status = main(sys.argv[1:]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(status)"
    )

    def peak(*more: str) -> int:
        ran = subprocess.run(
            [sys.executable, "-c", code, "stream", "d.dgen", "-t", "events", "-q", *more],
            cwd=spec.parent,
            env=environment(),
            capture_output=True,
            timeout=200,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return int(ran.stderr.split()[-1]) // 1024

    small, large = peak(), peak("--rows", "events=1_000_000")
    assert large < small + 40


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-t", "event"], "did you mean `events`"),
        ([], "which table is to be streamed?"),
        (["-t", "events", "--rate", "500"], "does not say per what"),
        (["-t", "events", "--header", "nope"], "is not NAME: VALUE"),
        (["-t", "events", "--time", "users=joined"], "--time names `users`, which is not streamed"),
        (["-t", "events", "--time", "=joined"], "neither COLUMN nor TABLE=COLUMN"),
        (["-t", "events", "--rows", "5", "--rows", "6"], "--rows N is given twice"),
        (["-t", "events", "--to", "kafka://"], "names no host"),
        (["-t", "events", "--to", "x", "-f", "sqlite"], "holds whole datasets"),
        (["-t", "events", "--to", "x", "-f", "paquet"], "did you mean `parquet`"),
        (["-t", "events", "--to", "x", "-f", "xml"], "one of: parquet, csv, jsonl, json, arrow, orc, avro\n"),
        (
            ["-t", "events", "--to", "x", "-f", "xlsx"],
            "one of: parquet, csv, jsonl, json, arrow, orc, avro\n",
        ),
        (["-t", "events", "--to", "x", "--every", "0rows"], "at least 1 row"),
    ],
)
def test_wrong_command_lines(spec: Path, arguments: list[str], told: str) -> None:
    ran = process("stream", "d.dgen", *arguments, cwd=spec.parent)
    assert ran.status == 2
    assert ran.out == ""
    assert told in ran.err
    assert not (spec.parent / "x").exists()


def test_a_file_in_the_place_of_a_folder(spec: Path) -> None:
    ran = process("stream", "d.dgen", "-t", "events", "--to", "d.dgen", cwd=spec.parent)
    assert ran.status == 3
    assert "choose another folder with --to" in ran.err


# --- change records ------------------------------------------------------------------------------

CHANGES = """
dataset shop { seed 3, now 2025-06-01T00:00:00Z, per batch 1d }
table users 40 grows 4 per batch {
  id   int    key
  city string = "Oslo" | "Rome"
  changes { update 10%, delete 5% }
}
"""


@pytest.fixture
def changing(tmp_path: Path) -> Path:
    path = tmp_path / "shop.dgen"
    path.write_text(CHANGES.replace("update 10%, delete 5%", "update 10% set city\n delete 5%"))
    return path


def test_change_records(changing: Path) -> None:
    ran = process("stream", "shop.dgen", "--changes", "debezium", "--batches", "3", cwd=changing.parent)
    assert ran.status == 0, ran.err
    messages = [json.loads(line) for line in ran.out.splitlines()]
    assert [m["source"]["lsn"] for m in messages] == list(range(1, len(messages) + 1))
    assert {m["op"] for m in messages} == {"r", "c", "u", "d"}
    said = ran.err
    assert "batches 1 to 3, with the clock at 2025-06-01T00:00:00Z to 2025-06-03T00:00:00Z" in said
    assert f"users: {len(messages)} records in" in said
    assert "all records are sent" in said
    assert "48 inserts" in said


def test_change_records_of_a_checkpoint(changing: Path) -> None:
    def streamed(*more: str) -> Any:
        asked = ["stream", "shop.dgen", "--changes", "--checkpoint", "s.duckdb", "--json", *more]
        ran = process(*asked, cwd=here)
        assert ran.status == 0, ran.err
        return json.loads(ran.err)

    here = changing.parent
    first = streamed("--rows", "users=50")
    assert (first["batches"], first["recorded"], first["changes"]) == ([1, 1], True, {"inserts": 50})
    part = streamed("--rows", "2")
    assert (part["batches"], part["recorded"], part["ended"]) == ([2, 2], False, "rows")
    more = streamed("--rows", "users=+7", "--now", "2025-07-01")
    assert (more["batches"], more["changes"]["inserts"]) == ([2, 2], 7)
    shown = process("checkpoint", "show", "s.duckdb", "--json", cwd=here)
    found = json.loads(shown.out)["batches"]
    assert [batch["folder"] for batch in found] == ["standard output"] * 2
    assert found[1]["now"] == "2025-07-01T00:00:00Z"
    built = process("build", "shop.dgen", "--checkpoint", "s.duckdb", "--snapshot", "-o", "third", cwd=here)
    assert built.status == 0, built.err
    verified = process("verify", "shop.dgen", "third", "--checkpoint", "s.duckdb", cwd=here)
    assert verified.status != 0
    assert "of batch 1 there are no files: it went to standard output" in verified.err


def test_a_batch_that_was_streamed_to_a_folder_has_no_files_of_rows(changing: Path) -> None:
    here = changing.parent
    words = ("shop.dgen", "--checkpoint", "f.duckdb")
    sent = process("stream", *words, "--changes", "--to", str(here / "records"), cwd=here)
    assert sent.status == 0, sent.err
    assert process("build", *words, "--snapshot", "-o", "next", cwd=here).status == 0
    verified = process("verify", "shop.dgen", "next", "--checkpoint", "f.duckdb", cwd=here)
    assert verified.status == 1
    assert f"of batch 1 there are no files: it went to {here / 'records'}" in verified.err


def test_a_failure_says_what_the_checkpoint_has(changing: Path) -> None:
    with http_server(lambda n: 200 if n < 5 else 404) as server:
        to = f"http://127.0.0.1:{server.port}/"
        asked = ["stream", "shop.dgen", "--changes", "--checkpoint", "s.duckdb", "--rows", "users=50"]
        told = process(*asked, "--to", to, cwd=changing.parent)
        found = process(*asked, "--to", to, "--json", cwd=changing.parent)
    assert (told.status, found.status) == (3, 3)
    assert "`s.duckdb` has no batch still, since not all was sent" in told.err
    assert told.err.count("answers:") == 1
    assert told.err.index("has no batch still") < told.err.index("error: 20 requests in a row")
    made = json.loads(found.out)
    assert (made["ended"], made["batches"], made["recorded"]) == ("failed", [1, 1], False)
    nobody = process(*asked, "--to", "http://127.0.0.1:9/", "--json", cwd=changing.parent)
    assert json.loads(nobody.out)["recorded"] is False
    told = process("stream", "shop.dgen", "-t", "users", "--to", "http://127.0.0.1:9/", cwd=changing.parent)
    assert told.err.startswith("error: cannot connect")


def test_now(tmp_path: Path) -> None:
    """Of rows, too."""
    (tmp_path / "n.dgen").write_text("dataset n { seed 1 }\ntable t 1 { id int key, at timestamp = now }\n")
    ran = process("stream", "n.dgen", "--now", "2025-03-04", cwd=tmp_path)
    assert ran.out == '{"id":1,"at":"2025-03-04T00:00:00Z"}\n'


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--changes", "scd2"], "`specdsl build --changes scd2` writes it"),
        (["--changes", "bogus"], "there are plain, debezium\n"),
        (["--changes", "--time", "id"], "--time is not for change records"),
        (["--checkpoint", "s.duckdb"], "--checkpoint is about batches"),
        (["--batches", "2"], "--batches is about batches"),
        (["--rows", "users=+5"], "--rows TABLE=+N is about batches"),
        (["--changes", "--rows", "users=+5"], "in a checkpoint only"),
        (["--changes", "--checkpoint", ""], "names no file"),
        (["--changes", "debezium", "-O", "keys=file"], "-O keys=file is for the files of a build"),
        (["--changes", "debezium", "-O", "tombstone=true"], "did you mean `tombstones`? options of standard"),
        (["--changes", "debezium", "-O", "tombstone=true", "--to", "x"], "has an option `tombstone`"),
        (
            ["--changes", "debezium", "-O", "foo=1", "--to", "redis://localhost"],
            "options of redis: maxlen, reconnect, stream, timeout; options of debezium: decimals, keys, schemas",
        ),
        (
            ["--changes", "plain", "-O", "tombstones=true"],
            "no option `tombstones`, which belongs to debezium",
        ),
        (["--changes", "debezium", "--edge", "5%"], "--edge does not go with --changes"),
        (["--changes", "-t", "user"], "did you mean `users`"),
    ],
)
def test_wrong_command_lines_of_changes(changing: Path, arguments: list[str], told: str) -> None:
    ran = process("stream", "shop.dgen", *arguments, cwd=changing.parent)
    assert ran.status == 2
    assert told in ran.err
    assert "Traceback" not in ran.err
