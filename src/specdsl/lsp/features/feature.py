"""What a feature is: a method of the protocol, and a function that the worker calls for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency


@dataclass(frozen=True, slots=True)
class Feature:
    """``answer`` gets the document that the request is about and the request's parameters; where it is a
    generator function, more urgent requests may go first at each ``yield``. ``options`` goes to the client
    with the server's capabilities. ``of_data``: the document is named in the ``data`` of an item that was
    sent before."""

    method: str
    answer: Callable[[View, Any], Any]
    urgency: Urgency
    options: Any = None
    of_data: bool = False


class Refused(Exception):
    """What was asked cannot be done; the text is one sentence for people."""
