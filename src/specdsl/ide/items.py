"""What a completion offers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from specdsl.ide.keywords import KEYWORDS
from specdsl.source import Span
from specdsl.syntax.grammar import load_grammar

TRIGGERS: Final = (".", '"', " ", ">", "(", ",", "{", "`", "/")
"""The characters after which an editor may ask without being told to."""

_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*")


class ItemKind(StrEnum):
    """What an item is, for its icon."""

    KEYWORD = "keyword"
    TYPE = "type"
    ENUM = "enum"
    MEMBER = "member"
    TABLE = "table"
    COLUMN = "column"
    REFERENCE = "reference"
    FIELD = "field"
    FUNCTION = "function"
    PARAMETER = "parameter"
    POOL = "pool"
    SETTING = "setting"
    VALUE = "value"
    FILE = "file"
    FOLDER = "folder"
    SNIPPET = "snippet"


@dataclass(frozen=True, slots=True)
class Item:
    """One offer. ``insert`` replaces ``span``; where ``snippet`` it has placeholders: ``${1:text}``, ``$0``.
    ``rank``: the likely first, ``order`` among those of one rank. ``documentation`` is Markdown. ``about``:
    what ``resolve`` can say more of: ``("column", table, name)``, ``("table", name)``, ``("function",
    name)``, ``("type", name)``. ``again``: what was inserted asks to be completed in turn."""

    kind: ItemKind
    label: str
    insert: str
    detail: str = ""
    documentation: str = ""
    snippet: bool = False
    rank: int = 50
    order: int = 0
    about: tuple[str, ...] = ()
    again: bool = False
    deprecated: bool = False
    span: Span = field(default=Span("", 0, 0))

    @property
    def sort_text(self) -> str:
        """Items sort by this as text."""
        return f"{self.rank:03}{self.order:04}"


def spelled(name: str) -> str:
    """A declared name as a spec writes it, in backticks where it has to be."""
    reserved = load_grammar().words.get(name, "NAME")
    plain = _IDENTIFIER.fullmatch(name) and (reserved == "NAME" or reserved.startswith("SOFT_"))
    return name if plain else f"`{name}`"


def escaped(text: str) -> str:
    """Text that means itself within a snippet."""
    return re.sub(r"([$}\\])", r"\\\1", text)


def keyword(
    word: str, insert: str | None = None, *, rank: int = 60, label: str | None = None, again: bool = False
) -> Item:
    """A word of the language; ``insert`` may have placeholders."""
    known = KEYWORDS.get(word)
    return Item(
        ItemKind.KEYWORD,
        label or word,
        insert or word,
        known.sentence if known is not None else "",
        known.markdown() if known is not None else "",
        snippet=insert is not None and "$" in insert,
        rank=rank,
        again=again,
    )
