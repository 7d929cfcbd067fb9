"""Files that come with specdsl: the grammar and the pages of the diagnostics.

A wheel has them in ``specdsl/_data``; an editable install reads them where they live in the repository.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_REPOSITORY = {"errors": "docs/errors", "dgen.lark": "grammar/dgen.lark"}


def resource_path(name: str) -> Path:
    """Where the file ``name`` is. Raises FileNotFoundError when the installation is incomplete."""
    packaged = _PACKAGE / "_data" / name
    if packaged.exists():
        return packaged
    source = _PACKAGE.parent.parent / _REPOSITORY[name]
    if source.exists():
        return source
    raise FileNotFoundError(f"specdsl is not installed completely: {name} is missing")


def resource_dir(name: str) -> Path:
    """Where the folder ``name`` is. Raises FileNotFoundError when the installation is incomplete."""
    return resource_path(name)


def resource_text(name: str) -> str:
    """The text of the file ``name``. Raises FileNotFoundError when the installation is incomplete."""
    return resource_path(name).read_text("utf-8")
