"""Loading plugins: Python files and modules that the command line names, or functions in a program."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Sequence
from os import PathLike, fspath, sep
from pathlib import Path
from types import ModuleType
from typing import Any

from specdsl.errors import EnvironmentFailure, UsageError
from specdsl.functions.entry import Function
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir.model import PluginSource
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins, remember
from specdsl.plugins.declaring import Declaration, declaration
from specdsl.plugins.signature import entry

Plugin = str | PathLike[str] | ModuleType | Callable[..., Any]
"""A path of a .py file, the dotted name of a module, a module, or a decorated function."""


def load_plugins(given: Sequence[Plugin]) -> Plugins:
    """The functions of all plugins. Runs the code of their modules. Raises UsageError for what is no plugin
    or clashes, EnvironmentFailure for files that cannot be read."""
    if not given:
        return NO_PLUGINS
    sources: list[PluginSource] = []
    functions: dict[str, Function] = {}
    owners: dict[str, str] = {}
    for plugin in given:
        name, declared, source = _opened(plugin)
        if not declared:
            raise UsageError(
                f"plugin {name} has no function for specs",
                "write @function above one: from specdsl.plugins import function",
            )
        own = {d.name: entry(d, name) for d in declared}
        for d in declared:
            if d.name in FUNCTIONS:
                raise UsageError(
                    f"plugin {name}: there is a function `{d.name}` in the language already",
                    f'another name does: @function(name="my_{d.name}")',
                )
            if owners.setdefault(d.name, name) != name or (d.name in functions):
                raise UsageError(f"plugins {owners[d.name]} and {name} both have a function `{d.name}`")
        functions |= own
        digest = f"blake2b:{hashlib.blake2b(source, digest_size=20).hexdigest()}"
        remember(digest, own)
        sources.append(PluginSource(name, digest))
    return Plugins(tuple(sources), functions)


def _opened(plugin: Plugin) -> tuple[str, list[Declaration], bytes]:
    """A plugin's name, its functions and its source."""
    if isinstance(plugin, ModuleType):
        return _of_module(plugin)
    if not isinstance(plugin, str | PathLike):
        declared = declaration(plugin)
        if declared is None:
            raise UsageError(
                f"{plugin!r} is no function for specs",
                "write @function above it: from specdsl.plugins import function",
            )
        return declared.name, [declared], _source_of(declared)
    path = fspath(plugin)
    if path.endswith(".py") or sep in path or "/" in path:
        return _of_file(Path(path))
    return _of_module(_imported(path))


def _of_file(path: Path) -> tuple[str, list[Declaration], bytes]:
    try:
        source = path.read_bytes()
    except OSError as error:
        raise EnvironmentFailure(f"cannot read plugin `{path}`: {error.strerror or error}") from None
    digest = hashlib.blake2b(source, digest_size=8).hexdigest()
    spec = importlib.util.spec_from_file_location(f"specdsl_plugin_{path.stem}_{digest}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"plugin `{path}` is not a Python file", "its name ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # annotations are looked up there
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[spec.name]
        raise UsageError(f"plugin `{path}` cannot be loaded: {_told(error, str(path))}") from error
    return path.stem, _declared(module), source


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            hint = f"for a file say its path: ./{name.replace('.', '/')}.py"
            raise UsageError(f"there is no module `{name}` to load as a plugin", hint) from None
        raise UsageError(f"plugin {name} cannot be loaded: {_told(error, '')}") from error
    except (Exception, SystemExit) as error:
        raise UsageError(f"plugin {name} cannot be loaded: {_told(error, '')}") from error


def _of_module(module: ModuleType) -> tuple[str, list[Declaration], bytes]:
    path = getattr(module, "__file__", None)
    try:
        source = Path(path).read_bytes() if path else module.__name__.encode()
    except OSError as error:
        raise EnvironmentFailure(f"cannot read plugin `{path}`: {error.strerror or error}") from None
    return module.__name__, _declared(module), source


def _declared(module: ModuleType) -> list[Declaration]:
    """The functions that the module itself makes, not those that it imports from another plugin."""
    found = [(declaration(v), v) for v in vars(module).values()]
    own = [d for d, v in found if d is not None and getattr(v, "__module__", None) == module.__name__]
    return list({d.name: d for d in own}.values())


def _source_of(declared: Declaration) -> bytes:
    """The text of a function (of one that was typed in where no text is kept, its code), and what it closes
    over."""
    closure = [repr(cell.cell_contents) for cell in declared.function.__closure__ or ()]
    try:
        text = inspect.getsource(declared.function).encode()
    except (OSError, TypeError):
        code = declared.function.__code__
        text = b"".join([code.co_code, repr((code.co_names, code.co_consts)).encode()])
    return text + repr((closure, declared.function.__defaults__)).encode()


def _told(error: BaseException, path: str) -> str:
    if isinstance(error, SyntaxError):
        return f"SyntaxError: {error.msg} (line {error.lineno})"
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}{f' (line {lines[-1]})' if lines else ''}"
