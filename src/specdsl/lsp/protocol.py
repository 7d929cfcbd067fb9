"""The protocol as pygls speaks it, with what it leaves to be wished for.

Documents are kept in ``Buffer``: the workspace of pygls splits lines at characters that end none in the
protocol. A message that cannot be read gets an answer; ``exit`` ends the process, whatever waits for input.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import os
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NoReturn

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCResponseMessage
from pygls.protocol.language_server import lsp_method

if TYPE_CHECKING:
    from pygls.io_ import AsyncWriter, Writer

    from specdsl.lsp.server import SpecdslServer

UNREADABLE = "$/specdsl/unreadable"


class Protocol(LanguageServerProtocol):
    """One connection."""

    _server: SpecdslServer

    def set_writer(self, writer: AsyncWriter | Writer, include_headers: bool = True) -> None:
        """Talk to this client, and to no other: one that comes later, while a port still listens, is turned
        away. Raises ConnectionRefusedError."""
        if self.writer is not None:
            closing = writer.close()
            if inspect.isawaitable(closing):
                self._closing = asyncio.ensure_future(closing)  # a task that nobody keeps may be lost
            raise ConnectionRefusedError("there is a client already")
        super().set_writer(writer, include_headers)

    def take(self, body: bytes) -> None:
        """Do what a message says; one that cannot be read is told in the client's log."""
        try:
            self.handle_message(json.loads(body, object_hook=self.structure_message))
        except Exception as error:  # noqa: BLE001 -- whatever a client sends
            self._server.report_server_error(error, JsonRpcException)

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        result: types.InitializeResult = yield from super().lsp_initialize(params)
        self._server.complete(result.capabilities)
        return result

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._server.did_open(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._server.did_change(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.did_close(params)

    @lsp_method(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def lsp_workspace__did_change_workspace_folders(
        self, params: types.DidChangeWorkspaceFoldersParams
    ) -> None:
        self._server.did_change_folders(params)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> NoReturn:
        """End the process at once: a thread that waits for input would keep it alive."""
        self._server.stop()
        logging.shutdown()
        os._exit(0 if self._shutdown else 1)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """As in pygls; a request whose parameters are no such parameters is answered with an error."""
        try:
            return super().structure_message(data)
        except Exception:  # noqa: BLE001 -- whatever a client sends
            if "method" in data and "id" in data:
                error = types.ResponseError(
                    code=types.ErrorCodes.InvalidParams,
                    message=f"no parameters of {data['method']}",
                )
                self._send_response(data["id"], error=error)
            return JsonRPCNotification(UNREADABLE, "2.0", {"method": str(data.get("method", ""))})

    def _serialize_message(self, data: Any) -> Any:
        """An answer that is plain data goes out as it is: going through every number of it takes long."""
        if isinstance(data, JsonRPCResponseMessage):
            result = data.result
            if isinstance(result, types.SemanticTokens) and result.data is not None:
                result = {"data": result.data} | ({"resultId": result.result_id} if result.result_id else {})
            return {"jsonrpc": data.jsonrpc, "id": data.id, "result": result}
        return super()._serialize_message(data)
