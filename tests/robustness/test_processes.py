"""What only a process of its own meets: signals, pipes, closed streams, places that cannot be written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.running import environment, process

ENDLESS = "select count(*) c from u a, u b, u c, u d, u e, u f, u g, u h"
SPEC = "table u 30 { id int key, n int = 1..9 }\n"


def heed_signals() -> None:
    """A background job of a shell ignores interrupts, one under nohup hang-ups; so would its children."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "specdsl", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_signals,
    )


def test_an_endless_query_is_interrupted_at_once_and_gone_on_from(tmp_path: Path) -> None:
    (tmp_path / "s.dgen").write_text(f'{SPEC}table d = sql("{ENDLESS}")\n')
    running = started(tmp_path, "build", "s.dgen", "-o", "out")
    wait_for(tmp_path / "out" / ".specdsl-build" / "d.parquet")
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode == 130 and "Traceback" not in told
    assert "interrupted with 1 of 2 files finished" in told and "--resume" in told
    assert not (tmp_path / "out" / "manifest.json").exists()
    (tmp_path / "s.dgen").write_text(f'{SPEC}table d = sql("select count(*) c from u")\n')
    again = process("build", "s.dgen", "-o", "out", "--resume", cwd=tmp_path)
    assert again.status == 1 and "the spec has changed" in again.err
    assert process("build", "s.dgen", "-o", "out", cwd=tmp_path).status == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_killed_in_a_query_and_built_again(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "s.dgen").write_text(f'{SPEC}table d = sql("{ENDLESS}")\n')
    running = started(tmp_path, "build", "s.dgen", "-o", "out")
    wait_for(tmp_path / "out" / ".specdsl-build" / "d.parquet")
    running.send_signal(how)
    running.communicate(timeout=30)
    assert [p.name for p in (tmp_path / "out").iterdir() if not p.name.startswith(".")] == []
    (tmp_path / "s.dgen").write_text(SPEC)
    assert process("build", "s.dgen", "-o", "out", cwd=tmp_path).status == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["manifest.json", "u.parquet"]


def wait_for(path: Path) -> None:
    end = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("s.dgen", "is a file, not a folder"),
        ("s.dgen/deeper", "is a file, not a folder"),
        ("/dev/null", "is a file, not a folder"),
        ("/proc/nope", "cannot write `/proc/nope`"),
        ("x" * 300, "too long for this disk"),
        ("loop", "a file, not a folder"),
    ],
)
def test_output_folders_that_are_none(tmp_path: Path, target: str, words: str) -> None:
    (tmp_path / "s.dgen").write_text(SPEC)
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(p.name for p in tmp_path.iterdir())
    ran = process("build", "s.dgen", "-o", target, cwd=tmp_path)
    assert ran.status == 3 and words in ran.err and ran.err.count("\n") <= 2
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert (tmp_path / "s.dgen").read_text() == SPEC


def test_no_output_folder(tmp_path: Path) -> None:
    (tmp_path / "s.dgen").write_text(SPEC)
    ran = process("build", "s.dgen", "-o", "", cwd=tmp_path)
    assert ran.status == 2 and "names no folder" in ran.err


@pytest.mark.parametrize("spec", ["", "nope.dgen", ".", "/dev/null", "pipe", "loop"])
def test_specs_that_are_no_files(tmp_path: Path, spec: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for command in ("check", "build"):
        ran = process(command, spec, cwd=tmp_path)
        assert ran.status == 3 and ran.err and "Traceback" not in ran.err


@pytest.mark.parametrize("given", [b"", SPEC.encode(), b"\xff\xfe", b"a\0b", b"x" * 3_000_000])
def test_standard_input(tmp_path: Path, given: bytes) -> None:
    ran = process("fmt", "-", cwd=tmp_path, input=given)
    assert ran.status == (0 if given in (b"", SPEC.encode()) else 1)
    assert "Traceback" not in ran.err and (ran.status == 0 or "<stdin>" in ran.err)


def test_a_reader_that_stops_early(tmp_path: Path) -> None:
    (tmp_path / "s.dgen").write_text("table t 100 { id int key, s string = sentence(words: 50..90) }")
    with started(tmp_path, "preview", "s.dgen", "-n", "100") as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == ""
        assert running.wait(30) == 0


def test_standard_output_that_is_full(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "s.dgen").write_text(SPEC)
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "specdsl", "preview", "s.dgen"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False
        )  # fmt: skip
    assert ran.returncode == 3 and b"cannot write the output" in ran.stderr and b"Traceback" not in ran.stderr
