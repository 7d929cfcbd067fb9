"""Killed, interrupted and resumed: the result is that of an undisturbed build."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from specdsl.build import BuildInterruptedError, Mode, VerifyLevel
from specdsl.building import staging
from specdsl.building.staging import STAGING_NAME
from specdsl.errors import DataError
from tests.build.specs import SHOP, Heard, built, contents

BIG = {"users": 40_000, "visits": 150_000}
OPTIONS = {"rows": BIG, "files": 6, "verify": VerifyLevel.OFF}


def start(spec: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "specdsl", "build", str(spec), "-o", str(out), "--quiet", "--files", "6"]
    sizes = [f"--rows={table}={count}" for table, count in BIG.items()]
    return subprocess.Popen(
        [*command, *sizes, "--verify", "off", *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # a background job of a shell ignores interrupts, and so would its children
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def finished_parts(out: Path) -> int:
    try:
        return max(0, (out / STAGING_NAME / ".journal.jsonl").read_text().count("\n") - 1)
    except OSError:
        return 0


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "spec.dgen"
    path.write_text(SHOP)
    return path


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("whole") / "out"
    built(out, **OPTIONS)
    return contents(out)


@pytest.mark.parametrize("parts", [0, 1, 7, 13, 17])
def test_killed_at_any_moment_and_resumed(
    spec: Path, tmp_path: Path, undisturbed: dict[str, str], parts: int
) -> None:
    out = tmp_path / "out"
    process = start(spec, out)
    while process.poll() is None and (finished_parts(out) < parts or not out.exists()):
        time.sleep(0.001)
    time.sleep(random.Random(parts).uniform(0, 0.02))
    process.kill()
    process.communicate()
    # Whatever is there under its final name is whole.
    there = (
        {name: digest for name, digest in contents(out).items() if not name.startswith(".")}
        if out.exists()
        else {}
    )
    assert all(undisturbed[name] == digest for name, digest in there.items())
    kept = finished_parts(out)
    again = start(spec, out, "--resume")
    _, told = again.communicate()
    assert again.returncode == 0, told
    assert contents(out) == undisturbed
    assert kept >= parts or there


def test_ctrl_c_keeps_what_is_finished(spec: Path, tmp_path: Path, undisturbed: dict[str, str]) -> None:
    out = tmp_path / "out"
    process = start(spec, out)
    while process.poll() is None and finished_parts(out) < 2:  # it may be done between two looks
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    if process.returncode == 0:  # it was done before it heard
        return
    assert process.returncode == 130, told
    assert "Traceback" not in told.decode()
    there = {name: digest for name, digest in contents(out).items() if not name.startswith(".")}
    assert all(undisturbed[name] == digest for name, digest in there.items())
    built(out, **OPTIONS, resume=True)
    assert contents(out) == undisturbed


def interrupted_after(parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make builds stop, as by Ctrl-C, when so many parts are finished."""
    record = staging.Staging.record
    count = iter(range(1_000))

    def stopping(self: staging.Staging, table: str, entry: object) -> None:
        if next(count) >= parts:
            raise KeyboardInterrupt
        record(self, table, entry)  # type: ignore[arg-type]

    monkeypatch.setattr(staging.Staging, "record", stopping)


@pytest.mark.parametrize("workers", [1, 2, 6])
def test_an_interrupted_build_says_how_far_it_got(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    with monkeypatch.context() as patch:
        interrupted_after(4, patch)
        with pytest.raises(BuildInterruptedError, match="interrupted with 4 of 9 files finished"):
            built(tmp_path / "a", files=3, workers=workers)
    heard = Heard()
    built(tmp_path / "a", files=3, resume=True, listener=heard)
    assert heard.notes == ["resumed: 4 of 9 files were finished"]
    built(tmp_path / "b", files=3)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_interrupted_before_anything_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted_after(0, monkeypatch)
    with pytest.raises(BuildInterruptedError, match="nothing was written"):
        built(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_resuming_another_build_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        interrupted_after(1, patch)
        with pytest.raises(BuildInterruptedError):
            built(tmp_path)
    for options, difference in (
        ({"seed": 9}, "seed 7 then, 9 now"),
        ({"rows": {"users": 41}}, "users 40 then, 41 now"),
        ({"files": 2}, "files 1 then, 2 now"),
        ({"format": "csv"}, "format parquet then, csv now"),
        ({"text": SHOP.replace("1..100", "1..101")}, "the spec has changed"),
    ):
        with pytest.raises(DataError, match=difference):
            built(tmp_path, resume=True, **options)
    assert built(tmp_path, resume=True).ok


def test_without_resume_what_is_left_is_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        interrupted_after(1, patch)
        with pytest.raises(BuildInterruptedError):
            built(tmp_path / "a")
    heard = Heard()
    built(tmp_path / "a", listener=heard)
    assert "threw away" in heard.notes[0]
    built(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_damaged_part_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        interrupted_after(2, patch)
        with pytest.raises(BuildInterruptedError):
            built(tmp_path / "a")
    part = tmp_path / "a" / STAGING_NAME / "users.parquet"
    data = bytearray(part.read_bytes())
    data[100] ^= 1
    part.write_bytes(data)
    journal = tmp_path / "a" / STAGING_NAME / ".journal.jsonl"
    journal.write_text(journal.read_text() + '{"table": "visits", "pa')  # cut off in the middle
    heard = Heard()
    built(tmp_path / "a", resume=True, listener=heard)
    assert heard.notes == ["resumed: 1 of 3 files were finished"]
    built(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_the_mode_is_kept_by_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path, seed=1)
    with monkeypatch.context() as patch:
        interrupted_after(1, patch)
        with pytest.raises(BuildInterruptedError):
            built(tmp_path, mode=Mode.OVERWRITE)
    assert built(tmp_path, resume=True).ok
    assert json.loads((tmp_path / "manifest.json").read_text())["dataset"]["seed"] == 7


def test_resuming_what_is_complete(tmp_path: Path) -> None:
    built(tmp_path)
    before = contents(tmp_path)
    heard = Heard()
    assert built(tmp_path, resume=True, listener=heard).ok
    assert heard.notes == ["the build is complete already"]
    assert contents(tmp_path) == before


def test_killed_while_it_tidied_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is published; whatever is left of the staging folder does not matter."""
    built(tmp_path / "b")
    removed = staging.Staging.remove
    with monkeypatch.context() as patch:
        patch.setattr(
            staging.Staging,
            "remove",
            lambda self: removed(self) if not self.path(".publish.json").exists() else None,
        )
        built(tmp_path / "a")
    assert (tmp_path / "a" / STAGING_NAME / ".publish.json").exists()
    heard = Heard()
    assert built(tmp_path / "a", resume=True, listener=heard).ok
    assert heard.notes[-1] == "the build is complete already"
    (tmp_path / "a" / STAGING_NAME).mkdir()
    assert built(tmp_path / "a", resume=True).ok
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("moves", range(5))
def test_a_publication_that_is_cut_off_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    """Killed between two renames: the next build completes it before it does anything else."""
    built(tmp_path / "a", seed=1, files=2)
    replace = Path.replace
    count = iter(range(1_000))

    class Killed(BaseException):
        pass

    def dying(self: Path, target: Path) -> Path:
        if target.parent == tmp_path / "a" and next(count) >= moves:
            raise Killed
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with suppress(Killed):
            built(tmp_path / "a", mode=Mode.OVERWRITE)
    built(tmp_path / "b")
    heard = Heard()
    with pytest.raises(DataError, match="already holds"):
        built(tmp_path / "a", seed=1, listener=heard)
    assert heard.notes[:1] == (["completed the publication of a build that was cut off"] if moves < 4 else [])
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_resumed_append(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("a", "b"):
        built(tmp_path / folder)
    built(tmp_path / "b", mode=Mode.APPEND)
    with monkeypatch.context() as patch:
        interrupted_after(1, patch)
        with pytest.raises(BuildInterruptedError):
            built(tmp_path / "a", mode=Mode.APPEND)
    built(tmp_path / "a", resume=True)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_an_interrupted_verification_keeps_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from specdsl.verify import verifier

    def interrupting(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(verifier, "verify", interrupting)
        with pytest.raises(BuildInterruptedError, match="all files are finished"):
            built(tmp_path)
    heard = Heard()
    built(tmp_path, resume=True, listener=heard)
    assert heard.notes == ["resumed: 3 of 3 files were finished"]
