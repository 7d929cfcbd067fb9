"""Other generators, installed into a folder of their own: a venv and, where npm is, node_modules."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from measuring import HERE, environment, tell


@dataclass(frozen=True)
class Peers:
    """``python`` has those of requirements.txt; ``node`` (or None) runs json-schema-faker in ``folder``."""

    folder: Path
    python: Path
    node: str | None


def found(folder: Path) -> Peers | None:
    """The peers, if they have been installed."""
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        return None
    node = shutil.which("node") if (folder / "node_modules" / "json-schema-faker").exists() else None
    return Peers(folder, python, node)


def install(folder: Path) -> Peers:
    """Install them, or bring them up to date. Takes minutes and a gigabyte; Spark needs Java 17."""
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        tell("making a venv for the peers")
        _call([sys.executable, "-m", "venv", "venv"], folder)
    tell("installing the peers")
    _call([str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "requirements.txt")], folder)
    if npm := shutil.which("npm"):
        (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        _call([npm, "install", "--silent", "--no-audit", "--no-fund", "json-schema-faker@0.6"], folder)
    made = found(folder)
    assert made is not None
    return made


def _call(command: list[str], folder: Path) -> None:
    inherited = {k: v for k, v in environment().items() if k != "PYTHONPATH"}
    subprocess.run(command, cwd=folder, check=True, env=inherited)
