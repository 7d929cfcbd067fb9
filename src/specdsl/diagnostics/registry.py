"""Every diagnostic of the compiler, by its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType

from specdsl.diagnostics.model import Diagnostic

MODULES = (
    "lexical",
    "syntax",
    "names",
    "types",
    "references",
    "json_shapes",
    "constraints",
    "lifecycles",
    "histories",
    "partitions",
    "covering",
    "dirt",
    "databases",
    "variants",
    "targets",
    "changes",
    "runtime",
    "evaluation",
    "hints",
    "importing",
    "importing_rand_engine",
    "importing_samples",
    "importing_sql",
)
"""The modules of this package that declare diagnostics."""


@cache
def registry() -> Mapping[str, type[Diagnostic]]:
    """The diagnostic classes by code, in the order of the codes. Raises ValueError when two share a
    code. (What can be seen when compiling or only when building has two codes and one name.)"""
    return collect(import_module(f"{__package__}.{name}") for name in MODULES)


def collect(modules: Iterable[ModuleType]) -> Mapping[str, type[Diagnostic]]:
    """The diagnostic classes that ``modules`` declare (not merely import), by code."""
    by_code: dict[str, type[Diagnostic]] = {}
    for module in modules:
        for found in vars(module).values():
            if not (isinstance(found, type) and issubclass(found, Diagnostic)):
                continue
            if found.__module__ != module.__name__ or "code" not in found.__dict__:
                continue  # imported from elsewhere, or a base without a code of its own
            first = by_code.setdefault(found.code, found)
            if first is not found:
                raise ValueError(f"{first.__qualname__} and {found.__qualname__} share the code {found.code}")
    return MappingProxyType(dict(sorted(by_code.items())))
