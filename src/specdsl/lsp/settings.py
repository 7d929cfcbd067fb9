"""What a client and a project's files say of how the server should behave."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from specdsl.diagnostics.model import Severity
from specdsl.diagnostics.nearest import nearest

FILES: Final = ("specdsl.toml", "pyproject.toml")
"""Files of settings at the root of a folder; those in the first one win."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``plugins``: Python files or modules with functions for specs; ``allow``: folders that data may be read
    from; ``ignore``: codes of hints and warnings not to show. Relative paths count from the folder's root."""

    plugins: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    ignore: frozenset[str] = frozenset()
    type_hints: bool = True
    row_hints: bool = True
    share_hints: bool = True
    lenses: bool = True
    samples: bool = True
    whole_workspace: bool = True

    def hints(self, kind: str) -> bool:
        """Whether hints of a kind (``type``, ``rows``, ``share``) are shown."""
        return {"type": self.type_hints, "rows": self.row_hints, "share": self.share_hints}[kind]


Complain = Callable[[str], None]

_EDITORS_OWN: Final = frozenset({"path", "interpreter", "install", "trace", "preview", "build"})
"""Keys of the editor's settings that only its extension reads."""


def read_settings(root: Path | None, client: Mapping[str, Any], complain: Complain) -> Settings:
    """The settings of a folder: those of its files, and over them the client's. ``complain`` is told of what
    cannot be understood; that setting is as if it had not been there."""
    settings = read_files(root, complain) if root is not None else Settings()
    own = {key: value for key, value in client.items() if key not in _EDITORS_OWN}
    return with_values(settings, own, "the editor's settings", complain, root)


def read_files(root: Path, complain: Complain) -> Settings:
    """The settings in the files of a folder."""
    settings = Settings()
    for name in reversed(FILES):
        if (root / name).is_file():
            settings = with_values(settings, _table(root / name, complain), name, complain, root)
    return settings


def _table(path: Path, complain: Complain) -> Mapping[str, Any]:
    try:
        table: Any = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        complain(f"{path.name}: {error}")
        return {}
    if path.name == "pyproject.toml":
        table = table.get("tool", {})
        table = table.get("specdsl", {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        complain(f"{path.name}: `tool.specdsl` is a table of settings: write `[tool.specdsl]`")
        return {}
    return table


def with_values(
    settings: Settings, given: Mapping[str, Any], source: str, complain: Complain, root: Path | None = None
) -> Settings:
    """``settings`` with what ``given`` says. Folders that ``allow`` names are looked for below ``root``."""
    changes: dict[str, Any] = {}
    for key, value in given.items():
        if value is None:
            continue
        if key not in _FORMS:
            complain(f"{source}: there is no setting `{key}`; {_meant(key, _FORMS)}")
            continue
        match key:
            case "plugins" | "allow" if _are_texts(value):
                changes[key] = tuple(value)
            case "ignore" if _are_texts(value):
                changes[key] = frozenset(code.strip().upper() for code in value)
            case "lenses" | "samples" if isinstance(value, bool):
                changes[key] = value
            case "diagnostics" if value in ("openFiles", "workspace"):
                changes["whole_workspace"] = value == "workspace"
            case "hints" if isinstance(value, bool):
                changes |= dict.fromkeys(_HINTS.values(), value)
            case "hints" if isinstance(value, Mapping):
                changes |= _hints(value, source, complain)
            case _:
                complain(f"{source}: `{key}` cannot be {value!r}; {_FORMS[key]}")
    for folder in changes.get("allow", ()):
        if not ((root or Path()) / Path(folder).expanduser()).is_dir():
            complain(f"{source}: `allow` names {folder!r}, which is no folder")
    for code in sorted(changes.get("ignore", ())):
        _check_code(code, source, complain)
    return replace(settings, **changes)


def _hints(given: Mapping[str, Any], source: str, complain: Complain) -> dict[str, bool]:
    changes = {}
    for key, value in given.items():
        if key not in _HINTS:
            complain(f"{source}: there is no setting `hints.{key}`; {_meant(key, _HINTS)}")
        elif isinstance(value, bool):
            changes[_HINTS[key]] = value
        elif value is not None:
            complain(f"{source}: `hints.{key}` cannot be {value!r}; it is true or false")
    return changes


def _check_code(code: str, source: str, complain: Complain) -> None:
    """Complain of a code that no diagnostic has, or that cannot be left out."""
    from specdsl.diagnostics.registry import registry

    kind = registry().get(code)
    if kind is None:
        complain(f"{source}: `ignore` names {code!r}, which is no code of a diagnostic, such as DG612")
    elif kind.severity is Severity.ERROR:
        complain(f"{source}: `ignore` names {code}, an error: only hints and warnings can be left out")


def _meant(key: str, known: Collection[str]) -> str:
    """What may have been meant: the nearest name, or else all of them."""
    near = nearest(key, known)
    return f"did you mean `{near}`?" if near is not None else f"there are {', '.join(known)}"


_HINTS: Final = {"types": "type_hints", "rows": "row_hints", "shares": "share_hints"}
_LIST = "it is a list of texts"
_FORMS: Final = {
    "plugins": _LIST,
    "allow": _LIST,
    "ignore": "it is a list of codes, such as ['DG612']",
    "lenses": "it is true or false",
    "samples": "it is true or false",
    "diagnostics": "it is 'openFiles' or 'workspace'",
    "hints": "it is true, false or a table of `types`, `rows` and `shares`",
}


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
