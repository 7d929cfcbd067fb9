"""What the server knows of its client and of the documents: folders, open texts, settings.

The event loop writes down what the client says (``Session.opened`` and the like); the worker takes it into
the workspaces ahead of its next step (``take_in``), so that only one thread ever touches a workspace.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specdsl.errors import SpecdslError
from specdsl.ide.workspace import Workspace
from specdsl.lsp.positions import Encoding
from specdsl.lsp.settings import Settings, read_settings
from specdsl.lsp.uris import is_file, uri_of
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins


@dataclass(frozen=True)
class Client:
    """What the client can do, read off its capabilities and ``initializationOptions``."""

    commands: frozenset[str] = frozenset()
    trusted: bool = False
    markdown: bool = True
    item_formats: frozenset[str] = frozenset()
    signature_formats: frozenset[str] = frozenset()
    links: bool = False
    snippets: bool = False
    item_defaults: frozenset[str] = frozenset()
    label_offsets: bool = False
    document_changes: bool = False
    nested_symbols: bool = False
    progress: bool = False
    configuration: bool = False
    watches: bool = False
    refreshes: frozenset[str] = frozenset()
    pulls: bool = False


@dataclass
class Folder:
    """A folder of the client's workspace, or what lies in none of them (``root`` None)."""

    root: Path | None
    workspace: Workspace
    settings: Settings


@dataclass
class _Said:
    """What has been said since the worker looked last, in order."""

    texts: dict[str, str | None] = field(default_factory=dict)
    versions: dict[str, int | None] = field(default_factory=dict)
    uris: dict[str, str] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    folders: tuple[Path, ...] | None = None
    settings: Mapping[str, Any] | None = None
    reread: bool = False


class Session:
    """``complain`` takes a line for the client's log, ``warn`` one for people to see; both may be called from
    any thread."""

    def __init__(self, complain: Callable[[str], None], warn: Callable[[str], None] | None = None) -> None:
        self.encoding = Encoding.UTF16
        self.client = Client()
        self.complain = complain
        self.warn = warn or complain
        self.versions: dict[str, int] = {}
        self._uris: dict[str, str] = {}
        self._said = _Said()
        self._lock = threading.Lock()
        self._given: Mapping[str, Any] = {}
        self._warned: dict[Path | None, set[str]] = {}
        self._folders: list[Folder] = []
        self._elsewhere = Folder(None, Workspace(), Settings())

    # --- said by the client, on the event loop -------------------------------------------------

    def opened(self, path: str, uri: str, text: str, version: int) -> None:
        """A document has been opened, or has a new text."""
        with self._lock:
            self._said.texts[path] = text
            self._said.versions[path] = version
            self._said.uris[path] = uri

    def closed(self, path: str) -> None:
        """A document has been closed: its text on disk counts again."""
        with self._lock:
            self._said.texts[path] = None
            self._said.versions[path] = None

    def changed_outside(self, path: str) -> None:
        """A file has been made, changed or deleted by somebody else."""
        with self._lock:
            self._said.forgotten.append(path)
            self._said.reread |= Path(path).name in ("specdsl.toml", "pyproject.toml")

    def opened_folders(self, roots: tuple[Path, ...]) -> None:
        """These are the folders of the client's workspace now."""
        with self._lock:
            self._said.folders = roots

    def configured(self, given: Mapping[str, Any]) -> None:
        """The client's settings."""
        with self._lock:
            self._said.settings = given

    # --- taken in, by the worker ---------------------------------------------------------------

    def take_in(self) -> None:
        """Bring the workspaces to what has been said."""
        with self._lock:
            said, self._said = self._said, _Said()
        if said.folders is not None:
            self._take_folders(said.folders)
        if said.settings is not None:
            self._given = said.settings
        if said.settings is not None or said.reread or said.folders is not None:
            for folder in (*self._folders, self._elsewhere):
                self._settle(folder)
        self._uris |= said.uris
        for path, text in said.texts.items():
            if text is None:
                self.workspace(path).close(path)
                self.versions.pop(path, None)
            else:
                self.workspace(path).change(path, text)
        self.versions |= {path: version for path, version in said.versions.items() if version is not None}
        for path in said.forgotten:
            for folder in (*self._folders, self._elsewhere):
                folder.workspace.forget(path)

    def _take_folders(self, roots: tuple[Path, ...]) -> None:
        known = {folder.root: folder for folder in self._folders}
        texts = {
            path: folder.workspace.document(path).text
            for folder in (*self._folders, self._elsewhere)
            for path in folder.workspace.open_paths()
        }
        self._folders = [known.get(root) or Folder(root, Workspace(root=root), Settings()) for root in roots]
        self._folders.sort(key=lambda folder: -len(str(folder.root)))
        for path, text in texts.items():  # a document may lie in another folder now
            for folder in (*self._folders, self._elsewhere):
                if folder is not self.folder(path):
                    folder.workspace.close(path)
            self.workspace(path).change(path, text)

    def _settle(self, folder: Folder) -> None:
        """Read a folder's settings, and the plugins that they name."""
        wrong: list[str] = []
        settings = read_settings(folder.root, self._given, wrong.append)
        before = set().union(*self._warned.values())
        self._warned[folder.root] = set(wrong)
        for line in wrong:  # once, until it is mended and wrong again
            if line not in before:
                self.warn(line)
        folder.settings = settings
        root = folder.root or Path.cwd()
        folder.workspace.allow = tuple(root / Path(one).expanduser() for one in settings.allow)
        folder.workspace.plugins = self._loaded(folder, settings.plugins)

    def _loaded(self, folder: Folder, names: tuple[str, ...]) -> Plugins:
        if not names:
            return NO_PLUGINS
        if not self.client.trusted:
            self.complain("plugins are Python code: they are not run in a workspace that is not trusted")
            return NO_PLUGINS
        from specdsl.plugins.loading import load_plugins

        root = folder.root or Path.cwd()
        given = tuple(str(root / Path(n).expanduser()) if n.endswith(".py") else n for n in names)
        try:
            return load_plugins(given)
        except SpecdslError as error:
            self.complain(f"plugins: {error.message}. {error.help}".rstrip(". ") + ".")
            return NO_PLUGINS

    # --- looked up, by the worker --------------------------------------------------------------

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All folders; what lies in none of them last."""
        return (*self._folders, self._elsewhere)

    def folder(self, path: str) -> Folder:
        """The innermost folder that a document lies in."""
        if is_file(path):
            for folder in self._folders:
                if folder.root is not None and Path(path).is_relative_to(folder.root):
                    return folder
        return self._elsewhere

    def workspace(self, path: str) -> Workspace:
        """The workspace of a document."""
        return self.folder(path).workspace

    def uri(self, path: str) -> str:
        """The address of a document, as the client wrote it where it has opened it."""
        return self._uris.get(path) or uri_of(path)
