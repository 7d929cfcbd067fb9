"""How CPU time and memory grow with rows, columns, tables and workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from measuring import SPECS, Run, in_folder, specdsl, tell

ROWS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
MORE_ROWS = 100_000_000
COLUMNS = (10, 100, 1_000)
CELLS = 10_000_000  # of the tables of many columns
TABLES = (1, 10, 100, 500)
TABLE_ROWS = 2_000
WORKERS = (1, 2)


def wide_spec(columns: int) -> str:
    """One table with a key and as many columns of five kinds."""
    kinds = (
        "int = 1..1_000",
        "float = normal(mean: 0, sd: 1)",
        "string = /[A-Z]{2}[0-9]{4}/",
        'string = "a" 60% | "b" 30% | "c"',
        "timestamp = 2024-01-01 .. 2024-12-31",
    )
    lines = [f"  c{i} {kinds[i % len(kinds)]}" for i in range(columns - 1)]
    return "dataset wide {\n  seed 1\n}\n\ntable t {\n  id int key\n" + "\n".join(lines) + "\n}\n"


def many_spec(tables: int) -> str:
    """Tables in a row, each of which refers to the one before."""
    parts = ["dataset many {\n  seed 1\n}\n"]
    for i in range(tables):
        reference = f"  parent -> t{i - 1}\n" if i else ""
        parts.append(
            f"table t{i} {TABLE_ROWS} {{\n  id int key\n{reference}"
            f'  name string = first_name()\n  size int = 1..9\n  kind string = "a" 60% | "b"\n}}\n'
        )
    return "\n".join(parts)


def measure(work: Path, most_rows: int) -> dict[str, Any]:
    """Each point measured once; smaller ones, where start-up and noise weigh more, three times."""
    out: dict[str, Any] = {"rows": [], "columns": [], "tables": [], "workers": []}
    w1 = SPECS / "w1.dgen"
    for rows in (*ROWS, MORE_ROWS):
        if rows <= most_rows:
            out["rows"].append({"at": rows, **_built(work, w1, "--rows", rows)})
    spec = work / "scaling.dgen"
    for columns in COLUMNS:
        spec.write_text(wide_spec(columns).replace("table t {", f"table t {CELLS // columns} {{"))
        out["columns"].append({"at": columns, **_built(work, spec)})
    for tables in TABLES:
        spec.write_text(many_spec(tables))
        out["tables"].append({"at": tables, **_built(work, spec)})
    spec.unlink()
    for workers in WORKERS:
        w2 = SPECS / "w2.dgen"
        out["workers"].append({"at": workers, **_built(work, w2, "--scale", 0.25, "--workers", workers)})
    return out


def _built(work: Path, spec: Path, *options: object) -> dict[str, float]:
    runs: list[Run] = []
    while not runs or (len(runs) < 3 and runs[0].cpu < 2):
        command = specdsl("build", spec, "-o", "{out}/data", "--quiet", "--verify", "off", *options)
        runs.append(in_folder(work, command))
    best = sorted(runs, key=lambda r: r.cpu)[len(runs) // 2]
    tell(f"{spec.name} {' '.join(map(str, options))}: {best.cpu:.2f} s CPU, {best.peak:.0f} MB")
    return {"cpu": best.cpu, "wall": best.wall, "peak": best.peak}
