"""The compiler by lines of text, and what starting costs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from measuring import CONTENDERS, SPECS, in_folder, median, python, run, specdsl, tell

LINES = (200, 1_000, 5_000, 20_000)
ROUNDS = 5


def long_spec(lines: int) -> str:
    """A spec of about so many lines: blocks of 20, tables that refer to the block before."""
    parts = ["dataset long {\n  seed 1\n  now  2025-01-01T00:00:00Z\n}\n"]
    number = 0
    while sum(part.count("\n") + 1 for part in parts) < lines:
        reference = f"  parent_id -> t{number - 1}\n" if number else "  parent_id int = 1..9\n"
        parts.append(
            f"## Table {number}.\ntable t{number} 1_000 {{\n  id int key\n{reference}"
            "  first string = first_name()\n  last  string = last_name()\n"
            '  email string unique = f"{lower(first)}.{lower(last)}{row}@example.com"\n'
            "  age   int in 18..90 = normal(mean: 38, sd: 12)\n"
            '  plan  string = "free" 70% | "pro" 25% | "team"\n'
            "  at    timestamp = 2023-01-01 .. 2025-05-31\n"
            "  until timestamp = at + exponential(mean: 30d)\n"
            "  total decimal(10, 2) in 1 .. 5_000 = lognormal(mean: 3.5, sigma: 0.8)\n"
            '  code  string = /[A-Z]{3}-[0-9]{6}/\n  kind  string = if age > 60 then "a" else "b"\n'
            "  note  string? 50% null = paragraph()\n  size  int = 1..9\n  area  int = size * 2\n\n"
            "  check order: until >= at\n}\n"
        )
        number += 1
    return "\n".join(parts)


def measure(work: Path) -> dict[str, Any]:
    """Parse, check and whole of specs by length; start-up of three commands."""
    out: dict[str, Any] = {"lines": [], "start": []}
    spec = work / "long.dgen"
    for lines in LINES:
        spec.write_text(long_spec(lines))
        done = run(python("compile_times.py", spec))
        parse, check, actual = map(float, done.printed.split())
        row = {"at": int(actual), "parse": parse, "check": check, "whole": done.cpu, "peak": done.peak}
        tell(f"{lines} lines: parse {parse:.2f} s, check {check:.2f} s, whole {done.cpu:.2f} s")
        out["lines"].append(row)
    spec.write_text(long_spec(200))
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import numpy, pyarrow": [sys.executable, "-c", "import numpy, pyarrow"],
        "specdsl --version": specdsl("--version"),
        "specdsl check, 200 lines": specdsl("check", spec),
        "specdsl build, 10 rows, --verify off": specdsl(
            "build", SPECS / "w1.dgen", "--rows", 10, "-o", "{out}/d", "-q", "--verify", "off"
        ),
        "specdsl build, 10 rows": specdsl("build", SPECS / "w1.dgen", "--rows", 10, "-o", "{out}/d", "-q"),
    }
    for name, command in commands.items():
        runs = [in_folder(work, command, CONTENDERS) for _ in range(ROUNDS)]
        out["start"].append({"name": name, "cpu": [r.cpu for r in runs], "wall": [r.wall for r in runs]})
        tell(f"{name}: {median([r.cpu for r in runs]):.2f} s CPU")
    spec.unlink()
    return out
