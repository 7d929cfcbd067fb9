"""Running the command line: in this process where that will do, as a process of its own where it must be."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from specdsl.cli.main import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Ran:
    """What a command ended with and wrote."""

    status: int
    out: str
    err: str


def run(*arguments: str) -> Ran:
    """In this process; streams are no terminals, 100 columns wide."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(arguments)
    return Ran(int(status), out.getvalue(), err.getvalue())


def environment(**more: str) -> dict[str, str]:
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "SPECDSL_DEBUG"}
    }
    return {**kept, **more}


def process(
    *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, input: bytes = b""
) -> Ran:
    """As a process of its own, with pipes."""
    ran = subprocess.run(
        [sys.executable, "-m", "specdsl", *arguments],
        cwd=cwd,
        env=dict(env) if env is not None else environment(),
        input=input,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


GOOD = """\
dataset tiny { seed 1 }
table users 3 {
  id   int key = sequence(start: 1)
  name string  = "Ann" | "Bob"
  age  int? in 18..90 40% null
  half int hidden = id // 2
  twin int        = half * 2
}
table orders {
  id      int key = sequence(start: 100)
  user_id -> users each 2
  total   decimal(8, 2) in 1..50
}
"""
