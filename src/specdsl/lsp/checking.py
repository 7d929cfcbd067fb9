"""When documents are checked: the place of a change at once, then the rest of it, other files last."""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types

from specdsl.functions.registry import FUNCTIONS
from specdsl.lsp import garbage
from specdsl.lsp.features import tokens
from specdsl.lsp.progress import Progress
from specdsl.lsp.publishing import Publisher
from specdsl.lsp.session import Session
from specdsl.lsp.uris import is_file
from specdsl.lsp.worker import Urgency, Worker
from specdsl.plugins.catalogue import NO_PLUGINS

if TYPE_CHECKING:
    from specdsl.lsp.server import SpecdslServer

_BETWEEN: Final = 0.3
"""Seconds after which what is known of a long document so far is told."""
_FOR_VALUES: Final = (
    "specdsl.ide.completion",
    "specdsl.ide.hover",
    "specdsl.ide.actions",
    "specdsl.ide.preview",
    "pyarrow",
    "specdsl.generate.generator",
    "specdsl.plan.planner",
)
_MOST_FILES: Final = 500
"""Files of a workspace that are checked without being open."""


class Checking:
    """Its public methods are called on the event loop; the others run on the worker."""

    def __init__(self, session: Session, worker: Worker, server: SpecdslServer) -> None:
        self._session = session
        self._worker = worker
        self._server = server
        self.publisher = Publisher(session, self._publish)
        self._carets: dict[str, int] = {}
        self._looked_through: set[str] = set()

    def _publish(self, params: types.PublishDiagnosticsParams) -> None:
        self._server.on_loop(lambda: self._server.text_document_publish_diagnostics(params))

    def changed(self, path: str, at: int) -> None:
        """A document has a new text; ``at``: where it changed."""
        self._carets[path] = at
        self._worker.submit(Urgency.SYNTAX, lambda: self._here(path), name=f"checking {path}")
        self._worker.submit(Urgency.MEANING, lambda: self._rest(path), name=f"checking the rest of {path}")

    def closed(self, path: str) -> None:
        """A document is left to the disk."""
        self._carets.pop(path, None)
        self._worker.cancel(f"checking {path}")
        self._worker.cancel(f"checking the rest of {path}")
        self._worker.submit(Urgency.MEANING, lambda: self._left(path), name=f"leaving {path}")

    def settled(self, path: str) -> None:
        """Nobody types there any more: what has waited is shown."""
        self.publisher.release(path)
        self._worker.submit(Urgency.SYNTAX, self.publisher.show_waiting, name="showing what waited")

    def everything(self) -> None:
        """Files or settings have changed: look at all again."""
        self._worker.submit(Urgency.WORKSPACE, self._all, name="checking all files")

    def pulled(self) -> None:
        """The client asks for diagnostics by itself."""
        if self.publisher.is_pushing:
            self._worker.submit(Urgency.SYNTAX, self.publisher.stop_pushing, name="not pushing")

    # --- on the worker -------------------------------------------------------------------------

    def _here(self, path: str) -> None:
        """The section of the change, and what is known of all others."""
        workspace = self._session.workspace(path)
        if workspace.is_open(path):
            self.publisher.learn(path, workspace.diagnostics(path, first=self._carets.get(path, 0)))

    def _rest(self, path: str, urgency: Urgency = Urgency.MEANING) -> Generator[None, None, None]:
        workspace = self._session.workspace(path)
        if not workspace.is_open(path) and not is_file(path):
            return
        told = monotonic()
        progress = Progress(self._server, f"specdsl: checking {path.rpartition('/')[2]}")
        try:
            while not workspace.advance(path, near=self._carets.get(path)):
                if monotonic() - told > _BETWEEN:
                    self.publisher.learn(path, workspace.known(path))
                    told = monotonic()
                progress.step()
                yield
        finally:
            progress.end()
        self.publisher.learn(path, workspace.diagnostics(path))
        if workspace.is_open(path):
            self._tell_changed(path)
            self._check_importers(path)
        if path not in self._looked_through:
            self._looked_through.add(path)
            garbage.keep()

    def _check_importers(self, path: str) -> None:
        self._worker.submit(
            Urgency.WORKSPACE, lambda: self._importers(path), name=f"checking what imports {path}"
        )

    def _importers(self, path: str) -> Generator[None, None, None]:
        """The files that import a document which has changed."""
        workspace = self._session.workspace(path)
        known = set(self.publisher.programs())
        shown = False
        for other in workspace.importers(path):
            if other != path and (workspace.is_open(other) or other in known):
                yield
                yield from self._program(other)
                shown |= workspace.is_open(other)
        self.publisher.show_waiting()  # of files that have not changed since it was held back
        if shown:  # colours, hints and lenses of theirs may be others
            self._server.on_loop(self._server.refresh)

    def _program(self, path: str) -> Generator[None, None, None]:
        """All of one file, without its importers."""
        workspace = self._session.workspace(path)
        while not workspace.advance(path):
            yield
        self.publisher.learn(path, workspace.diagnostics(path))
        if workspace.is_open(path):
            self._tell_changed(path)

    def _all(self) -> Generator[None, None, None]:
        """Open documents first, then the files of the workspace that are not open, if they are wanted."""
        wanted: dict[str, None] = {}
        for folder in self._session.folders:
            wanted |= dict.fromkeys(folder.workspace.open_paths())
        for folder in self._session.folders:
            if folder.settings.whole_workspace and folder.root is not None:
                closed = [p for p in folder.workspace.paths() if not folder.workspace.is_open(p)]
                wanted |= dict.fromkeys(closed[:_MOST_FILES])
        for gone in set(self.publisher.programs()) - wanted.keys():
            self.publisher.forget(gone)
        progress = Progress(self._server, "specdsl: checking the workspace")
        try:
            for number, path in enumerate(wanted):
                progress.step(number / len(wanted))
                yield
                yield from self._program(path)
        finally:
            progress.end()
        yield from _warmed()

    def _left(self, path: str) -> Generator[None, None, None]:
        """A document that has been closed counts as any other file, or not at all."""
        tokens.forget(self._session, path)
        self._looked_through.discard(path)
        folder = self._session.folder(path)
        if folder.settings.whole_workspace and path in folder.workspace.paths():
            yield from self._program(path)
        else:
            self.publisher.forget(path)
        self._check_importers(path)  # what was not saved of it counts no more

    def _tell_changed(self, path: str) -> None:
        params: dict[str, Any] = {
            "uri": self._session.uri(path),
            "version": self._session.versions.get(path),
        }
        self._server.on_loop(lambda: self._server.protocol.notify("specdsl/changed", params))


def _warmed() -> Generator[None, None, None]:
    """Load what the first requests and values will need, while nobody waits for them: a server is there
    sooner without."""
    from specdsl.ide.samples import sample_example

    for name in _FOR_VALUES:
        import_module(name)
        yield
    sample_example(FUNCTIONS["normal"], NO_PLUGINS)
    yield
    sample_example(FUNCTIONS["first_name"], NO_PLUGINS)
