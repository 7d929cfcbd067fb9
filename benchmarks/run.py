"""W1 and W2 side by side: specdsl, the writer's limit, hand-written numpy and pyarrow, DuckDB SQL.

Each contender is a process of its own, measured whole with ``wait4`` (start-up included): CPU seconds (user
and system), wall-clock seconds, peak memory. Contenders take turns, so that a busy machine is busy for
all of them; the figures are medians, with the lowest and highest of the runs.

    python benchmarks/run.py                       both workloads, five rounds, docs/benchmarks.md
    python benchmarks/run.py --rounds 1 --rows 50000 --no-docs
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
CONTENDERS = HERE / "contenders"
ROWS = {"w1": 1_000_000, "w2": 16_000_000}
TITLES = {
    "w1": "W1: one table of ten columns, {rows:,} rows, to Parquet (snappy)",
    "w2": "W2: users, orders, items; {rows:,} rows in all, to Parquet (snappy)",
}


def environment() -> dict[str, str]:
    """As an installed package runs: with its bytecode kept, whatever this shell says."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


@dataclass
class Contender:
    """``arguments`` come after the workload, the rows and the folder."""

    name: str
    script: str
    arguments: tuple[str, ...] = ()
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    bytes: int = 0


def contenders() -> list[Contender]:
    return [
        Contender("every trick", "tricks.py"),
        Contender("specdsl, --verify off", "specdsl_build.py"),
        Contender("specdsl, --verify full", "specdsl_build.py", ("full",)),
        Contender("writer's limit", "tricks.py", ("limit",)),
        Contender("numpy + pyarrow", "plain.py"),
        Contender("DuckDB SQL", "duckdb_sql.py"),
    ]


def measure(contender: Contender, workload: str, rows: int, work: Path) -> None:
    """One run in a folder of its own, which is removed again."""
    out = Path(tempfile.mkdtemp(dir=work))
    try:
        command = [sys.executable, str(CONTENDERS / contender.script), workload, str(rows), str(out)]
        start = time.perf_counter()
        process = subprocess.Popen(
            [*command, *contender.arguments], stdout=subprocess.PIPE, cwd=CONTENDERS, env=environment()
        )
        assert process.stdout is not None
        printed = process.stdout.read()
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{contender.name} ended with status {process.returncode}")
        cpu = used.ru_utime + used.ru_stime
        if contender.arguments == ("limit",):
            told = json.loads(printed)
            cpu, wall = told["cpu"], told["wall"]
        contender.cpu.append(cpu)
        contender.wall.append(wall)
        contender.peak.append(used.ru_maxrss / 1024)
        contender.bytes = sum(p.stat().st_size for p in out.glob("*.parquet"))
    finally:
        shutil.rmtree(out)


def spread(values: list[float], digits: int = 2) -> str:
    middle = statistics.median(values)
    if len(values) == 1:
        return f"{middle:.{digits}f}"
    return f"{middle:.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def table(workload: str, rows: int, runs: list[Contender]) -> str:
    """Medians and spreads; ratios are paired, round by round, with "every trick"."""
    base = runs[0]
    lines = [
        f"## {TITLES[workload].format(rows=rows)}",
        "",
        "| | CPU s | ratio | wall s | peak MB | files MB |",
        "|---|---|---|---|---|---|",
    ]
    for run in runs:
        ratios = [mine / its for mine, its in zip(run.cpu, base.cpu, strict=True)]
        peak = "" if run.arguments == ("limit",) else f"{statistics.median(run.peak):.0f}"
        lines.append(
            f"| {run.name} | {spread(run.cpu)} | {spread(ratios)} | {spread(run.wall)} | {peak} "
            f"| {run.bytes / 1e6:.0f} |"
        )
    return "\n".join(lines) + "\n"


ABOUT = """# Benchmarks

Made by `make bench` (`benchmarks/run.py`); do not edit by hand.

Each contender is a process of its own, measured whole: user and system CPU seconds, start-up included,
as the kernel counts them; wall-clock seconds; peak resident memory. Contenders take turns for {rounds}
rounds; a figure is the median, with the lowest and highest run in brackets. *Ratio* is CPU against
"every trick", round by round.

- **every trick**: numpy and Arrow buffers by hand for this one workload, row-addressable as specdsl is,
  one thread making and one writing (`benchmarks/contenders/tricks.py`). No checksums, no fsync, no
  verification.
- **specdsl**: `specdsl build`, with checksums, fsync, journal and manifest; with and without
  verification of the written files by DuckDB.
- **writer's limit**: encoding and writing the same batches when they are ready in memory, one thread;
  start-up and generating are *not* in it. It is what no generator that writes Parquet can go below.
- **numpy + pyarrow**: as most people write it; whole columns in memory, the writer's defaults.
- **DuckDB SQL**: `COPY (SELECT ... FROM range(N))` by hand.

{machine}
"""


def machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pyarrow", "duckdb"))
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"Python {platform.python_version()}, {packages}; {os.cpu_count()} x {processor}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="w1, w2; both if not given")
    parser.add_argument("--rows", type=int, help="instead of 1 and 16 million")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=HERE / "work", help="where the data goes for a while")
    parser.add_argument("--no-docs", action="store_true", help="only print")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    text = ABOUT.format(rounds=given.rounds, machine=machine())
    for workload in given.workloads or list(ROWS):
        rows = given.rows or ROWS[workload]
        runs = contenders()
        for number in range(given.rounds):
            for contender in runs:
                measure(contender, workload, rows, given.work)
                print(
                    f"{workload} round {number + 1}: {contender.name}: {contender.cpu[-1]:.2f} s CPU",
                    file=sys.stderr,
                )
        text += "\n" + table(workload, rows, runs)
    print(text)
    if not given.no_docs:
        (HERE.parent / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
