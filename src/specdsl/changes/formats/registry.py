"""All forms of change records by name. A new one is a file of its own, a row here, and its name in
``specdsl.changes.names``."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from specdsl.changes.formats.base import ChangeFormat

_PLACES = {"plain": "plain:Plain", "debezium": "debezium:Debezium", "scd2": "scd2:History"}


def change_format(name: str) -> ChangeFormat:
    """The form called ``name``, one of ``CHANGE_FORMS``."""
    module, _, kind = _PLACES[name].partition(":")
    return cast("ChangeFormat", getattr(import_module(f"specdsl.changes.formats.{module}"), kind)())
