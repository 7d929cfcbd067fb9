"""``--report``: the HTML report of a build or a verification, as far as the command line is concerned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.cli.writing import require_writable, write_text
from specdsl.errors import SpecdslError, UsageError

if TYPE_CHECKING:
    from specdsl.ir.model import Dataset
    from specdsl.report.model import TableProfile
    from specdsl.verify.reading import TableFiles
    from specdsl.verify.report import VerifyReport

NAME = "report.html"


class HtmlReport:
    """A report that was asked for. ``path``: where to, None for ``report.html`` in the output folder.

    Raises UsageError and EnvironmentFailure at once where ``path`` cannot be written."""

    def __init__(self, dataset: Dataset, spec: str, path: Path | None) -> None:
        if path is not None:
            require_writable(path, spec)
            if path.exists() and not _is_page(path):
                raise UsageError(f"`{path}` is no HTML page, and is not written over", "name another file")
        self._dataset = dataset
        self._spec = spec
        self._path = path
        self._profiles: Mapping[str, TableProfile] | None = None
        self._format = ""
        self._problem: SpecdslError | None = None

    @property
    def has_looked(self) -> bool:
        """Whether ``look`` was called."""
        return self._profiles is not None or self._problem is not None

    def look(self, tables: Mapping[str, TableFiles]) -> None:
        """Take the statistics of the files. What goes wrong is told by ``write``: a build is none the
        worse for it."""
        from specdsl.report.reading import profile

        self._format = next((files.format for files in tables.values()), "")
        try:
            self._profiles = profile(self._dataset, tables)
        except SpecdslError as problem:
            self._problem = problem

    def write(
        self, verification: VerifyReport | None, out_dir: Path | None = None, *, published: bool = True
    ) -> Path:
        """Write the page; its path. ``out_dir``: of the build, for a report without a path of its own.
        Raises SpecdslError where there are no statistics or nothing can be written."""
        from specdsl.report.page import Subject, page

        if self._problem is not None:
            raise self._problem
        path = self._path
        if path is None:
            assert out_dir is not None
            # A build that came to nothing leaves no folder: its report stands beside where that would be.
            path = out_dir / NAME if published else out_dir.parent / f"{out_dir.name}-{NAME}"
        subject = Subject(self._dataset, self._profiles or {}, verification, self._format, published)
        write_text(path, page(subject), self._spec)
        return path


def _is_page(path: Path) -> bool:
    """Whether a file begins as a page of HTML does; an empty one may become one."""
    try:
        with path.open("rb") as file:
            start = file.read(64).lstrip().lower()
    except OSError:
        return True  # writing it will tell
    return not start or start.startswith((b"<!doctype html", b"<html"))
