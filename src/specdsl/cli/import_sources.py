"""What ``specdsl import`` reads: files, folders of files, standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from specdsl.cli.compiling import unreadable
from specdsl.errors import UsageError
from specdsl.files import FileProblem, Problem
from specdsl.importers.json_schema.contents import is_schema
from specdsl.importers.rand_engine.detection import is_rand_engine
from specdsl.importers.registry import DATA_ENDINGS
from specdsl.local_files.folders import MAX_TEXT_BYTES, decoded, read_text
from specdsl.source import SourceFile

_STDIN = "-"
_MOST_FILES = 1_000


def gathered(sources: tuple[str, ...]) -> list[SourceFile]:
    """The texts of ``sources``, one at least; of a folder, all JSON files in it and below that are
    schemas or specs of rand-engine.
    Raises UsageError and EnvironmentFailure."""
    found: list[SourceFile] = []
    for source in dict.fromkeys(sources):
        if source.endswith(".dgen"):
            raise UsageError(
                f"`{source}` is a spec already", "import makes one of schemas, SQL or data files"
            )
        if source.lower().endswith((".yaml", ".yml")):
            raise UsageError(f"`{source}` is YAML, which import does not read", "convert it to JSON first")
        if source != _STDIN and Path(source).is_dir():
            found += _of_folder(source)
        else:
            found.append(_read(source))
    known = {one.name: one for one in found}
    return list(known.values())


def is_data(source: str) -> bool:
    """Whether a source is a file that ends as data files do, or a folder with any of them."""
    path = Path(source)
    if path.is_dir():
        return any(p.is_file() and is_data(str(p)) for p in path.iterdir())
    return source.lower().removesuffix(".gz").removesuffix(".zst").endswith(DATA_ENDINGS)


def _of_folder(folder: str) -> list[SourceFile]:
    files = sorted(Path(folder).rglob("*.json"))
    if len(files) > _MOST_FILES:
        help = "name a folder further in, or files"
        raise UsageError(f"`{folder}` has more than {_MOST_FILES:_} JSON files", help)
    texts = [_read(str(file)) for file in files]
    fit = [one for one in texts if _may_be_schema(one.text)]
    if not fit:
        help = f"name a file in it, such as {files[0]}" if files else "name a .json file"
        raise UsageError(f"`{folder}` has no JSON Schema and no spec of rand-engine", help)
    return fit


def _may_be_schema(text: str) -> bool:
    """Whether a file in a folder is meant; a damaged one is, so that it is told."""
    try:
        return is_schema(json.loads(text)) or is_rand_engine(text)
    except (ValueError, RecursionError):
        return True


def _read(source: str) -> SourceFile:
    try:
        if source != _STDIN:
            return SourceFile(source, read_text(source))
        data = sys.stdin.buffer.read(MAX_TEXT_BYTES + 1)
        if len(data) > MAX_TEXT_BYTES:
            raise FileProblem(
                Problem.TOO_LARGE, "<stdin>", f"it has more than {MAX_TEXT_BYTES // 1024 // 1024} MB"
            )
        return SourceFile("<stdin>", decoded("<stdin>", data))
    except FileProblem as problem:
        raise unreadable(problem, ".json") from None
