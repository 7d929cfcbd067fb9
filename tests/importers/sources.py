"""Sources written to a folder, imported through the command line, and the rows that the spec makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from specdsl.cli.main import main
from specdsl.errors import ExitStatus


def written(folder: Path, files: dict[str, Any]) -> Path:
    """``files`` as JSON below ``folder``."""
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return folder


def spec_of(folder: Path, *words: str) -> str:
    """The spec that ``specdsl import`` with ``words`` writes."""
    out = folder / "made.dgen"
    assert main(["import", *words, "-o", str(out), "--mode", "overwrite"]) == ExitStatus.DONE
    return out.read_text("utf-8")


def rows_of(folder: Path) -> dict[str, list[Any]]:
    """The rows of every table of the spec, built and verified with another seed than the importer tries."""
    out = folder / "out"
    words = ["build", str(folder / "made.dgen"), "--seed", "9", "-f", "jsonl", "-o", str(out)]
    assert main([*words, "--mode", "overwrite"]) == ExitStatus.DONE
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in sorted(out.glob("*.jsonl"))
    }
