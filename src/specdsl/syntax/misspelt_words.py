"""Words that begin a line of a table and are nearly written right: `lifecyle status from placed_at {`.

What follows such a word is no column, so the line is told from a column whose name is near, and is read
as what it was meant to be: the block behind it is understood, and there is one message.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Final

from specdsl.diagnostics.nearest import nearest
from specdsl.syntax.brackets import CLOSER, OPENER, Significant, is_name
from specdsl.syntax.tokens import Token

_Line = list[Token]


def meant_word(items: list[Significant], at: int) -> str | None:
    """The word that the one at ``at``, which begins a line of a table, was meant to be; None for others."""
    token = items[at].token
    if token.kind != "NAME" or len(token.text) < _SHORTEST:
        return None
    word = nearest(token.text, _FOLLOWED)
    if word is None or word == token.text:
        return None
    rest = [item.token for item in takewhile(lambda item: not item.starts_line, items[at + 1 : at + 9])]
    return word if _FOLLOWED[word](rest) else None


def line_after(items: list[Significant], at: int) -> str:
    """What stands on the line of ``items[at]`` after it, up to the brace that it opens."""
    text, end, depth = "", items[at].token.end, 0
    for token in (item.token for item in takewhile(lambda item: not item.starts_line, items[at + 1 :])):
        depth += (token.kind in CLOSER) - (token.kind in OPENER)
        if depth < 0 or (depth == 0 and token.kind == "COMMA"):
            break
        text += " " * (token.start > end) + token.text
        end = token.end
        if token.kind == "LBRACE":
            break
    return text


def _kinds(rest: _Line, *wanted: str) -> bool:
    """Whether ``rest`` begins with tokens of these kinds; "" stands for a name."""
    if len(rest) < len(wanted):
        return False
    return all(
        is_name(token) if kind == "" else token.kind in kind.split()
        for token, kind in zip(rest, wanted, strict=False)
    )


def _lifecycle(rest: _Line) -> bool:
    return _kinds(rest, "", "SOFT_FROM", "") or _kinds(rest, "", "", "SOFT_FROM", "")


def _history(rest: _Line) -> bool:
    return _kinds(rest, "", "SOFT_FROM SOFT_AFTER")


def _target(rest: _Line) -> bool:
    counts = _kinds(rest, "", "SOFT_BY") and rest[0].text == "count"
    return counts or (_kinds(rest, "", "LPAR") and rest[0].text in ("sum", "avg", "share", "retention"))


def _variant(rest: _Line) -> bool:
    return _kinds(rest, "", "PERCENT", "LBRACE WHERE") or _kinds(rest, "", "NUMBER", "SOFT_ROWS")


def _violate(rest: _Line) -> bool:
    return _kinds(rest, "", "DOT", "") or _kinds(rest, "", "NUMBER", "SOFT_ROWS")


def _cover(rest: _Line) -> bool:
    return _kinds(rest, "", "LPAR") and rest[0].text in ("all", "pairwise")


def _partition(rest: _Line) -> bool:
    return _kinds(rest, "SOFT_BY", "LPAR") or _kinds(rest, "SOFT_BY", "")


def _changes(rest: _Line) -> bool:
    return _kinds(rest, "LBRACE")


_SHORTEST: Final = 4
_FOLLOWED: Final[dict[str, Callable[[_Line], bool]]] = {
    "lifecycle": _lifecycle,
    "history": _history,
    "target": _target,
    "variant": _variant,
    "violate": _violate,
    "cover": _cover,
    "partition": _partition,
    "changes": _changes,
}
