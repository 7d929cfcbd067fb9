"""Progress of long work, shown by the client once the work has turned out to be long."""

from __future__ import annotations

import uuid
from time import monotonic
from typing import TYPE_CHECKING, Final

from lsprotocol import types

if TYPE_CHECKING:
    from specdsl.lsp.server import SpecdslServer

_LONG: Final = 0.8
_OFTEN: Final = 0.2


class Progress:
    """One piece of work. It may be told of from any thread, and is nothing for a client that shows none."""

    def __init__(self, server: SpecdslServer, title: str) -> None:
        self._server = server
        self._title = title
        self._began = self._last = monotonic()
        self._token: str | None = None

    def step(self, share: float | None = None) -> None:
        """The work goes on; ``share`` of it is done (0..1), where that is known."""
        now = monotonic()
        if not self._server.session.client.progress or now - self._began < _LONG or now - self._last < _OFTEN:
            return
        self._last = now
        percentage = None if share is None else int(100 * share)
        if self._token is None:
            self._token = token = str(uuid.uuid4())
            create = types.WorkDoneProgressCreateParams(token)
            self._server.on_loop(lambda: self._server.window_work_done_progress_create(create))
            self._tell(types.WorkDoneProgressBegin(self._title, percentage=percentage, cancellable=False))
        else:
            self._tell(types.WorkDoneProgressReport(percentage=percentage))

    def end(self) -> None:
        """The work is done, or given up."""
        if self._token is not None:
            self._tell(types.WorkDoneProgressEnd())
            self._token = None

    def _tell(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        assert self._token is not None, "progress has begun"
        params = types.ProgressParams(self._token, value)
        self._server.on_loop(lambda: self._server.progress(params))
