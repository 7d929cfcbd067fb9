"""The server: what the client says is written down at once, what it asks for goes to the worker.

``create`` makes one for a connection. The event loop never computes anything about a document.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final

from lsprotocol import types
from pygls.exceptions import (
    FeatureRequestError,
    JsonRpcContentModified,
    JsonRpcException,
    JsonRpcInternalError,
)
from pygls.lsp.server import LanguageServer

from specdsl.errors import SpecdslError
from specdsl.lsp import garbage
from specdsl.lsp.buffers import Buffer
from specdsl.lsp.checking import Checking
from specdsl.lsp.client import options_of, plain, read_client
from specdsl.lsp.features.feature import Feature, Refused
from specdsl.lsp.positions import chosen
from specdsl.lsp.protocol import Protocol
from specdsl.lsp.session import Session
from specdsl.lsp.uris import is_file, path_of
from specdsl.lsp.view import View
from specdsl.lsp.worker import ContentModified, Worker
from specdsl.version import VERSION

_SETTLE: Final = 0.2
"""Seconds without a key after which new mistakes are shown to somebody who goes on typing in one place."""
_GOING_ON: Final = 0.6
"""Seconds within which a character put in right after the one before goes on with it."""
_ALIVE: Final = 5.0
"""Seconds between two looks at whether the client is still there."""
_WATCHED: Final = "**/*.{dgen,csv,tsv,parquet,json,jsonl,ndjson,sql,toml}"


class RequestFailed(JsonRpcException):
    """What was asked cannot be done, for a reason that people can read."""

    CODE = -32803


class SpecdslServer(LanguageServer):
    """One connection's server."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__("specdsl", VERSION, protocol_cls=Protocol, max_workers=2)
        self.session = Session(self.complain, self.warn)
        self.worker = Worker(self.session.take_in, self._failed, garbage.sweep)
        self.checking = Checking(self.session, self.worker, self)
        self.buffers: dict[str, Buffer] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._roots: tuple[Path, ...] = ()
        self._ends: dict[str, tuple[int, float]] = {}  # where typing went on last, and when
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- telling the client, from any thread ---------------------------------------------------

    def on_loop(self, call: Callable[[], object]) -> None:
        """Have something said from the event loop; nothing is said where it has ended."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it is closed
                self._loop.call_soon_threadsafe(_quietly, call)

    def complain(self, message: str, level: types.MessageType = types.MessageType.Warning) -> None:
        """A line for the client's log."""
        self.on_loop(lambda: self.window_log_message(types.LogMessageParams(level, message)))

    def warn(self, message: str) -> None:
        """A line that people are shown, and that the client's log has."""
        self.complain(message)
        warning = types.ShowMessageParams(types.MessageType.Warning, f"specdsl: {message}")
        self.on_loop(lambda: self.window_show_message(warning))

    def _failed(self, what: str, error: BaseException) -> None:
        """A bug in a job: the client's log has it, and everything goes on."""
        if isinstance(error, Refused | SpecdslError | JsonRpcException):
            return
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        at = f" ({where.tb_frame.f_globals.get('__name__')}:{where.tb_lineno})" if where else ""
        self.complain(f"{what}: {type(error).__name__}: {error}{at}", types.MessageType.Error)
        if os.environ.get("SPECDSL_DEBUG"):
            logging.getLogger("specdsl.lsp").error("%s", what, exc_info=error)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log, never as a message that pops up; a request that fails has been answered."""
        if source is FeatureRequestError:
            return
        self.complain(f"{type(error).__name__}: {error}", types.MessageType.Error)

    # --- beginning and end ---------------------------------------------------------------------

    def begin(self, params: types.InitializeParams) -> None:
        """Take what the client says of itself."""
        self._loop = asyncio.get_running_loop()
        general = params.capabilities.general
        offered = [
            str(getattr(e, "value", e)) for e in (general.position_encodings if general else None) or ()
        ]
        self.session.encoding = chosen(offered)
        self.session.client = read_client(params)
        folders = [path_of(folder.uri) for folder in params.workspace_folders or ()]
        if not folders and (params.root_uri or params.root_path):
            folders = [path_of(params.root_uri) if params.root_uri else str(params.root_path)]
        self._roots = tuple(Path(one) for one in folders if is_file(one))
        self.session.opened_folders(self._roots)
        settings = options_of(params).get("settings")
        self.session.configured(settings if isinstance(settings, dict) else {})

    def complete(self, capabilities: types.ServerCapabilities) -> None:
        """What pygls does not know to say of the server."""
        capabilities.position_encoding = types.PositionEncodingKind(self.session.encoding.value)
        if not self.session.client.pulls:
            capabilities.diagnostic_provider = None  # it would be shown twice
        capabilities.execute_command_provider = None

    def started(self, params: types.InitializedParams) -> None:
        """The client is ready: settings, files to watch, the rest of the workspace."""
        client = self.session.client
        if client.watches:
            watcher = types.FileSystemWatcher(_WATCHED)
            self._spawn(
                self.client_register_capability_async(
                    types.RegistrationParams(
                        [
                            types.Registration(
                                "specdsl-files",
                                types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                                types.DidChangeWatchedFilesRegistrationOptions([watcher]),
                            )
                        ]
                    )
                )
            )
        if client.configuration:
            self._spawn(self._ask_for_settings())
        if self.process_id is not None and os.name == "posix":
            self._spawn(self._watch_client(self.process_id))
        self.checking.everything()

    def stop(self) -> None:
        """Do no more work."""
        self.worker.stop()

    def shutdown(self) -> None:
        """The connection is at its end."""
        self.stop()
        super().shutdown()  # type: ignore[no-untyped-call]

    def _spawn(self, work: Awaitable[Any]) -> None:
        async def done() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 -- a client that refuses is no reason to stop
                self.complain(f"{type(error).__name__}: {error}")

        task = asyncio.get_running_loop().create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask_for_settings(self) -> None:
        item = types.ConfigurationItem(section="specdsl")
        answer = await self.workspace_configuration_async(types.ConfigurationParams([item]))
        settings = plain(answer[0]) if answer else None
        if isinstance(settings, dict):
            self._reconfigure(settings)

    def _reconfigure(self, settings: dict[str, Any]) -> None:
        self.session.configured(settings)
        self.checking.everything()
        self.refresh()

    async def _watch_client(self, process: int) -> None:
        """End when the client's process is gone; its end of the connection may be open in another one."""
        while True:
            await asyncio.sleep(_ALIVE)
            try:
                os.kill(process, 0)
            except ProcessLookupError:
                os._exit(1)
            except OSError:
                return

    def refresh(self) -> None:
        """Have the client ask again for what it shows, where it can be told to."""
        calls: dict[str, Callable[[None], Awaitable[Any]]] = {
            "semanticTokens": self.workspace_semantic_tokens_refresh_async,
            "codeLens": self.workspace_code_lens_refresh_async,
            "inlayHint": self.workspace_inlay_hint_refresh_async,
        }
        if not self.checking.publisher.is_pushing:
            calls["diagnostics"] = self.workspace_diagnostic_refresh_async
        for name, call in calls.items():
            if name in self.session.client.refreshes:
                self._spawn(call(None))

    # --- said of documents ---------------------------------------------------------------------

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """A document is open."""
        given = params.text_document
        buffer = Buffer(given.uri, given.text, given.version, self.session.encoding)
        path = path_of(given.uri)
        self.buffers[given.uri] = buffer
        self.session.opened(path, given.uri, buffer.text, given.version)
        self.checking.changed(path, 0)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """A document has changed."""
        uri = params.text_document.uri
        buffer = self.buffers.get(uri)
        if buffer is None:
            self.complain(f"{uri} changed and is not open")
            return
        at, goes_on = 0, False
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start = change.range.start.line, change.range.start.character
                end = change.range.end.line, change.range.end.character
                at, removed = buffer.replace(start, end, change.text)
                goes_on = not removed and self._goes_on(uri, at, change.text)
                at += len(change.text)
                self._ends[uri] = at, monotonic()
            else:
                buffer.reset(change.text)
                at, goes_on = 0, False
        buffer.version = params.text_document.version
        path = path_of(uri)
        self.session.opened(path, uri, buffer.text, buffer.version)
        self._hold(path, goes_on=goes_on)
        self.checking.changed(path, at)

    def _goes_on(self, uri: str, at: int, text: str) -> bool:
        """Whether a text that was put in at ``at`` goes on with what was typed right before."""
        end, time = self._ends.get(uri, (-1, 0.0))
        return at == end and "\n" not in text and "\r" not in text and monotonic() - time < _GOING_ON

    def _hold(self, path: str, *, goes_on: bool) -> None:
        timer = self._timers.pop(path, None)
        if timer is not None:
            timer.cancel()
        if not goes_on:
            self.checking.publisher.release(path)
            return
        self.checking.publisher.hold(path)
        loop = asyncio.get_running_loop()
        self._timers[path] = loop.call_later(_SETTLE, self.checking.settled, path)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """A document is closed: what is on disk counts again."""
        path = path_of(params.text_document.uri)
        self.buffers.pop(params.text_document.uri, None)
        self._ends.pop(params.text_document.uri, None)
        self._hold(path, goes_on=False)
        self.session.closed(path)
        self.checking.closed(path)

    def nothing(self, params: object) -> None:
        """There is nothing to do about it."""

    def did_change_files(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Files were made, changed or deleted outside of the editor, or saved in it."""
        for change in params.changes:
            self.session.changed_outside(path_of(change.uri))
        self.checking.everything()
        self.refresh()

    def did_change_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        """Folders have come or gone."""
        gone = {Path(path_of(folder.uri)) for folder in params.event.removed}
        come = [path_of(folder.uri) for folder in params.event.added]
        kept = [root for root in self._roots if root not in gone]
        self._roots = tuple(dict.fromkeys([*kept, *(Path(one) for one in come if is_file(one))]))
        self.session.opened_folders(self._roots)
        self.checking.everything()

    def did_change_settings(self, params: types.DidChangeConfigurationParams) -> None:
        """The client's settings have changed: they are asked for, or taken from the notification."""
        if self.session.client.configuration:
            self._spawn(self._ask_for_settings())
            return
        given = plain(params.settings)
        if isinstance(given, dict):
            own = given.get("specdsl", given)
            self._reconfigure(own if isinstance(own, dict) else {})

    # --- asked of documents --------------------------------------------------------------------

    async def answer(self, feature: Feature, params: Any) -> Any:
        """Have the worker answer a request. Raises what pygls makes an error's answer of."""
        uri = _uri_of(feature, params)
        buffer = self.buffers.get(uri)
        version = None if buffer is None else buffer.version

        def is_stale() -> bool:
            now = self.buffers.get(uri)
            return version is not None and (now is None or now.version != version)

        view = View(self.session, path_of(uri))
        future = self.worker.submit(feature.urgency, lambda: feature.answer(view, params), is_stale=is_stale)
        try:
            return await asyncio.wrap_future(future)
        except ContentModified:
            raise JsonRpcContentModified("the document has changed meanwhile") from None
        except Refused as refused:
            raise RequestFailed(str(refused)) from None
        except SpecdslError as error:
            raise RequestFailed(error.message) from None
        except JsonRpcException:
            raise
        except Exception as error:  # noqa: BLE001 -- a bug is an answer, too
            raise JsonRpcInternalError(f"{feature.method}: {type(error).__name__}: {error}") from None


def _uri_of(feature: Feature, params: Any) -> str:
    """The document that a request is about, "" where it is about none."""
    if feature.of_data:
        data = params.data
        return str(data.get("uri", "")) if isinstance(data, dict) else ""
    document = getattr(params, "text_document", None) or getattr(params, "textDocument", None)
    return str(getattr(document, "uri", ""))


def _quietly(call: Callable[[], object]) -> None:
    """Say something to a client that may be gone."""
    with suppress(OSError, ValueError):
        call()


def create() -> SpecdslServer:
    """A server for one connection, with all features."""
    from specdsl.lsp.features.registry import FEATURES

    for name in ("pygls", "pygls.protocol.json_rpc", "asyncio", "websockets.server"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what matters goes to the client's log
    server = SpecdslServer()
    for feature in FEATURES:
        server.feature(feature.method, feature.options)(_handler(server, feature))
    notified: dict[str, Callable[[Any], None]] = {
        types.INITIALIZE: server.begin,
        types.INITIALIZED: server.started,
        types.TEXT_DOCUMENT_DID_OPEN: server.nothing,  # named so that the client sends it: see Protocol
        types.TEXT_DOCUMENT_DID_SAVE: server.nothing,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES: server.did_change_files,
        types.WORKSPACE_DID_CHANGE_CONFIGURATION: server.did_change_settings,
    }
    for method, take in notified.items():
        server.feature(method)(partial(take))  # pygls writes on what it is given
    return server


def _handler(server: SpecdslServer, feature: Feature) -> Callable[[Any], Any]:
    if feature.method in (types.TEXT_DOCUMENT_DIAGNOSTIC, types.WORKSPACE_DIAGNOSTIC):

        async def pulled(params: Any) -> Any:
            server.checking.pulled()
            return await server.answer(feature, params)

        return pulled

    async def handle(params: Any) -> Any:
        return await server.answer(feature, params)

    return handle
