"""Files that belong to the package but live elsewhere in the repository: the grammar, the manual, the pages
of the diagnostics and the examples. An installed wheel carries them in ``specdsl/_data``; an editable install
and an sdist have them in their own folders."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_REPOSITORY = _PACKAGE.parent.parent
_IN_REPOSITORY = {
    "dgen.lark": "grammar/dgen.lark",
    "errors": "docs/errors",
    "language.md": "docs/language.md",
    "functions.md": "docs/functions.md",
}


def _find(name: str) -> Path:
    packaged = _PACKAGE / "_data" / name
    return packaged if packaged.exists() else _REPOSITORY / _IN_REPOSITORY.get(name, name)


def resource_text(name: str) -> str:
    """The text of the file ``name`` (``dgen.lark``). Raises FileNotFoundError."""
    return _find(name).read_text(encoding="utf-8")


def resource_path(name: str) -> Path | None:
    """Where the file ``name`` (``errors/DG405.md``) lies, None where there is none."""
    folder, _, rest = name.partition("/")
    path = _find(folder) / rest if rest else _find(folder)
    return path if path.is_file() else None


def resource_dir(name: str) -> Path:
    """The folder ``name`` (``errors``). Raises FileNotFoundError."""
    path = _find(name)
    if not path.is_dir():
        raise FileNotFoundError(path)
    return path
