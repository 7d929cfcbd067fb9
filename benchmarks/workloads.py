"""W1, W2 and W3: specdsl beside what people write by hand and beside other generators."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import SPECS, Run, RunFailed, in_folder, median, python, tell
from peers import Peers

ROWS = {"w1": 1_000_000, "w2": 16_000_000, "w3": 100_000}
_ALIKE = "all rows"


@dataclass(frozen=True)
class Contender:
    """``command`` with ``{rows}`` and ``{out}`` in it. ``few`` rows are run where all would take too long:
    two sizes are measured, so that start-up is not scaled."""

    name: str
    command: list[str]
    cwd: Path | None = None
    few: tuple[int, int] | None = None
    limit: bool = False
    peer: bool = False

    def run(self, rows: int, work: Path) -> Run:
        command = [part.replace("{rows}", str(rows)) for part in self.command]
        done = in_folder(work, command, self.cwd) if self.cwd else in_folder(work, command)
        if not self.limit:
            return done
        told = json.loads(done.printed)
        return Run(told["cpu"], told["wall"], 0.0, done.size, "")

    def scaled(self, rows: int, work: Path) -> tuple[Run, str]:
        """The run of all ``rows``, or what two smaller ones come to; and how it was had."""
        if self.few is None or rows <= self.few[1]:
            return self.run(rows, work), _ALIKE
        small, large = (self.run(n, work) for n in self.few)
        factor = (rows - self.few[0]) / (self.few[1] - self.few[0])

        def line(a: float, b: float) -> float:
            return a + max(0.0, b - a) * factor

        grown = Run(line(small.cpu, large.cpu), line(small.wall, large.wall), large.peak, 0, "")
        return grown, f"scaled from {self.few[0]:,} and {self.few[1]:,}"


def contenders(workload: str, peers: Peers | None) -> list[Contender]:
    """The contenders of a workload, the one that ratios are of first."""
    if workload == "w3":
        return _json(peers)
    by_hand = [
        Contender("every trick", python("tricks.py", workload, "{rows}", "{out}")),
        Contender("specdsl, --verify off", python("specdsl_build.py", workload, "{rows}", "{out}")),
        Contender("specdsl, --verify full", python("specdsl_build.py", workload, "{rows}", "{out}", "full")),
        Contender("writer's limit", python("tricks.py", workload, "{rows}", "{out}", "limit"), limit=True),
        Contender("numpy + pyarrow", python("plain.py", workload, "{rows}", "{out}")),
        Contender("DuckDB SQL", python("duckdb_sql.py", workload, "{rows}", "{out}")),
    ]
    if peers is None or workload != "w1":
        return by_hand

    def peer(name: str, script: str, few: tuple[int, int] | None, *more: str) -> Contender:
        command = python(script, "w1", "{rows}", "{out}", *more, interpreter=str(peers.python))
        return Contender(name, command, few=few, peer=True)

    return [
        *by_hand,
        peer("polars", "polars_frames.py", None),
        peer("rand-engine", "rand_engine_spec.py", None),
        peer("dbldatagen (Spark)", "dbldatagen_spark.py", (10_000, 200_000)),
        peer("mimesis", "by_row.py", (2_000, 20_000), "mimesis"),
        peer("Faker", "by_row.py", (1_000, 6_000), "faker"),
        peer("Snowfakery (CSV)", "snowfakery_recipe.py", (200, 1_500)),
    ]


def _json(peers: Peers | None) -> list[Contender]:
    schema = str(SPECS / "w3.schema.json")
    out = [
        Contender("specdsl, --verify off", python("specdsl_build.py", "w3", "{rows}", "{out}")),
        Contender("specdsl, --verify full", python("specdsl_build.py", "w3", "{rows}", "{out}", "full")),
    ]
    if peers is not None and peers.node is not None:
        script = python("json_schema_faker.mjs", "w3", "{rows}", "{out}", schema, interpreter=peers.node)
        out.append(Contender("json-schema-faker", script, peers.folder, few=(500, 3_000), peer=True))
    return out


def measure(workload: str, rows: int, rounds: int, work: Path, peers: Peers | None) -> dict[str, Any]:
    """All contenders in turns, ``rounds`` times; those that are scaled at most three times. A peer that fails
    is told and left out."""
    runs: dict[str, list[Run]] = {}
    how: dict[str, str] = {}
    failed: set[str] = set()
    for number in range(rounds):
        for contender in contenders(workload, peers):
            if contender.few is not None and number >= 3:
                continue
            if contender.name in failed:
                continue
            try:
                done, how[contender.name] = contender.scaled(rows, work)
            except RunFailed as failure:
                if not contender.peer:
                    raise
                tell(str(failure))
                failed.add(contender.name)
                continue
            runs.setdefault(contender.name, []).append(done)
            tell(f"{workload} round {number + 1}: {contender.name}: {done.cpu:.2f} s CPU")
    base = [r.cpu for r in next(iter(runs.values()))]
    return {
        "rows": rows,
        "rounds": rounds,
        "contenders": [
            {
                "name": name,
                "cpu": [r.cpu for r in made],
                "ratio": [r.cpu / b for r, b in zip(made, base, strict=False)],
                "wall": [r.wall for r in made],
                "peak": median([r.peak for r in made]),
                "size": made[-1].size,
                "how": "" if how[name] == _ALIKE else how[name],
            }
            for name, made in runs.items()
        ],
    }
