"""What a client and a project's files say of how the server should behave."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

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


def read_settings(root: Path | None, client: Mapping[str, Any], complain: Complain) -> Settings:
    """The settings of a folder: those of its files, and over them the client's. ``complain`` is told of what
    cannot be understood; that setting is as if it had not been there."""
    settings = Settings()
    for name in reversed(FILES):
        if root is not None and (root / name).is_file():
            settings = with_values(settings, _table(root / name, complain), name, complain)
    return with_values(settings, client, "the editor's settings", complain)


def _table(path: Path, complain: Complain) -> Mapping[str, Any]:
    try:
        table: Any = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        complain(f"{path.name}: {error}")
        return {}
    if path.name == "pyproject.toml":
        table = table.get("tool", {})
        table = table.get("specdsl", {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {}


def with_values(settings: Settings, given: Mapping[str, Any], source: str, complain: Complain) -> Settings:
    """``settings`` with what ``given`` says; keys that other parts of the editor read are passed over."""
    changes: dict[str, Any] = {}
    for key, value in given.items():
        if value is None:
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
                changes |= {f"{kind}_hints": value for kind in ("type", "row", "share")}
            case "hints" if isinstance(value, Mapping):
                for kind, name in (("types", "type"), ("rows", "row"), ("shares", "share")):
                    if isinstance(value.get(kind), bool):
                        changes[f"{name}_hints"] = value[kind]
            case "plugins" | "allow" | "ignore" | "lenses" | "samples" | "diagnostics" | "hints":
                complain(f"{source}: `{key}` cannot be {value!r}; {_FORMS[key]}")
            case _:
                pass
    return replace(settings, **changes)


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
