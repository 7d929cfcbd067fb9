"""The functions of plugins, beside those of the language.

A dataset names its plugins by the hash of their source. Which functions that means is kept here by hash: the
entries of one plugin never stand in the way of another's, and a compiled dataset can go to another thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from specdsl.functions import registry
from specdsl.functions.entry import Function
from specdsl.ir.model import PluginSource


@dataclass(frozen=True, slots=True)
class Plugins:
    """What the command line named: sources for the dataset, and functions by name."""

    sources: tuple[PluginSource, ...] = ()
    functions: Mapping[str, Function] = field(default_factory=dict)


NO_PLUGINS: Final = Plugins()

_loaded: dict[str, Mapping[str, Function]] = {}


def remember(digest: str, functions: Mapping[str, Function]) -> None:
    """The functions of the source with this hash."""
    _loaded[digest] = functions


def function_named(name: str, plugins: Iterable[PluginSource]) -> Function:
    """A function of the language, or of one of a dataset's plugins. Raises KeyError."""
    found = registry.FUNCTIONS.get(name)
    if found is not None:
        return found
    for source in plugins:
        function = _loaded.get(source.digest, {}).get(name)
        if function is not None:
            return function
    raise KeyError(name)
