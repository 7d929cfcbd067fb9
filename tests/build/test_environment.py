"""What the machine refuses: one line each, and nothing half-written."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from specdsl.build import Mode, VerifyLevel
from specdsl.building.failures import failure_of
from specdsl.building.lock import LOCK_NAME, locked
from specdsl.building.staging import STAGING_NAME
from specdsl.errors import EnvironmentFailure, ExitStatus
from tests.build.specs import SHOP, Heard, built, contents, names

IS_ROOT = os.geteuid() == 0


def test_the_output_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(EnvironmentFailure, match="is a file, not a folder") as told:
            built(folder)
        assert told.value.status is ExitStatus.ENVIRONMENT
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    before = names(out)
    with pytest.MonkeyPatch.context() as patch:
        if IS_ROOT:  # permissions do not hold root back

            def denied(path: object, *_: object) -> int:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))

            patch.setattr(os, "open", denied)
        with pytest.raises(EnvironmentFailure, match="no permission to write"):
            built(out)
    assert names(out) == before


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.ENOSPC, "the disk that holds `out` is full"),
        (errno.EDQUOT, "your quota is used up"),
        (errno.EROFS, "is on a read-only disk"),
        (errno.EMFILE, "too many files are open"),
        (errno.ENAMETOOLONG, "is too long for this disk"),
        (errno.EFBIG, "grew beyond what this system allows"),
        (errno.EIO, "cannot write `out`: Input/output error"),
    ],
)
def test_each_refusal_has_its_line(code: int, message: str) -> None:
    failure = failure_of(OSError(code, os.strerror(code)), Path("out"))
    assert message in failure.message


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl", "arrow", "orc", "avro"])
def test_a_disk_that_fills_up(tmp_path: Path, form: str) -> None:
    """A limit on the size of files stands for a full disk: writes fail in the middle."""
    built(tmp_path, format=form, rows=10, verify=VerifyLevel.OFF)
    before = contents(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(EnvironmentFailure, match="grew beyond"):
            built(
                tmp_path, format=form, rows={"visits": 100_000}, mode=Mode.OVERWRITE, verify=VerifyLevel.OFF
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    after = {n: h for n, h in contents(tmp_path).items() if not n.startswith(STAGING_NAME)}
    assert after == before
    # What was finished is kept, and what was not is made when there is room again.
    assert built(tmp_path, format=form, rows={"visits": 100_000}, resume=True, verify=VerifyLevel.OFF).ok


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if not IS_ROOT or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs a small disk, which only root can mount")
    try:
        with pytest.raises(EnvironmentFailure, match=r"the disk that holds `.*` is full"):
            built(tmp_path / "out", rows={"visits": 500_000}, format="csv")
        there = [p.name for p in tmp_path.rglob("*") if p.is_file() and STAGING_NAME not in p.parts]
        assert there == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_two_builds_into_one_folder(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(
            EnvironmentFailure, match=f"another build is writing to .* \\(process {os.getpid()}\\)"
        ),
    ):
        built(tmp_path)
    assert built(tmp_path).ok
    assert LOCK_NAME not in names(tmp_path)


def test_two_builds_at_the_same_time(tmp_path: Path) -> None:
    """One of them wins, the others are told; what is there is one whole build."""
    ends: list[object] = []

    def attempt(seed: int) -> None:
        try:
            ends.append(built(tmp_path / "out", seed=seed, rows={"visits": 20_000}))
        except Exception as failure:  # noqa: BLE001 - any
            ends.append(failure)

    threads = [threading.Thread(target=attempt, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results = [end for end in ends if not isinstance(end, Exception)]
    assert len(results) == 1
    seed = results[0].manifest.origin.seed  # type: ignore[attr-defined]
    built(tmp_path / "again", seed=seed, rows={"visits": 20_000})
    assert contents(tmp_path / "out") == contents(tmp_path / "again")


def test_the_lock_of_a_dead_process_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text("999999\n")
    assert built(tmp_path).ok
    assert LOCK_NAME not in names(tmp_path)


def test_folders_that_were_made_for_nothing_are_removed(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="there is no table"):
        built(tmp_path / "a" / "b" / "c", tables=("nope",))
    assert names(tmp_path) == []


def test_a_data_file_that_changes_under_way(tmp_path: Path) -> None:
    from specdsl.build import BuildOptions, build
    from specdsl.compiler import compile_path
    from specdsl.errors import DataError
    from specdsl.local_files import LocalFiles

    (tmp_path / "plans.csv").write_text("name,weight\nfree,1\npro,2\n")
    (tmp_path / "s.dgen").write_text(
        'pool Plans = load("plans.csv")\ntable t 9 { id int key, plan string = pick(Plans.name) }'
    )
    files = LocalFiles()
    compilation = compile_path(str(tmp_path / "s.dgen"), files)
    (tmp_path / "plans.csv").write_text("name,weight\nfree,1\npro,2\nteam,3\n")
    with pytest.raises(DataError, match=r"cannot use `.*plans\.csv`"):
        build(compilation, BuildOptions(tmp_path / "out"), Heard(), files)
    assert not (tmp_path / "out").exists()


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Peak memory of a process that builds ten times as many rows."""
    (tmp_path / "s.dgen").write_text(SHOP)
    script = (
        "import resource, sys; from specdsl.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def peak(rows: int) -> int:
        command = [
            sys.executable,
            "-c",
            script,
            "build",
            str(tmp_path / "s.dgen"),
            "-o",
            str(tmp_path / str(rows)),
        ]
        more = ["--quiet", "--verify", "off", "--rows", f"visits={rows}"]
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=True)
        return int(done.stdout.split()[-1])

    assert peak(3_000_000) < peak(600_000) * 1.25 + 20_000
