"""The page docs/benchmarks.md and its charts, from the results."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import charts
from measuring import median, spread

ABOUT = """# Benchmarks

Made by `make bench` (`python benchmarks/run.py --peers` measures other generators, too); do not edit by hand.

Each contender is a process of its own, measured whole: user and system CPU seconds, start-up included, as the
kernel counts them; wall-clock seconds; peak resident memory. Contenders take turns; a figure is the median,
with the lowest and highest run in brackets. *Ratio* is CPU against the first line, round by round. Compare
ratios within a table: seconds are this machine's.

- **every trick**: numpy and Arrow buffers by hand for this one workload, row-addressable as specdsl is, one
  thread making and one writing (`benchmarks/contenders/tricks.py`). No checksums, no fsync, no verification.
- **specdsl**: `specdsl build`, with checksums, fsync, journal and manifest; without and with verification of
  the written files by DuckDB.
- **writer's limit**: encoding and writing the same batches when they are ready in memory, one thread;
  start-up and generating are *not* in it.
- **numpy + pyarrow**: as most people write it; whole columns in memory, the writer's defaults.
- **DuckDB SQL**: `COPY (SELECT ... FROM range(N))` by hand. **polars**: whole columns, by hand.
- **rand-engine, dbldatagen, mimesis, Faker, Snowfakery, json-schema-faker**: the same columns as far as they
  can say them. Slow ones make fewer rows at two sizes; the straight line through both is what is shown.
"""

TITLES = {
    "w1": "W1: one table of ten columns, {rows:,} rows, to Parquet (snappy)",
    "w2": "W2: users, orders, items; {rows:,} rows in all, to Parquet (snappy)",
    "w3": "W3: {rows:,} nested records of a JSON Schema, to JSON Lines",
}
NOTES = {
    "w3": "json-schema-faker reads `benchmarks/specs/w3.schema.json`; specdsl reads a spec of the same\n"
    "shape, written by hand (`benchmarks/specs/w3.dgen`).\n"
}


def machine() -> str:
    """What it ran on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pyarrow", "duckdb"))
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        processor = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"Python {platform.python_version()}, {packages}; {os.cpu_count()} x {processor}."


def render(results: Mapping[str, Any], pictures: str) -> tuple[str, dict[str, str]]:
    """The page, and its charts by file name; ``pictures`` is where they lie, seen from the page."""
    drawn: dict[str, str] = {}
    parts = [ABOUT, machine() + "\n"]
    sections: dict[str, Callable[[Any], tuple[str, dict[str, str]]]] = {
        **{name: lambda found, name=name: _workload(name, found) for name in TITLES},  # type: ignore[misc]
        "scaling": _scaling,
        "compiling": _compiling,
        "batches": _batches,
        "streams": _streams,
    }
    for name, section in sections.items():
        if name in results:
            text, made = section(results[name])
            drawn |= made
            for picture in made:
                text = text.replace(f"({picture})", f"({pictures}/{picture})")
            parts.append(text)
    return "\n".join(parts), drawn


def _workload(name: str, found: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    title = TITLES[name].format(rows=found["rows"])
    lines = [f"## {title}", "", f"Rounds: {found['rounds']}.", ""]
    if name in NOTES:
        lines += [NOTES[name]]
    lines += [f"![CPU time]({name}.svg)", ""]
    lines += ["| | CPU s | ratio | wall s | peak MB | files MB | |", "|---|---|---|---|---|---|---|"]
    for one in found["contenders"]:
        peak = f"{one['peak']:.0f}" if one["peak"] else ""
        size = f"{one['size'] / 1e6:.0f}" if one["size"] else ""
        figures = " | ".join(spread(one[figure]) for figure in ("cpu", "ratio", "wall"))
        lines.append(f"| {one['name']} | {figures} | {peak} | {size} | {one['how']} |")
    seconds = {one["name"]: median(one["cpu"]) for one in found["contenders"]}
    picture = charts.bars(f"{title.split(':')[0]}: CPU seconds", seconds, " s")
    return "\n".join(lines) + "\n", {f"{name}.svg": picture}


_AXES = {
    "rows": ("Rows", "W1 to Parquet, not verified"),
    "columns": ("Columns", "10,000,000 values in all, not verified"),
    "tables": ("Tables", "2,000 rows each, every one refers to the one before, not verified"),
    "workers": ("Workers", "W2 at a quarter, not verified"),
}


def _scaling(found: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    lines = ["## Scaling", "", "![CPU time and memory by rows](rows.svg)", ""]
    for axis, (name, what) in _AXES.items():
        lines += [f"{what}:", "", f"| {name} | CPU s | wall s | peak MB |", "|---|---|---|---|"]
        lines += [
            f"| {p['at']:,} | {p['cpu']:.2f} | {p['wall']:.2f} | {p['peak']:.0f} |" for p in found[axis]
        ]
        lines.append("")
    rows = found["rows"]
    series = {"CPU seconds": [p["cpu"] for p in rows], "peak memory": [p["peak"] for p in rows]}
    picture = charts.lines("W1 by rows", "rows", [p["at"] for p in rows], series, (" s", " MB"))
    return "\n".join(lines), {"rows.svg": picture}


def _compiling(found: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    lines = [
        "## Compiling and starting",
        "",
        "CPU seconds; *whole* is a process that parses twice and checks once, start-up included.",
        "",
        "![CPU time by lines](lines.svg)",
        "",
        "| lines | parse | check | whole | peak MB |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {p['at']:,} | {p['parse']:.2f} | {p['check']:.2f} | {p['whole']:.2f} | {p['peak']:.0f} |"
        for p in found["lines"]
    ]
    lines += ["", "| | CPU s | wall s |", "|---|---|---|"]
    lines += [f"| `{p['name']}` | {spread(p['cpu'])} | {spread(p['wall'])} |" for p in found["start"]]
    at = [p["at"] for p in found["lines"]]
    series = {"parse": [p["parse"] for p in found["lines"]], "check": [p["check"] for p in found["lines"]]}
    picture = charts.lines("CPU seconds by lines of text", "lines", at, series, (" s", " s"))
    return "\n".join(lines) + "\n", {"lines.svg": picture}


def _batches(found: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    some, last = found["some"], found["batches"]
    lines = [
        "## Batches on a checkpoint",
        "",
        "`benchmarks/batches.py`: a shop of four tables, some 60,000 new rows a batch, verified;",
        f"{last} batches in one process. Medians of {some} batches; *ratio* is to the early ones.",
        "",
        *_of_batches(found),
        "",
        "One with roll-ups, whose batches update and delete rows: some 6,000 new rows, 280 changes a batch,",
        "and the orders and customers whose totals follow; with change records:",
        "",
        *_of_batches(found["changing"]),
    ]
    return "\n".join(lines) + "\n", {}


def _of_batches(found: Mapping[str, Any]) -> Iterator[str]:
    some, last = found["some"], found["batches"]
    yield from ("| batches | CPU s | ratio | wall s | ratio |", "|---|---|---|---|---|")
    for i, name in enumerate((f"2 to {1 + some}", f"{last - some + 1} to {last}")):
        row = [name]
        for what in ("cpu", "wall"):
            own, early = median(found[what][i]), median(found[what][0])
            row += [spread(found[what][i]), f"{own / early:.2f}"]
        yield f"| {' | '.join(row)} |"


def _streams(found: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    first = found["targets"][0]
    lines = [
        "## Streams",
        "",
        f"`benchmarks/streams.py`: all targets that listen here, {found['seconds']:.0f} s a run, "
        f"rounds: {found['rounds']}; as",
        "fast as the target takes rows, then at 100, 1,000, 10,000 and 50,000 a second as far as it takes",
        "so many. Medians of the rounds. *Off* is the largest distance from a rate that was asked for;",
        "*late* is how long after it was due a row was sent, at 1,000 a second; *ratio* is of the ceilings,",
        f"to that of {first['name']}. Ceilings of servers are theirs as much as ours.",
        "",
        "| target | off | late, median | late, 99 % | at most, rows/s | ratio |",
        "|---|---|---|---|---|---|",
    ]
    for one in found["targets"]:
        off = max((abs(median(kept["off"])) for kept in one["rates"].values()), default=0.0)
        late = ["", ""]
        if shown := one["rates"].get("1000"):
            late = [f"{median(shown[what]):.1f} ms" for what in ("p50", "p99")]
        most = median(one["most"])
        ratio = most / median(first["most"])
        lines.append(f"| {one['name']} | {off:.2%} | {' | '.join(late)} | {most:,.0f} | {ratio:.3f} |")
    return "\n".join(lines) + "\n", {}
